import { library } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"
import { options } from "./bundle.mjs"

// Two outputs: the one file that shops load, and the module whose types their developers read.
export default defineConfig([
  {
    entry: { tracker: "src/main.ts" },
    format: ["iife"],
    target: options.target,
    minify: true,
    dts: false,
    sourcemap: false,
    clean: false,
    outExtension: () => ({ js: ".js" })
  },
  { ...library(["src/index.ts"]), clean: false }
])
