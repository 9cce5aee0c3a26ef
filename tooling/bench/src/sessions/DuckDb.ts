import { BIGINT, type DuckDBConnection, DuckDBDataChunk, DuckDBInstance, INTEGER, VARCHAR } from "@duckdb/node-api"
import { Rules } from "@spoor/domain"
import type { Options } from "../Bench.ts"
import * as Shop from "../events/Shop.ts"
import { type Cell, time } from "../Rounds.ts"
import type { Counted } from "./Counted.ts"

/** Rows of one DuckDB vector. */
const chunkRows = 2_048

const once = `once as (
  select any_value(visitor_id) as visitor, any_value(occurred_at) as moment from events group by id
)`

/**
 * The fastest query with window functions that we found: one sort, then only the rows at which sessions begin.
 *
 * Ties need no further order: which of two events of one instant comes first changes no session's start, end or length.
 */
const windows = `with ${once}, placed as (
  select visitor, moment,
    lag(moment) over timeline as previous,
    row_number() over timeline as place,
    count(*) over (partition by visitor) as places,
    max(moment) over (partition by visitor) as latest
  from once window timeline as (partition by visitor order by moment)
), sessions as (
  select moment as started_at,
    coalesce(lead(previous) over timeline, latest) as ended_at,
    coalesce(lead(place) over timeline, places + 1) - place as events
  from placed where previous is null or moment - previous > ${Rules.defaults.inactivity}
  window timeline as (partition by visitor order by place)
) select count(*), sum(events), sum(ended_at - started_at) from sessions`

/** The fastest of all that we found: no window, each visitor's times as one sorted list. */
const lists = `with ${once}, timelines as (
  select list_sort(list(moment)) as times from once group by visitor
), cuts as (
  select times, list_filter(range(2, len(times) + 1), i -> times[i] - times[i - 1] > ${Rules.defaults.inactivity}) as cut
  from timelines
), sessions as (
  select times,
    unnest(list_prepend(1::bigint, cut)) as first,
    unnest(list_append(list_transform(cut, i -> i - 1), len(times))) as final
  from cuts
) select count(*), sum(final - first + 1), sum(times[final] - times[first]) from sessions`

/** DuckDB on one thread over the same events, in a table that is loaded before anything is measured. */
export const duckDb = async (options: Options): Promise<ReadonlyArray<Cell<Counted>>> => {
  const instance = await DuckDBInstance.create(":memory:")
  const connection = await instance.connect()
  await connection.run("set threads to 1")
  await load(connection, options)
  return [
    { name: "DuckDB, windows", measure: () => measure(connection, windows) },
    { name: "DuckDB, lists", measure: () => measure(connection, lists) }
  ]
}

const load = async (connection: DuckDBConnection, { events: count, seed }: Options): Promise<void> => {
  await connection.run(
    "create table events(id varchar, visitor_id varchar, occurred_at bigint, type varchar, sequence integer)"
  )
  const events = Shop.arrivals(seed, count)
  const appender = await connection.createAppender("events")
  for (let from = 0; from < events.length; from += chunkRows) {
    const rows = events.slice(from, from + chunkRows)
    const chunk = DuckDBDataChunk.create([VARCHAR, VARCHAR, BIGINT, VARCHAR, INTEGER])
    chunk.setColumns([
      rows.map((event) => event.id),
      rows.map((event) => event.visitorId),
      rows.map((event) => BigInt(event.occurredAt)),
      rows.map((event) => event.type),
      rows.map((event) => event.sequence)
    ])
    appender.appendDataChunk(chunk)
  }
  appender.closeSync()
}

const measure = async (connection: DuckDBConnection, query: string) => {
  const { elapsed, result } = await time(() => connection.runAndReadAll(query))
  const [sessions, events, duration] = result.getRows()[0]!.map(Number)
  return { elapsed, counted: { sessions: sessions!, events: events!, duration: duration! } }
}
