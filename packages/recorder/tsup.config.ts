import { library } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"

/** One entry for each framework, so that nobody loads another's; what they share is in chunks. Services may run on older Nodes than ours. */
export default defineConfig({
  ...library(["src/index.ts", "src/express.ts", "src/fastify.ts", "src/hono.ts", "src/sveltekit.ts", "src/effect.ts"]),
  target: "node20",
  silent: true
})
