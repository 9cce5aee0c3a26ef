import { assert, layer } from "@effect/vitest"
import { FilterText, Interval, Log } from "@spoor/domain"
import { Duration, Effect, Layer, Result, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { type Bars, LogCounts } from "../src/LogCounts.ts"
import { type LogQuery, LogReader } from "../src/LogReader.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const seed = Number(process.env["SPOOR_LAW_SEED"] ?? 20_261_128)

const Database = Layer.mergeAll(LogCounts.layer, LogReader.layer).pipe(Layer.provideMerge(Shop.layer))

const said = <L extends Log.Log>(unitId: number, log: L, text: string): LogQuery<L> => ({
  unitId,
  log,
  filter: Result.getOrThrow(FilterText.parse(log, text)),
  interval: Interval.always
})

const filled = Effect.fnUntraced(function* (name: string) {
  const unitId = yield* Shop.open(name)
  const below = Logs.numbers(seed)
  yield* Logs.fill(unitId, 150, below)
  yield* Logs.visit(unitId, 200, below, Logs.noon + 620 * MINUTE)
  return unitId
})

const sum = ({ bars }: Bars) => bars.reduce((total, { count }) => total + count, 0)

layer(Database, { timeout: "60 seconds" })("numbers about a log", (it) => {
  const questions = [
    ["panel", ""],
    ["panel", "status:4xx,5xx -ip:10.0.0.1"],
    ["activity", "type:VisitOnProductPage"],
    ["activity", "active:no kubek"],
    ["session-events", ""],
    ["api", "url:*orders*"],
    ["sms", "-gateway:SMSAPI"]
  ] as const

  it.effect("count in each bucket the rows that a list would show, by class of status", () =>
    Effect.gen(function* () {
      const { bars, extent } = yield* LogCounts
      const reader = yield* LogReader
      const unitId = yield* filled("bars")
      for (const [log, text] of questions) {
        const query: LogQuery<Log.Log> = said(unitId, log, text)
        const rows = yield* Stream.runCollect(reader.stream(query, null))
        const { oldest, newest } = (yield* extent(unitId, log)) ?? { oldest: 0, newest: 0 }
        const edges = [oldest + 7 * MINUTE, oldest + 10 * MINUTE, newest - 3 * MINUTE, newest]
        const expected = new Map<string, number>()
        for (const row of rows) {
          const bucket = edges.findLastIndex((edge) => edge <= row.createdAt)
          if (bucket < 0 || bucket === edges.length - 1) continue
          const key = `${bucket} ${"status" in row ? Math.floor(row.status / 100) : null}`
          expected.set(key, (expected.get(key) ?? 0) + 1)
        }
        const found = yield* bars(query, edges)
        const shown = found!.bars.map(({ bucket, statusClass, count }) => [`${bucket} ${statusClass}`, count] as const)
        assert.isFalse(found!.isEstimate)
        assert.isAbove(expected.size, 0, `${log} ${text}`)
        assert.deepStrictEqual(new Map(shown), expected, `${log} ${text}, seed ${seed}`)
        const all = yield* Stream.runCollect(reader.stream(said(unitId, log, ""), null))
        assert.strictEqual(newest, all[0]!.createdAt)
        assert.strictEqual(oldest, all.at(-1)!.createdAt)
      }
    })
  )

  it.effect("say of each value how many rows a list would show that names it instead", () =>
    Effect.gen(function* () {
      const { facets } = yield* LogCounts
      const reader = yield* LogReader
      const unitId = yield* filled("facets")
      const count = (log: Log.Log, text: string) => reader.count(said(unitId, log, text))
      const cases = [
        ["panel", "ip:10.0.0.1", ["method", "status"]],
        ["activity", "url:*o*", ["site", "type", "active"]],
        ["session-events", "", ["site", "type"]],
        ["api", "-url:/orders", ["method", "status", "key"]],
        ["sms", "", ["gateway", "sender", "code", "category", "permanence"]]
      ] as const
      for (const [log, text, names] of cases) {
        const free: LogQuery<Log.Log> = said(unitId, log, text)
        const counted = yield* facets(free)
        assert.deepStrictEqual(Object.keys(counted), [...names])
        for (const [name, { values, isMore }] of Object.entries(counted)) {
          assert.isFalse(isMore)
          assert.isAbove(values.length, 0, `${log} ${name}`)
          for (const { value, count: shown } of values) {
            // A key's name may be another key's prefix, which the filter takes as well; and nobody can ask for an empty code.
            if (name === "key" || value === "") continue
            const named = `${text} ${name}:"${value.replaceAll(/["\\]/g, "\\$&")}"`
            assert.strictEqual(shown, yield* count(log, named), `${log} ${named}`)
            // What the filter says of the field itself does not count.
            const chosen: LogQuery<Log.Log> = said(unitId, log, named)
            assert.deepStrictEqual((yield* facets(chosen))[name], counted[name])
          }
        }
      }
    })
  )

  it.effect("never tell of another unit", () =>
    Effect.gen(function* () {
      const { bars, extent, facets } = yield* LogCounts
      yield* filled("theirs")
      const unitId = yield* Shop.open("empty")
      const edges = [0, Logs.noon, Logs.noon + 1_000 * MINUTE]
      for (const log of Log.Log.literals) {
        assert.isNull(yield* extent(unitId, log))
        assert.deepStrictEqual(yield* bars(said(unitId, log, ""), edges), { bars: [], isEstimate: false })
        const counted = Object.values(yield* facets(said(unitId, log, "")))
        assert.isAbove(counted.length, 1)
        for (const facet of counted) assert.deepStrictEqual(facet, { values: [], isMore: false })
      }
    })
  )

  it.effect("are estimated where there is much to count, and left out where even that takes too long", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* Shop.open("many")
      yield* sql`
        insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
        select ${unitId}, i::text, to_timestamp(i), '/', 'GET', case when i % 4 = 0 then 404 else 200 end, 1
        from generate_series(1, 60000) as i`
      yield* sql`analyze panel_log`
      const asked = (text: string, timeout: Duration.Duration) =>
        Effect.flatMap(LogCounts, ({ bars }) => bars(said(unitId, "panel", text), [0, 30_000_000, 60_001_000])).pipe(
          Effect.provide(LogCounts.layerWith({ exactRowsMax: 5_000, samplePages: 200, facetRowsMax: 100, timeout }))
        )
      const capped = yield* Effect.flatMap(LogCounts, ({ facets }) => facets(said(unitId, "panel", ""))).pipe(
        Effect.provide(
          LogCounts.layerWith({ exactRowsMax: 1, samplePages: 1, facetRowsMax: 100, timeout: Duration.seconds(5) })
        )
      )
      assert.deepStrictEqual(capped["status"], {
        values: [
          { value: "200", count: 75 },
          { value: "404", count: 25 }
        ],
        isMore: true
      })
      const estimate = yield* asked("", Duration.seconds(5))
      assert.isTrue(estimate!.isEstimate)
      assert.approximately(sum(estimate!), 60_000, 15_000)
      assert.isAtLeast(estimate!.bars.length, 4)
      assert.deepStrictEqual(estimate, yield* asked("", Duration.seconds(5)))
      const few = yield* asked("url:/none", Duration.seconds(5))
      assert.deepStrictEqual(few, { bars: [], isEstimate: false })
      assert.isNull(yield* asked("", Duration.millis(1)))
    })
  )
})
