// npm run bench: one of the benches of tooling/bench, by its name; without a name, what there is.
import { become, install, node } from "./install.mjs"

await install()
await become(node(), [
  "--conditions=@spoor/source",
  "--expose-gc",
  "tooling/bench/src/main.ts",
  ...process.argv.slice(2)
])
