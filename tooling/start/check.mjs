// npm run check: everything that can be said about the code without running it.
import { install, tool } from "./install.mjs"

await install()
await tool("Checking types", "turbo", [
  "run",
  "check",
  "--continue",
  "--output-logs=errors-only",
  "--log-order=grouped"
])
await tool("Checking what leaves the repository as a package", "turbo", [
  "run",
  "package",
  "--output-logs=errors-only",
  "--log-order=grouped"
])
await tool("Linting", "oxlint", ["--deny-warnings"])
await tool("Checking boundaries", "turbo", ["boundaries"])
await tool("Checking the format", "oxfmt", ["--check", "."])
await tool("Looking for what nothing uses", "knip", ["--no-progress"])
