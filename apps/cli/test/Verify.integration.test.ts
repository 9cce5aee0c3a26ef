import { assert, layer } from "@effect/vitest"
import { LogWriter, PanelCheckpoints, Sites } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Duration, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parsed, spoor } from "./run.ts"

const home = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-verify-"))),
  (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
)

const run = Effect.fnUntraced(function* (folder: string, ...args: ReadonlyArray<string>) {
  const { url } = yield* EmbeddedPostgres
  const env = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: folder }
  return yield* Effect.provide(spoor(args, ""), ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
})

const write = Effect.fnUntraced(function* (unitId: number, from: number, count: number) {
  const { add } = yield* LogWriter
  const entries = Array.from({ length: count }, (_, index) => ({
    itemId: `i${from + index}`,
    occurredAt: Date.UTC(2026, 10, 24) + index,
    url: "/",
    method: "GET",
    status: 200,
    userEmail: "anna@example.pl",
    ip: null,
    details: { userId: "u", processingMs: 1, userAgent: null, requestId: null }
  }))
  yield* add(unitId, [{ log: "panel", entries: entries as never }])
})

layer(Layer.merge(LogWriter.layer, Sites.layer).pipe(Layer.provideMerge(TestDatabase.layer)), {
  timeout: "60 seconds",
  excludeTestServices: true
})("the panel log", (it) => {
  it.effect("is found whole, and what is not by its log ID", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const folder = yield* home
      const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
      yield* write(unitId, 100, 9)
      const whole = yield* run(folder, "verify")
      assert.isTrue(whole.isSuccess)
      assert.include(whole.err, `Unit ${unitId}: 9 rows are as they were written.`)
      const [row] = yield* sql<{ readonly id: number }>`
        update panel_log set status = 500 where unit_id = ${unitId} and item_id = 'i104' returning id::float8 as id`
      const edited = yield* run(folder, "verify")
      assert.isFalse(edited.isSuccess)
      assert.strictEqual(edited.out, `unit ${unitId}: log ID ${row!.id}, row 5 of the chain, was edited\n`)
      const { out } = yield* run(folder, "verify", "--json", "--unit", `${unitId}`)
      assert.deepInclude(parsed(out)[0], { unitId, kind: "edited", seq: 5, rowId: row!.id })
      yield* sql`delete from panel_log where unit_id = ${unitId}`
      yield* sql`delete from panel_log_link`
      yield* sql`delete from panel_log_chain`
    })
  )

  it.effect("does not pass its checkpoints once somebody has computed it anew, or cut it off", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const folder = yield* home
      const unitId = yield* (yield* Sites).addUnit({ name: "Haus", timeZone: "Europe/Warsaw" })
      // All but the first are the worker's, for which nobody asked.
      const unasked = Effect.flatMap(PanelCheckpoints, (it) => it.verifyGrown(unitId, Duration.zero)).pipe(
        Effect.provide(PanelCheckpoints.layer(folder))
      )
      for (const from of [100, 200, 300]) {
        yield* write(unitId, from, 5)
        assert.isTrue(from === 100 ? (yield* run(folder, "verify")).isSuccess : (yield* unasked)?.isWhole)
      }
      const file = join(folder, "panel-log-checkpoints.ndjson")
      const text = yield* Effect.promise(() => readFile(file, "utf8"))
      assert.lengthOf(text.trim().split("\n"), 3)
      assert.notInclude(text, "anna")

      // As somebody would who may write to the database, and knows how the chain is made.
      const rows = yield* sql<{
        readonly id: number
      }>`select id::float8 as id from panel_log where unit_id = ${unitId} order by id`
      yield* sql`update panel_log set status = 500 where unit_id = ${unitId} and id = ${rows[7]!.id}::bigint`
      yield* sql`delete from panel_log_link where unit_id = ${unitId} and seq > 5`
      yield* sql`
        update panel_log_chain set seq = 5, link = (select link from panel_log_link where unit_id = ${unitId} and seq = 5)
        where unit_id = ${unitId}`
      yield* sql`select link_panel_log(${unitId}, ${rows.slice(5).map(({ id }) => id)}::bigint[])`
      const anew = yield* run(folder, "verify")
      assert.isFalse(anew.isSuccess)
      assert.match(anew.err, /at row 10 of it\. It is still the one up to row 5/)

      yield* Effect.promise(() => writeFile(file, text.replace('"seq":15', '"seq":14')))
      const forged = yield* run(folder, "verify")
      assert.match(forged.err, /line 3, was changed, or signed by another Spoor/)
    })
  )
})
