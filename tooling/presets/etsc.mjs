#!/usr/bin/env node
// The native type checker with Effect's diagnostics where its platform package exists, else TypeScript 6.
import { spawnSync } from "node:child_process"
import { readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

const require = createRequire(import.meta.url)

const native = () => {
  const manifest = require.resolve(`@effect/tsgo-${process.platform}-${process.arch}/package.json`)
  const folder = join(dirname(manifest), "artifacts", "typescript")
  const version = readdirSync(folder).find((name) => !name.includes("-"))
  return [join(folder, version, process.platform === "win32" ? "tsc.exe" : "tsc"), []]
}

const portable = () => [process.execPath, [require.resolve("typescript/bin/tsc")]]

const compiler = () => {
  try {
    return native()
  } catch {
    return portable()
  }
}

const [command, first] = compiler()
process.exit(spawnSync(command, [...first, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1)
