import { Program } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { delimiter, join } from "node:path"
import { promisify } from "node:util"

const programs = [
  "initdb",
  "postgres",
  "pg_isready",
  "pg_dump",
  "pg_restore",
  "pg_basebackup",
  "pg_verifybackup"
] as const

/** Debian keeps a version's programs together, away from the path. */
const debian = "/usr/lib/postgresql"
const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
const folders = [
  ...versions.filter((version) => Number(version) >= 15).map((version) => join(debian, version, "bin")),
  ...(process.env["PATH"] ?? "").split(delimiter)
]
const found = folders.find((folder) => programs.every((program) => existsSync(join(folder, program))))

/** Whether there is a PostgreSQL with its tools, which the embedded one does not have; every test without it is counted as skipped. */
export const isInstalled = found !== undefined
if (!isInstalled) {
  console.warn(
    "SKIPPED: back-up and restore, for want of PostgreSQL with its tools (Debian: postgresql; elsewhere: on the path)."
  )
}

/** PostgreSQL does not run as root. */
const account = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}

const execute = promisify(execFile)

/** Runs one of PostgreSQL's programs to its end. */
export const run = (program: (typeof programs)[number], ...args: ReadonlyArray<string>) =>
  Effect.promise(() => execute(join(found ?? "", program), [...args], { cwd: "/", ...account }))

/** A folder that the server may write to. */
export const folder = Effect.acquireRelease(
  Effect.sync(() => {
    const made = mkdtempSync(join(tmpdir(), "spoor-backup-"))
    chmodSync(made, 0o711)
    return made
  }),
  (made) => Effect.sync(() => rmSync(made, { recursive: true, force: true }))
)

/** An empty directory in it. */
export const directory = (parent: string, name: string) =>
  Effect.sync(() => {
    const path = join(parent, name)
    mkdirSync(path, { mode: 0o700 })
    if (account.uid !== undefined) chownSync(path, account.uid, account.gid)
    return path
  })

/** A new cluster there. */
export const initialise = (path: string) =>
  run("initdb", "--pgdata", path, "--username=spoor", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync")

/** A server on the cluster there. *Shape*: the address of its database "postgres". */
export const start = Effect.fnUntraced(function* (path: string) {
  const port = yield* Program.freePort
  const settings = ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off"]
  yield* Effect.acquireRelease(
    Effect.sync(() =>
      spawn(
        join(found ?? "", "postgres"),
        ["-D", path, "-p", `${port}`, ...settings.flatMap((setting) => ["-c", setting])],
        { cwd: "/", stdio: "ignore", ...account }
      )
    ),
    (server) =>
      Effect.promise(async () => {
        if (server.exitCode !== null || server.signalCode !== null) return
        const exited = once(server, "exit")
        server.kill("SIGINT")
        await exited
      })
  )
  yield* Effect.repeat(Effect.exit(run("pg_isready", "-h", "127.0.0.1", "-p", `${port}`)), {
    until: (exit) => exit._tag === "Success",
    times: 1_000
  })
  return Redacted.make(`postgres://spoor@127.0.0.1:${port}/postgres`)
})
