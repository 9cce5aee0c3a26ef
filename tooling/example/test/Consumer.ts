import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const root = fileURLToPath(new URL("../../../", import.meta.url))
const tools = join(root, "node_modules/.bin")

/** What another team's strict project may have; effect's own declarations speak of the web, hence DOM. */
const compilerOptions = {
  target: "ES2024",
  lib: ["ES2024", "DOM"],
  module: "NodeNext",
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  erasableSyntaxOnly: true,
  allowImportingTsExtensions: true,
  skipLibCheck: false,
  noEmit: true
}

/** A project outside of the repository. *Shape*: `domain` is the folder of the installed package. */
export interface Consumer {
  readonly folder: string
  readonly domain: string
}

/** Packs the domain and installs it and effect, as npm would with a network. Packing builds, unless turbo has. */
export const make = (): Consumer => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "spoor-example-"))
  const consumer = { folder, domain: join(folder, "node_modules/@spoor/domain") }
  mkdirSync(consumer.domain, { recursive: true })
  run(consumer, "npm", "pack", "--silent", "--pack-destination", folder, join(root, "packages/domain"))
  run(consumer, "tar", "-xzf", "spoor-domain-0.0.0.tgz", "--strip-components=1", "-C", consumer.domain)
  for (const name of ["effect", "@types"]) {
    symlinkSync(join(root, "node_modules", name), join(folder, "node_modules", name), "junction")
  }
  write(consumer, "package.json", JSON.stringify({ type: "module" }))
  write(consumer, "tsconfig.json", JSON.stringify({ compilerOptions }))
  return consumer
}

export const write = ({ folder }: Consumer, path: string, text: string): void => writeFileSync(join(folder, path), text)

export const read = ({ domain }: Consumer, path: string): string => readFileSync(join(domain, path), "utf8")

/** What the type checker says against the project. */
export const check = (consumer: Consumer): string => run(consumer, join(tools, "etsc"), "-p", ".")

/** Runs a program to its end. *Fails* with all it said, unless it succeeds. */
export const run = ({ folder }: Consumer, command: string, ...options: ReadonlyArray<string>): string => {
  const isWindows = process.platform === "win32"
  const { status, stdout, stderr } = spawnSync(command, options, { cwd: folder, encoding: "utf8", shell: isWindows })
  if (status !== 0) throw new Error(`${command} ${options.join(" ")} ended with ${status}:\n${stdout}${stderr}`)
  return stdout
}

export const remove = ({ folder }: Consumer): void => rmSync(folder, { recursive: true })
