import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { Duration, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { LogWriter, type NewLogRows } from "../src/LogWriter.ts"
import { type Fault, PanelChain } from "../src/PanelChain.ts"
import { PanelCheckpoints } from "../src/PanelCheckpoints.ts"
import { Persons } from "../src/Persons.ts"
import * as Shop from "./Shop.ts"

const Database = Layer.mergeAll(LogWriter.layer, PanelChain.layer, Persons.layer).pipe(Layer.provideMerge(Shop.layer))

const noon = Date.UTC(2026, 10, 24, 12)
const email = "anna@example.pl"
const size = 60

const rows = (from: number, count: number): NewLogRows => ({
  log: "panel",
  entries: Array.from({ length: count }, (_, index) => ({
    itemId: `i${String(from + index).padStart(6, "0")}`,
    occurredAt: noon + (from + index) * 1_000,
    url: index % 7 === 0 ? `/person?find=${email}` : `/api-log?page=${index}`,
    method: "GET",
    status: 200,
    userEmail: index % 3 === 0 ? email : "ola@example.pl",
    ip: "203.0.113.7",
    details: { userId: "u", processingMs: index / 8, userAgent: index % 5 === 0 ? null : "Firefox", requestId: "r" }
  })) as never
})

/** A unit with a chain of `size` rows, written by two at once. */
const fill = Effect.fn(function* (name: string) {
  const unitId = yield* Shop.open(name)
  const { add } = yield* LogWriter
  yield* Effect.all([add(unitId, [rows(0, size / 2)]), add(unitId, [rows(size / 2, size / 2)])], { concurrency: 2 })
  // What comes a second time is no second link.
  yield* add(unitId, [rows(0, 5)])
  const sql = yield* SqlClient.SqlClient
  const known = yield* sql<{ readonly id: number }>`
    select id::float8 as id from panel_log where unit_id = ${unitId} order by id`
  return { unitId, ids: known.map(({ id }) => id) }
})

const faultsOf = Effect.fn(function* (unitId: number) {
  const { verify } = yield* PanelChain
  return (yield* verify(unitId, 0)).faults
})

const fault = (kind: Fault["kind"], seq: number | null, rowId: number | null, other: number | null = null): Fault => ({
  kind,
  seq,
  rowId,
  with: other
})

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("the chain of the panel log", (it) => {
  it.effect("is whole however many write it, and grows by every row once", () =>
    Effect.gen(function* () {
      const { ids, unitId } = yield* fill("whole")
      const { verify } = yield* PanelChain
      const { end, ...found } = yield* verify(unitId, 0)
      assert.lengthOf(ids, size)
      assert.strictEqual(end.seq, size)
      assert.deepEqual(found, { erased: 0, expired: 0, faults: [] })
    })
  )

  it.effect("locates every field that is edited", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const edits = [
        "url = '/other'",
        "method = 'POST'",
        "status = 500",
        "user_email = 'eve@example.pl'",
        "user_email = null",
        "user_id = 'v'",
        "ip = null",
        "request_id = null",
        "processing_ms = 99",
        "user_agent = 'x'",
        "occurred_at = occurred_at + interval '1 millisecond'",
        "item_id = 'j'"
      ]
      const { ids, unitId } = yield* fill("edited")
      for (const [index, edit] of edits.entries()) {
        yield* sql`update panel_log set ${sql.literal(edit)} where unit_id = ${unitId} and id = ${ids[index * 3]!}::bigint`
      }
      const expected = edits.map((_, index) => fault("edited", index * 3 + 1, ids[index * 3]!))
      assert.deepEqual(yield* faultsOf(unitId), expected)
    })
  )

  it.effect("locates rows that are removed, with their links or without, also the last ones", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { ids, unitId } = yield* fill("removed")
      yield* sql`delete from panel_log where unit_id = ${unitId} and id = any(${[ids[4], ids[10], ids[59]]}::bigint[])`
      yield* sql`delete from panel_log_link where unit_id = ${unitId} and seq in (11, 60)`
      assert.deepEqual(yield* faultsOf(unitId), [
        fault("removed", 5, ids[4]!),
        fault("removed", 11, null),
        fault("removed", 60, null)
      ])
      // What was kept for long enough may be gone.
      const { verify } = yield* PanelChain
      const [fifth] = yield* sql<{ readonly at: number }>`
        select (extract(epoch from occurred_at) * 1000)::float8 as at from panel_log_link where unit_id = ${unitId} and seq = 5`
      const { expired, faults } = yield* verify(unitId, fifth!.at + 1)
      assert.deepEqual([expired, faults.length], [1, 2])
    })
  )

  it.effect("locates rows that are inserted past Spoor", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { unitId } = yield* fill("inserted")
      const [forged] = yield* sql<{ readonly id: number }>`
        insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
        values (${unitId}, 'forged', now(), '/', 'GET', 200, 1) returning id::float8 as id`
      yield* (yield* LogWriter).add(unitId, [rows(size, 3)])
      assert.deepEqual(yield* faultsOf(unitId), [fault("inserted", null, forged!.id)])
    })
  )

  it.effect("says which rows were swapped with which", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { ids, unitId } = yield* fill("swapped")
      const [a, b] = [ids[20]!, ids[33]!]
      // All fields of the one for those of the other, under their own IDs.
      const columns = sql.literal(
        [
          "occurred_at",
          "url",
          "method",
          "status",
          "user_email",
          "user_id",
          "ip",
          "request_id",
          "processing_ms",
          "user_agent"
        ].join(", ")
      )
      yield* sql`update panel_log set item_id = item_id || '-' where unit_id = ${unitId} and id in (${a}::bigint, ${b}::bigint)`
      yield* sql`
        update panel_log as mine set (item_id, ${columns}) = (
          select left(item_id, -1), ${columns} from panel_log as other
          where other.unit_id = ${unitId} and other.id = case when mine.id = ${a}::bigint then ${b}::bigint else ${a}::bigint end)
        where unit_id = ${unitId} and id in (${a}::bigint, ${b}::bigint)`
      assert.deepEqual(yield* faultsOf(unitId), [fault("edited", 21, a, b), fault("edited", 34, b, a)])
    })
  )

  it.effect("locates where the chain itself was written to", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { ids, unitId } = yield* fill("broken")
      yield* sql`update panel_log_link set facts = sha256('x') where unit_id = ${unitId} and seq = 30`
      assert.deepEqual(yield* faultsOf(unitId), [fault("broken", 30, ids[29]!), fault("edited", 30, ids[29]!)])
      for (const away of [1_000_000, 0]) {
        yield* sql`
          update panel_log_link set row_id = ${away}::bigint + case seq when 40 then ${ids[40]!}::bigint else ${ids[39]!}::bigint end
          where unit_id = ${unitId} and seq in (40, 41)`
      }
      const faults = yield* faultsOf(unitId)
      assert.deepEqual(
        faults.filter(({ seq }) => seq !== 30).map(({ rowId }) => rowId),
        [ids[40]!, ids[39]!]
      )
    })
  )

  it.effect("stays whole when a person is erased, of whom it then knows nothing", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { ids, unitId } = yield* fill("erased")
      yield* (yield* Persons).erase(unitId, { by: "email", value: Ids.Email.make(email) })
      const { verify } = yield* PanelChain
      const { erased, faults } = yield* verify(unitId, 0)
      assert.deepEqual(faults, [])
      assert.strictEqual(erased, ids.filter((_, index) => (index % 30) % 3 === 0 || (index % 30) % 7 === 0).length)
      // With a salt that is known, a digest could be guessed at.
      const kept = yield* sql`
        select from panel_log_link where unit_id = ${unitId} and seq = 1 and (who_salt is not null or url_salt is not null)`
      assert.isEmpty(kept)
      // Whoever writes into what was erased is found all the same.
      yield* sql`update panel_log set user_email = 'eve@example.pl' where unit_id = ${unitId} and id = ${ids[0]!}::bigint`
      assert.deepEqual(yield* faultsOf(unitId), [fault("edited", 1, ids[0]!)])
    })
  )

  it.effect("is signed once by many processes, unasked, where it has grown and is whole", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { add } = yield* LogWriter
      const { unitId } = yield* fill("signed")
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-chain-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      )
      const signed = Effect.promise(async () => {
        const text = await readFile(join(home, "panel-log-checkpoints.ndjson"), "utf8")
        return [...text.matchAll(/"seq":(\d+)/g)].map(([, seq]) => Number(seq))
      })
      const processes = Array.from({ length: 4 }, () => Layer.fresh(PanelCheckpoints.layer(home)))
      const all = (age: Duration.Input) =>
        Effect.forEach(
          processes,
          (layer) =>
            Effect.flatMap(PanelCheckpoints, (it) => it.verifyGrown(unitId, Duration.fromInputUnsafe(age))).pipe(
              Effect.provide(layer)
            ),
          { concurrency: "unbounded" }
        ).pipe(Effect.map((found) => found.filter((one) => one !== null)))

      assert.deepEqual(
        (yield* all("1 hour")).map(({ end, isWhole }) => [end.seq, isWhole]),
        [[size, true]]
      )
      assert.isEmpty(yield* all(0), "nothing new")
      yield* add(unitId, [rows(size, 5)])
      assert.isEmpty(yield* all("1 hour"), "not yet")
      assert.lengthOf(yield* all(0), 1)
      assert.deepEqual(yield* signed, [size, size + 5])

      yield* add(unitId, [rows(size + 5, 5)])
      yield* sql`update panel_log set status = 500 where unit_id = ${unitId} and item_id = 'i000007'`
      const found = yield* all(0)
      assert.isNotEmpty(found)
      for (const { faults, isWhole } of found) assert.deepEqual([isWhole, faults.length], [false, 1])
      assert.deepEqual(yield* signed, [size, size + 5], "what is not whole is not signed")
    }).pipe(Effect.scoped)
  )
})
