// npm run chaos: what must hold though processes are killed, databases are away and disks are full, on many events.
import { become, install, node } from "./install.mjs"

await install()
// All that is stored is held against the rules at once, in memory.
await become(node(), [
  "--conditions=@spoor/source",
  "--max-old-space-size=8192",
  "tooling/chaos/src/main.ts",
  ...process.argv.slice(2)
])
