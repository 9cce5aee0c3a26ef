import { migrate, PanelChain, PostgresClient } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import type { Bench, Options, Report } from "../Bench.ts"
import { interleave, time } from "../Rounds.ts"

const Database = Layer.merge(PanelChain.layer, Layer.effectDiscard(migrate)).pipe(
  Layer.provideMerge(
    Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url, statementTimeout: 0 })))
  ),
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)

const unitId = 1

/** The whole chain of a unit's panel log, as `spoor verify` recomputes it, beside one digest of each of its rows. */
export const verify: Bench = {
  name: "verify",
  summary: "How long it takes to find a panel log of so many rows (--events) whole.",
  run: (options) =>
    Effect.runPromise(
      Effect.gen(function* () {
        yield* fill(options.events)
        const edited = yield* editOne(options.events)
        return yield* measure(options, edited)
      }).pipe(Effect.provide(Database), Effect.scoped)
    )
}

const fill = Effect.fnUntraced(function* (rows: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into panel_log (unit_id, item_id, occurred_at, url, method, status, user_email, user_id, ip, request_id,
      processing_ms, user_agent)
    select ${unitId}, gen_random_uuid()::text, to_timestamp(1790000000 + i), '/session-events?site=shop&range=last-7d&page=' || i,
      'GET', 200, 'person' || i % 20 || '@example.pl', 'u' || i % 20, '203.0.113.7', gen_random_uuid()::text, i / 7.0,
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36'
    from generate_series(1, ${rows}::integer) as i`
  yield* sql`select link_panel_log(${unitId}, array_agg(id)) from panel_log where unit_id = ${unitId}`
  yield* sql`vacuum analyze panel_log`.unprepared
  yield* sql`vacuum analyze panel_log_link`.unprepared
})

/** What is wrong must be found among so many, too. *Shape*: the faults that were found when one row was edited. */
const editOne = Effect.fnUntraced(function* (rows: number) {
  const sql = yield* SqlClient.SqlClient
  const chain = yield* PanelChain
  const [row] = yield* sql<{ readonly id: number; readonly status: number }>`
    update panel_log set status = 500 where unit_id = ${unitId} and id = (
      select row_id from panel_log_link where unit_id = ${unitId} and seq = ${Math.ceil(rows / 2)}::bigint)
    returning id::float8 as id`
  const { faults } = yield* chain.verify(unitId, 0)
  yield* sql`update panel_log set status = 200 where unit_id = ${unitId} and id = ${row!.id}::bigint`
  return { expected: row!.id, found: faults.map(({ rowId }) => rowId) }
})

const measure = Effect.fnUntraced(function* (
  { events, rounds }: Options,
  edited: { readonly expected: number; readonly found: ReadonlyArray<number | null> }
) {
  const sql = yield* SqlClient.SqlClient
  const chain = yield* PanelChain
  const timed = <A>(work: Effect.Effect<A, unknown>) => time(() => Effect.runPromise(work))
  const measured = yield* Effect.promise(() =>
    interleave<number>(
      [
        {
          name: "spoor verify",
          measure: async () => {
            const { elapsed, result } = await timed(chain.verify(unitId, 0))
            return { elapsed, counted: result.faults.length }
          }
        },
        {
          name: "a digest of each row",
          measure: async () => {
            const { elapsed } = await timed(
              sql`select count(*) from panel_log as log where sha256(convert_to(log::text, 'UTF8')) = ''`
            )
            return { elapsed, counted: 0 }
          }
        }
      ],
      rounds
    )
  )
  const [own, digests] = measured
  const seconds = (ms: number) => (ms / 1_000).toFixed(2)
  const isFound = edited.found.length === 1 && edited.found[0] === edited.expected
  return {
    table: [
      ["rows", "what", "least s", "median s", "most s"],
      ...measured.map(({ least, median, most, name }) => [
        String(events),
        name,
        seconds(least),
        seconds(median),
        seconds(most)
      ])
    ],
    notes: [],
    line: { rows: events, median_ms: Math.round(own!.median), ratio: own!.median / digests!.median },
    errors: [
      ...(own!.counted > 0 ? [`${own!.counted} faults in a chain that is whole`] : []),
      ...(isFound ? [] : [`an edited row was not the one that was found: ${edited.found.join(", ")}`])
    ]
  } satisfies Report
})
