// npm test: every test there is, in one vitest run; options are vitest's (`npm test -- packages/domain`).
import { join } from "node:path"
import { become, install, node, root, tool } from "./install.mjs"

await install()
const command = node()
// The browser journey opens the panel as it is built; its messages are code that a compiler writes.
const build = ["run", "build", "--filter=@spoor/panel", "--output-logs=errors-only", "--log-order=grouped"]
await tool("Building the panel", "turbo", build)
await become(command, [join(root, "node_modules/vitest/vitest.mjs"), "run", ...process.argv.slice(2)])
