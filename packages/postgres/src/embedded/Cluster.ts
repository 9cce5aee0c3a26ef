import { Effect, Redacted } from "effect"
import { spawnSync } from "node:child_process"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import * as Account from "./Account.ts"
import type { Binaries } from "./Binaries.ts"
import { EmbeddedPostgresError } from "./EmbeddedPostgresError.ts"
import * as Pid from "./Pid.ts"

export const DATABASE = "spoor"
const USER = "spoor"

/** A cluster's files, which exist; a server may run on them or not. */
export interface Cluster {
  readonly directory: string
  readonly account: Account.Account | undefined
  readonly password: Redacted.Redacted<string>
  readonly logFile: string
  /** Names the process that started the server, so that a server without one can be taken over. */
  readonly ownerFile: string
}

export interface Running {
  readonly pid: number
  readonly port: number
}

/** The cluster of this directory, made by initdb when there is none. */
export const open = Effect.fnUntraced(function* (binaries: Binaries, dataDirectory: string) {
  return yield* Effect.try({
    try: (): Cluster => {
      const wanted = path.resolve(dataDirectory)
      fs.mkdirSync(path.dirname(wanted), { recursive: true })
      const cluster = filesOf(wanted)
      const { directory } = cluster
      if (!fs.existsSync(path.join(directory, "PG_VERSION"))) initialise(binaries, cluster)
      return cluster
    },
    catch: (cause) =>
      new EmbeddedPostgresError({
        message: `the database in ${dataDirectory} cannot be set up: ${cause instanceof Error ? cause.message : cause}`
      })
  })
})

/** The cluster of this directory, if there is one; nothing is made. *Fails* when its files are not ours to read. */
export const find = (dataDirectory: string) =>
  Effect.try({
    try: (): Cluster | undefined => {
      const wanted = path.resolve(dataDirectory)
      return fs.existsSync(`${wanted}.password`) ? filesOf(wanted) : undefined
    },
    catch: (cause) =>
      new EmbeddedPostgresError({
        message: `the database in ${dataDirectory} cannot be read: ${cause instanceof Error ? cause.message : cause}`
      })
  })

export const urlOf = (cluster: Cluster, port: number, database: string) =>
  Redacted.make(`postgres://${USER}:${Redacted.value(cluster.password)}@127.0.0.1:${port}/${database}`)

/** The live server of this cluster; the lock file of a dead one is removed, because its pid may be anybody's by now. */
export const findRunning = (cluster: Cluster): Effect.Effect<Running | undefined> =>
  Effect.sync(() => {
    const file = path.join(cluster.directory, "postmaster.pid")
    if (!fs.existsSync(file)) return undefined
    const lines = fs.readFileSync(file, "utf8").split("\n")
    const running = { pid: Number(lines[0]), port: Number(lines[3]) }
    if (Pid.isPostgres(running.pid)) return running
    fs.rmSync(file, { force: true })
    return undefined
  })

const filesOf = (wanted: string): Cluster => {
  const directory = placeFor(wanted)
  return {
    directory,
    account: Account.forCluster(directory),
    password: passwordIn(`${wanted}.password`),
    logFile: `${wanted}.log`,
    ownerFile: `${wanted}.owner`
  }
}

/**
 * As root below a folder that nobody may enter, the cluster lies in /var/tmp, under a name made of its path.
 * One that an ordinary user made stays where it is: its server runs as that user.
 */
const placeFor = (wanted: string): string => {
  const owner = fs.statSync(wanted, { throwIfNoEntry: false })?.uid ?? 0
  if (!Account.isRoot || owner !== 0 || Account.isPassable(wanted)) return wanted
  const name = crypto.createHash("sha256").update(wanted).digest("hex").slice(0, 12)
  const place = path.join("/var/tmp", `spoor-postgres-data-${name}`)
  const present = fs.lstatSync(place, { throwIfNoEntry: false })
  if (present !== undefined && (!present.isDirectory() || present.uid !== Account.nobody.uid)) {
    throw new Error(`${place} belongs to somebody else; remove it`)
  }
  return place
}

/** 192 random bits, in letters that need no escaping in a URL. The generator is the system's: `Random` is no secret. */
const passwordIn = (file: string): Redacted.Redacted<string> => {
  if (!fs.existsSync(file)) {
    fs.writeFileSync(file, crypto.randomBytes(24).toString("base64url"), { mode: 0o600, flag: "wx" })
  }
  return Redacted.make(fs.readFileSync(file, "utf8").trim())
}

const initialise = (binaries: Binaries, cluster: Cluster) => {
  const { directory, account } = cluster
  // Not one recursive call: its mode would hold for the parents too, and nobody could not pass them.
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 })
  if (account !== undefined) fs.chownSync(directory, account.uid, account.gid)
  const passwordFile = `${directory}.initial`
  fs.writeFileSync(passwordFile, Redacted.value(cluster.password), { mode: 0o600 })
  if (account !== undefined) fs.chownSync(passwordFile, account.uid, account.gid)
  try {
    const result = spawnSync(binaries.initdb, initdbArguments(directory, passwordFile), {
      ...account,
      cwd: directory,
      encoding: "utf8"
    })
    if (result.status !== 0) throw new Error(explain(result.stderr || String(result.error)))
  } finally {
    fs.rmSync(passwordFile, { force: true })
  }
}

/** Containers may run as a bare number; initdb insists on a name, whatever options it is given. */
const explain = (said: string): string =>
  said.includes("user does not exist")
    ? `${said.trim()}. Run as a user that /etc/passwd lists, or set DATABASE_URL to a PostgreSQL server`
    : said.trim()

const initdbArguments = (directory: string, passwordFile: string): ReadonlyArray<string> => [
  `--pgdata=${directory}`,
  `--username=${USER}`,
  "--auth=scram-sha-256",
  `--pwfile=${passwordFile}`,
  "--encoding=UTF8",
  "--locale=C",
  "--locale-provider=builtin",
  "--builtin-locale=C.UTF-8",
  "--no-sync",
  "--no-instructions"
]
