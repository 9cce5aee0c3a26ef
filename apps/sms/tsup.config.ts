import { server } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"

export default defineConfig(server(["src/main.ts"]))
