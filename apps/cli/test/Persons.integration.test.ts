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
  yield* sql`truncate customer, unlinking, unsettled, activity, session, visitor, site cascade`
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

    it.effect("says which session bears an e-mail and why, takes it back and gives it again", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* customers
        const folder = yield* home
        yield* sql`insert into site (unit_id, id, name, url) values (${unitId}, 'shop', 'Shop', 'https://shop.example')`
        yield* sql`
          insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unitId}, 'shop', 'v1', now(), now())`
        // A visit, and the next day one that says whose it is; the sessions as the worker left them.
        yield* sql`
          insert into session (unit_id, site_id, id, visitor_id, email, started_at, ended_at, closed_at, event_count,
            product_view_count, products_viewed)
          select ${unitId}, 'shop', 'shop:' || day, 'v1', ${email}, at, at, at, 1, 0, 0
          from (values ('e1', timestamptz '2026-11-01 10:00Z'), ('e2', '2026-11-02 10:00Z')) as visit (day, at)`
        yield* sql`
          insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence, email)
          select ${unitId}, 'shop', substr(id, 6), 'v1', no, 'VisitOnWebsite', started_at, started_at, 0,
            case when id = 'shop:e2' then email end
          from session where unit_id = ${unitId}`
        const identity = (...args: ReadonlyArray<string>) => run(folder, "identity", ...args)
        const borne = (out: string) => parsed(out).map(({ email, kind, sessionId }) => [kind, sessionId, email])

        const listed = yield* identity("list", "--email", email, "--json")
        const named = { by: "event", evidenceId: "e2", at: "2026-11-02T10:00:00.000Z", rule: "sessions.md 3.5" }
        assert.deepInclude(parsed(listed.out)[1]!["why"], { ...named, carriedFrom: null })
        assert.deepInclude(parsed(listed.out)[0]!["why"], {
          ...named,
          rule: "sessions.md 3.5, back-fill",
          carriedFrom: "shop:e2"
        })
        assert.match((yield* identity("list", "--visitor", "v1")).out, /event e2 of 2026.*Z, back from shop:e2\n/)

        const wanted = ["unlink", "--visitor", "v1", "--email", email, "--session", "shop:e2", "--reason", "Her sister"]
        const foretold = yield* identity(...wanted, "--dry-run")
        assert.match(foretold.out, /shop:e1 .*anna@example.pl +- +the same\nshop:e2 .*anna@example.pl +- /)
        assert.match(foretold.err, /Nothing was changed/)
        assert.lengthOf(yield* sql`select from unlinking`, 0)
        const done = yield* identity(...wanted)
        const [, id] = done.err.match(/spoor identity relink (\d+)/) ?? []
        assert.lengthOf(yield* sql`select from unsettled where visitor_id = 'v1'`, 1)
        assert.match((yield* identity(...wanted)).err, /--email: the session shop:e2 bears none, not anna/)

        const after = yield* identity("list", "--visitor", "v1", "--json")
        assert.deepEqual(borne(after.out), [
          ["session", "shop:e1", null],
          ["session", "shop:e2", null],
          ["unlinking", undefined, email]
        ])
        assert.deepInclude(parsed(after.out)[2], {
          id: Number(id),
          reason: "Her sister",
          decidedBy: null,
          undoneAt: null
        })
        const before = yield* identity("list", "--visitor", "v1", "--json", "--at", "2026-11-03T00:00:00Z")
        assert.deepEqual(borne(before.out), [
          ["session", "shop:e1", email],
          ["session", "shop:e2", email]
        ])

        assert.match((yield* identity("relink", id!, "--dry-run")).out, /shop:e2 .* - +anna@example.pl +the same/)
        assert.match((yield* identity("relink", id!)).err, /Linked again/)
        assert.match((yield* identity("relink", id!)).err, /undone already/)
        assert.deepEqual(
          borne((yield* identity("list", "--visitor", "v1", "--json")).out).slice(0, 2),
          borne(listed.out)
        )
        assert.isTrue((yield* identity("unlink", "--visitor", "v1", "--email", email)).isSuccess)
        assert.match((yield* identity("unlink", "--visitor", "v1", "--email", email)).err, /decided already/)

        for (const [args, said] of [
          [["unlink", "--visitor", "v2", "--email", email], /--visitor: v2 is not stored/],
          [
            ["unlink", "--visitor", "v1", "--email", "bob@example.pl"],
            /--email: nothing ever named bob@example.pl for v1/
          ],
          [["unlink", "--visitor", "v1", "--email", email, "--session", "x"], /--session: v1 has no session x/],
          [["relink", "999999"], /id: the unit has no unlinking with the ID 999999/],
          [["list"], /one of --email and --visitor/],
          [["list", "--email", "anna"], /--email/]
        ] as const) {
          const refused = yield* identity(...args)
          assert.match(refused.err, said)
          assert.isFalse(refused.isSuccess)
        }
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
