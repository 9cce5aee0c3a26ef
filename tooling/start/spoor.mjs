#!/usr/bin/env node
// npx spoor: installs if needed, then apps/cli on the Node that the tests run on. Standard output is for its data.
import { totalmem } from "node:os"
import { join } from "node:path"
import { become, install, node, root } from "./install.mjs"

await install()
// Visitors and order IDs are kept in memory: with Node's own limit of a few GiB that would be too early the end.
const heapMegabytes = Math.max(2048, Math.floor(totalmem() / 2 ** 21))
await become(
  node(),
  [
    "--conditions=@spoor/source",
    `--max-old-space-size=${heapMegabytes}`,
    join(root, "apps/cli/src/main.ts"),
    ...process.argv.slice(2)
  ],
  // Files are named from where the caller stands, and a job in the background goes on when its shell ends.
  { cwd: process.cwd(), isLeashed: false }
)
