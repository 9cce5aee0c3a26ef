import { assert, layer } from "@effect/vitest"
import { NatsQueue } from "@spoor/nats"
import * as NatsServer from "@spoor/nats/server"
import { DeadLetters, type FailedMessage } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Clock, Context, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { type ChildProcess, spawn } from "node:child_process"
import { chmod, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { fileURLToPath } from "node:url"
import { parsed } from "./run.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const appendedAt = Date.UTC(2026, 10, 24, 12)

type Settings = Readonly<Record<string, string>>

const start = (args: ReadonlyArray<string>, settings: Settings): ChildProcess =>
  spawn(process.execPath, ["--conditions=@spoor/source", main, "dead-letters", ...args], {
    env: { ...process.env, DATABASE_URL: "", NATS_URL: "", ...settings },
    stdio: ["ignore", "pipe", "pipe"]
  })

const end = (child: ChildProcess) =>
  Effect.promise(
    () =>
      new Promise<{ readonly status: number | null; readonly out: string; readonly err: string }>((resolve) => {
        let [out, err] = ["", ""]
        child.stdout?.on("data", (bytes: Buffer) => (out += bytes.toString()))
        child.stderr?.on("data", (bytes: Buffer) => (err += bytes.toString()))
        child.once("close", (status) => resolve({ status, out, err }))
      })
  )

const run = (args: ReadonlyArray<string>, settings: Settings) => Effect.suspend(() => end(start(args, settings)))

const folder = Effect.acquireRelease(
  Effect.promise(async () => {
    const made = await mkdtemp(join(tmpdir(), "spoor-letters-"))
    await chmod(made, 0o755)
    return made
  }),
  (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
)

const failed = (messageId: string, more: Partial<FailedMessage> = {}): FailedMessage => ({
  unitId: 7,
  topic: "log",
  messageId,
  body: `{"of":"${messageId}"}`,
  error: "ConstraintError: no such site",
  appendedAt,
  failedAt: appendedAt + 85_000,
  ...more
})

/** A home without letters, with these letters put aside; gives what tells the command where it is, and their IDs. */
const house = Effect.fnUntraced(function* (letters: ReadonlyArray<FailedMessage>) {
  const sql = yield* SqlClient.SqlClient
  const { add, page } = yield* DeadLetters
  yield* sql`delete from dead_letter`
  for (const letter of letters) yield* add(letter, 1)
  const ids: Array<number> = []
  for (
    let rows = yield* page({ rowsMax: 100 });
    rows.length > 0;
    rows = yield* page({ rowsMax: 100, before: ids[0] })
  ) {
    ids.unshift(...rows.map(({ id }) => id).toReversed())
  }
  const { url } = yield* EmbeddedPostgres
  return { ids, settings: { DATABASE_URL: Redacted.value(url), SPOOR_HOME: yield* folder } }
})

/** Everything that lies in the queue file of a home. */
const queued = Effect.fnUntraced(function* ({ SPOOR_HOME }: { readonly SPOOR_HOME: string }) {
  const queue = Context.get(yield* Layer.build(Queue.layerEmbedded({ folder: join(SPOOR_HOME, "queue") })), Queue)
  const { waiting } = yield* queue.depth("log")
  return waiting === 0 ? [] : yield* queue.take({ topic: "log", messagesMax: 10_000, bytesMax: 1e9 })
}, Effect.scoped)

const left = Effect.flatMap(DeadLetters, ({ page }) =>
  Effect.map(page({ rowsMax: 10_000 }), (rows) => rows.map(({ id }) => id))
)

layer(DeadLetters.layer.pipe(Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds",
  excludeTestServices: true
})("spoor dead-letters", (it) => {
  it.effect(
    "lists what there is: a table for people, a line each for programs",
    () =>
      Effect.gen(function* () {
        const { settings, ids } = yield* house([
          failed("one", { unitId: null, topic: "activity" }),
          failed("two", { error: "SchemaError: Expected\n  a \u001B[31mstring" })
        ])
        const table = yield* run(["list"], settings)
        assert.deepEqual({ status: table.status, err: table.err }, { status: 0, err: "" })
        const [header = "", first = "", second = "", ...rest] = table.out.split("\n")
        assert.deepEqual(header.trim().split(/ {2,}/), ["ID", "UNIT", "TOPIC", "FAILED AT", "BYTES", "ERROR"])
        assert.deepEqual(first.trim().split(/ {2,}/), [
          `${ids[1]}`,
          "7",
          "log",
          "2026-11-24T12:01:25.000Z",
          "12",
          "SchemaError: Expected a \\u001b[31mstring"
        ])
        assert.deepEqual(second.trim().split(/ {2,}/).slice(0, 3), [`${ids[0]}`, "-", "activity"])
        assert.deepEqual(rest, [""])

        const lines = yield* run(["list", "--json", "--limit", "1"], settings)
        assert.deepEqual(parsed(lines.out), [
          {
            kind: "dead-letter",
            id: ids[1],
            unitId: 7,
            topic: "log",
            messageId: "two",
            error: "SchemaError: Expected\n  a \u001B[31mstring",
            tries: 1,
            bytes: 12,
            appendedAt: "2026-11-24T12:00:00.000Z",
            failedAt: "2026-11-24T12:01:25.000Z"
          }
        ])
      }),
    60_000
  )

  it.effect(
    "lists page after page, and says that there is nothing",
    () =>
      Effect.gen(function* () {
        const { settings, ids } = yield* house(Array.from({ length: 230 }, (_, index) => failed(`m${index}`)))
        const all = yield* run(["list", "--json"], settings)
        assert.deepEqual(
          parsed(all.out).map(({ id }) => id),
          ids.toReversed()
        )
        const page = yield* run(["list", "--limit", "3", "--before", `${ids[100]}`], settings)
        assert.strictEqual(page.err, `Older ones: spoor dead-letters list --before ${ids[97]}\n`)
        assert.lengthOf(page.out.split("\n"), 5)

        const empty = yield* house([])
        assert.deepEqual(yield* run(["list"], empty.settings), {
          status: 0,
          out: "",
          err: "There are no dead letters.\n"
        })
        assert.deepEqual(yield* run(["list", "--json"], empty.settings), { status: 0, out: "", err: "" })
      }),
    60_000
  )

  it.effect(
    "shows one whole, and nothing in it steers the terminal",
    () =>
      Effect.gen(function* () {
        const body = '{"a":"żółw"\u0000\u009B2J\n'
        const { settings, ids } = yield* house([failed("one", { body })])
        const sheet = yield* run(["show", `${ids[0]}`], settings)
        assert.deepEqual({ status: sheet.status, err: sheet.err }, { status: 0, err: "" })
        assert.include(sheet.out, "error       ConstraintError: no such site\n")
        assert.include(sheet.out, '\n\n{"a":"żółw"\\u0000\\u009b2J\n')
        const [line] = parsed((yield* run(["show", `${ids[0]}`, "--json"], settings)).out)
        assert.deepInclude(line, { id: ids[0], messageId: "one", body })
        const missing = yield* run(["show", "999999"], settings)
        assert.deepEqual({ status: missing.status, out: missing.out }, { status: 1, out: "" })
        assert.strictEqual(
          missing.err,
          "spoor: There is no dead letter with the ID 999999. Try: spoor dead-letters list\n"
        )
      }),
    60_000
  )

  it.effect(
    "puts what it replays back into the queue as it was, under its ID, and names what is not there",
    () =>
      Effect.gen(function* () {
        const { settings, ids } = yield* house([
          failed("one"),
          failed("two", { body: "\u0000no JSON\uFEFF" }),
          failed("three")
        ])
        const first = yield* run(["replay", `${ids[1]}`, "999999", `${ids[0]}`], settings)
        assert.deepEqual(first, {
          status: 1,
          out: `${ids[1]} is in the queue again.\n${ids[0]} is in the queue again.\n`,
          err: "spoor: There is no dead letter with the ID 999999. Try: spoor dead-letters list\n"
        })
        assert.deepEqual(yield* left, [ids[2]])
        const second = yield* run(["replay", "--all", "--json"], settings)
        assert.deepEqual(parsed(second.out), [{ kind: "replayed", id: ids[2], topic: "log", messageId: "three" }])
        assert.strictEqual(second.status, 0)
        assert.deepEqual(
          (yield* queued(settings)).map(({ body, id }) => [id, body]),
          [
            ["two", "\u0000no JSON\uFEFF"],
            ["one", '{"of":"one"}'],
            ["three", '{"of":"three"}']
          ]
        )
        assert.deepEqual(yield* run(["replay", "--all"], settings), {
          status: 0,
          out: "",
          err: "There are no dead letters.\n"
        })
      }),
    60_000
  )

  it.effect(
    "neither loses nor doubles anything when a replay is killed",
    () =>
      Effect.gen(function* () {
        const { settings } = yield* house([])
        yield* (yield* SqlClient.SqlClient)`
          insert into dead_letter (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
          select 7, 'log', 'm' || n, 'body', 'error', 5, true, now(), now() from generate_series(1, 600) as n`
        const names = Array.from({ length: 600 }, (_, index) => `m${index + 1}`)
        for (const bytes of [1, 2_000]) {
          const child = start(["replay", "--all"], settings)
          let said = 0
          child.stdout?.on("data", (piece: Buffer) => {
            if ((said += piece.length) >= bytes) child.kill("SIGKILL")
          })
          assert.strictEqual((yield* end(child)).status, null)
          assert.isAbove((yield* left).length, 0)
        }
        assert.strictEqual((yield* run(["replay", "--all"], settings)).status, 0)
        assert.deepEqual(yield* left, [])
        assert.sameMembers(
          (yield* queued(settings)).map(({ id }) => id),
          names
        )
      }),
    60_000
  )

  it.effect(
    "refuses a topic that the queue does not have, and keeps the letter",
    () =>
      Effect.gen(function* () {
        const { settings, ids } = yield* house([failed("one", { topic: "webhooks" })])
        const refused = yield* run(["replay", `${ids[0]}`], settings)
        assert.deepEqual(refused, {
          status: 1,
          out: "",
          err: `spoor: The dead letter ${ids[0]} is of the topic webhooks, which this version does not know.\n`
        })
        assert.deepEqual(yield* left, ids)
      }),
    60_000
  )

  it.effect(
    "asks for IDs or for all, not for neither and not for both",
    () =>
      Effect.gen(function* () {
        for (const args of [["replay"], ["replay", "1", "--all"]]) {
          assert.deepEqual(yield* run(args, {}), {
            status: 1,
            out: "",
            err: "spoor: Name the IDs of dead letters, or say --all.\n"
          })
        }
        assert.match((yield* run(["list", "--limit", "0"], {})).err, /^spoor: Invalid value for flag --limit/)
        assert.match((yield* run(["show", "one"], {})).err, /^spoor: Invalid value for argument <id>/)
      }),
    60_000
  )

  it.effect(
    "says what to do where there is no database, or one of another version",
    () =>
      Effect.gen(function* () {
        const SPOOR_HOME = yield* folder
        const none = yield* run(["list"], { SPOOR_HOME })
        assert.deepEqual({ status: none.status, out: none.out }, { status: 1, out: "" })
        assert.include(
          none.err,
          `spoor: There is no database to ask: no database runs in ${SPOOR_HOME}/postgres. Start Spoor with npm start`
        )
        const silent = yield* run(["list"], { DATABASE_URL: "postgres://127.0.0.1:9/spoor", SPOOR_HOME })
        assert.strictEqual(silent.status, 1)
        assert.match(silent.err, /^spoor: The database does not answer: .*ECONNREFUSED.*DATABASE_URL/)

        const sql = yield* SqlClient.SqlClient
        yield* sql`create database older`.unprepared
        const url = new URL(Redacted.value((yield* EmbeddedPostgres).url))
        url.pathname = "/older"
        const older = yield* run(["list"], { DATABASE_URL: url.href, SPOOR_HOME })
        assert.match(older.err, /^spoor: The database is of another version than this command.*Start Spoor once/)
      }),
    60_000
  )

  it.effect(
    "finds the database that a start keeps in its home",
    () =>
      Effect.gen(function* () {
        const SPOOR_HOME = yield* folder
        yield* Layer.build(EmbeddedPostgres.layer({ dataDirectory: join(SPOOR_HOME, "postgres") }))
        const found = yield* run(["list"], { SPOOR_HOME })
        // It is there and answers, though nobody has made its tables yet.
        assert.match(found.err, /^spoor: The database is of another version/)
      }),
    60_000
  )

  it.effect.skipIf(!NatsServer.isInstalled)(
    "waits until JetStream has forgotten the ID, and leaves the stream as it was",
    () =>
      Effect.gen(function* () {
        const { url } = yield* NatsServer.single()
        const stream = NatsQueue.layer({ url, duplicateWindow: "1 second", messagesMax: 7 })
        const worker = Context.get(yield* Layer.build(stream), Queue)
        const everything = { topic: "log", messagesMax: 9, bytesMax: 1e9 } as const
        yield* worker.append([{ id: "one", topic: "log", body: "{}" }])
        yield* worker.acknowledge(yield* worker.take(everything))
        const now = yield* Clock.currentTimeMillis
        const { settings } = yield* house([failed("one", { appendedAt: now, body: "{}" })])
        const ran = yield* run(["replay", "--all"], { ...settings, NATS_URL: Redacted.value(url) })
        assert.strictEqual(ran.status, 0)
        assert.match(ran.err, /^The queue still knows \d+; it is replayed in \d s\.\n$/)
        assert.deepEqual(yield* left, [])
        assert.deepEqual(
          (yield* worker.take(everything)).map(({ body, id }) => [id, body]),
          [["one", "{}"]]
        )
        assert.lengthOf(yield* queued(settings), 0)
      }),
    60_000
  )
})
