// npm test: every test there is, in one vitest run; options are vitest's (`npm test -- packages/domain`).
import { join } from "node:path"
import { become, install, node, root, tool } from "./install.mjs"

await install()
const command = node()
// The panel's messages are code that a compiler writes.
await tool("Generating code", "turbo", ["run", "gen", "--output-logs=errors-only", "--log-order=grouped"])
await become(command, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2)])
