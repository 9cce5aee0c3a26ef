import { library } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"

// tsup would turn `node:sqlite` into `sqlite`, which Node does not know without its prefix.
export default defineConfig({ ...library(["src/index.ts"]), removeNodeProtocol: false })
