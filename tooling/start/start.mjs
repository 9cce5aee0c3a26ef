// npm start: install, build, then the launcher (src/main.ts) takes over.
import { readFileSync } from "node:fs"
import { become, install, node, tool } from "./install.mjs"

const help = () => {
  const settings = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"))
  const width = Math.max(...settings.map(({ name }) => name.length)) + 2
  const rows = settings.map(
    ({ name, default: value, meaning }) => `  ${name.padEnd(width)}${meaning}${value === "" ? "" : ` (${value})`}`
  )
  return ["npm start takes its settings from the environment:", "", ...rows, ""].join("\n")
}

const options = process.argv.slice(2)
if (options.length > 0) {
  const isAsked = options.every((option) => option === "--help" || option === "-h")
  console.log(isAsked ? help() : `npm start knows no ${options.join(" ")}.\n\n${help()}`)
  process.exit(isAsked ? 0 : 1)
}

await install()
const command = node()
await tool("Building", "turbo", ["run", "build", "--output-logs=errors-only", "--log-order=grouped"])
await become(command, [
  "--enable-source-maps",
  "--import",
  "./tooling/start/dist/leash.js",
  "tooling/start/dist/main.js"
])
