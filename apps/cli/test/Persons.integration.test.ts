import { assert, layer } from "@effect/vitest"
import { Sites } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Context, Effect, Fiber, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parsed, spoor } from "./run.ts"

const email = "anna@example.pl"

const home = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-person-"))),
  (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
)

/** Runs `spoor` on the test's database and this home. */
const run = Effect.fnUntraced(function* (folder: string, ...args: ReadonlyArray<string>) {
  const { url } = yield* EmbeddedPostgres
  const env = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: folder }
  return yield* Effect.provide(spoor(args, ""), ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
})

/** The only unit, with two customers. */
const customers = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`delete from customer`
  yield* sql`delete from business_unit`
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sql`
    insert into customer (unit_id, id, email, phone, created_at, updated_at)
    values (${unitId}, 'c-1', ${email}, '+48501234567', now(), now()), (${unitId}, 'c-2', 'bob@example.pl', null, now(), now())`
  yield* sql`
    insert into sms_log (unit_id, item_id, occurred_at, gateway, phone, error_code, error_text, protocol, permanence, category)
    values (${unitId}, ${`s-${unitId}`}, now(), 'kannel', '+48501234567', '1', 'Absent', 'http', 'unknown', 'unknown')`
  return unitId
})

layer(Sites.layer.pipe(Layer.provideMerge(TestDatabase.layer)), { timeout: "60 seconds", excludeTestServices: true })(
  "what is known of a person",
  (it) => {
    it.effect("is exported as NDJSON with a line at the end that counts", () =>
      Effect.gen(function* () {
        const unitId = yield* customers
        const { isSuccess, out } = yield* run(yield* home, "export", "--email", " Anna@Example.pl ")
        assert.isTrue(isSuccess)
        const [first, second, end, ...rest] = parsed(out)
        assert.deepInclude(first, { kind: "row", table: "customer" })
        assert.deepInclude(first!["row"], { id: "c-1", email })
        assert.deepInclude(second, { kind: "row", table: "sms_log" })
        assert.deepInclude(end, { kind: "end", unitId, rows: 2 })
        assert.isEmpty(rest)
        const nobody = yield* run(yield* home, "export", "--visitor", "nobody")
        assert.match(nobody.err, /Nothing is stored/)
      })
    )

    it.effect("is erased only when one means it, with a receipt that fits nobody else", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* customers
        const folder = yield* home
        const foretold = yield* run(folder, "erase", "--email", email)
        assert.match(foretold.out, /1 {2}customer\n +1 {2}sms_log\n/)
        assert.match(foretold.err, /Nothing was changed/)
        assert.lengthOf(yield* sql`select from customer`, 2)

        const { err, out } = yield* run(folder, "erase", "--email", email, "--yes")
        assert.match(err, /is erased/)
        assert.notInclude(out, "anna")
        assert.deepInclude(JSON.parse(out), {
          unitId,
          tables: [
            { table: "customer", removed: 1, blanked: 0 },
            { table: "sms_log", removed: 0, blanked: 1 }
          ]
        })
        assert.deepEqual(yield* sql`select id from customer`, [{ id: "c-2" }])
        const [row] = yield* sql`select phone, error_code as code from sms_log where unit_id = ${unitId}`
        assert.deepEqual(row, { phone: null, code: "1" })

        const file = join(folder, "receipt.json")
        yield* Effect.promise(() => writeFile(file, out))
        assert.match((yield* run(folder, "receipt", file, "--email", email)).err, /genuine, and about this person/)
        assert.match((yield* run(folder, "receipt", file, "--email", "bob@example.pl")).err, /about somebody else/)
        assert.match((yield* run(yield* home, "receipt", file)).err, /another Spoor/)
        yield* Effect.promise(() => writeFile(file, out.replace('"blanked": 1', '"blanked": 2')))
        assert.isFalse((yield* run(folder, "receipt", file)).isSuccess)
        const { mode } = yield* Effect.promise(() => stat(join(folder, "receipt-key.pem")))
        assert.strictEqual(mode & 0o777, 0o600)

        const again = yield* run(folder, "erase", "--email", email, "--yes")
        assert.match(again.err, /Nothing was stored/)
      })
    )

    it.effect("does not come back from the queue", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* customers
        const folder = yield* home
        const queue = Context.get(yield* Layer.build(Queue.layerEmbedded({ folder: join(folder, "queue") })), Queue)
        yield* queue.append([{ id: "before", topic: "log", body: "{}" }])
        const early = yield* run(folder, "erase", "--email", email, "--yes", "--wait", "0")
        assert.isFalse(early.isSuccess)
        assert.strictEqual(early.out, "")
        assert.match(early.err, /the queue still holds messages from before/)

        // As a worker does: writes what waited, then acknowledges.
        const taken = yield* queue.take({ topic: "log", messagesMax: 1, bytesMax: 1_000 })
        const erasing = yield* Effect.forkChild(run(folder, "erase", "--email", email, "--yes"))
        yield* Effect.sleep("600 millis")
        yield* sql`
          insert into customer (unit_id, id, email, created_at, updated_at) values (${unitId}, 'c-3', ${email}, now(), now())`
        yield* queue.acknowledge(taken)
        const { err } = yield* Fiber.join(erasing)
        assert.match(err, /Waiting for the queue[^]*is erased/)
        assert.deepEqual(yield* sql`select id from customer`, [{ id: "c-2" }])
      })
    )

    it.effect("is asked for by one name", () =>
      Effect.gen(function* () {
        for (const args of [[], ["--email", email, "--visitor", "v"]]) {
          assert.match((yield* run(yield* home, "export", ...args)).err, /one of --email, --phone and --visitor/)
        }
        assert.match((yield* run(yield* home, "erase", "--email", "anna")).err, /--email/)
        const file = join(yield* home, "none.json")
        yield* Effect.promise(() => writeFile(file, "{}"))
        assert.match((yield* run(yield* home, "receipt", file)).err, /is no receipt/)
        assert.include(yield* Effect.promise(() => readFile(file, "utf8")), "{}")
      })
    )
  }
)
