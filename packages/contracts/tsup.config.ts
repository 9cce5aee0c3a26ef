import { library } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"

export default defineConfig(
  library(["src/index.ts", "src/HeldServer.ts", "src/Network.ts", "src/Log.ts", "src/Told.ts"])
)
