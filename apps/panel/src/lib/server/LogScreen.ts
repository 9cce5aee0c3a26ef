import type { Log } from "@spoor/domain"
import { Keyset, LogLayouts, LogReader, LogTail } from "@spoor/postgres"
import { Clock, Effect, Fiber, Option } from "effect"
import type { Person } from "./Auth.ts"
import { columnsOf } from "./LogColumns.ts"
import * as LogCounting from "./LogCounting.ts"
import { type Asked, read, type Standpoint, view } from "./LogFilters.ts"
import { readTurn } from "./LogQuery.ts"
import * as LogViews from "./LogViews.ts"

/** Whose log is read, and by whom. */
export interface Reading extends Omit<Standpoint, "now"> {
  readonly person: Person
  readonly unitId: number
  readonly sites: ReadonlyArray<{ readonly siteId: string; readonly name: string }>
}

/** What a log shows at an address: a page of rows, each as `summarise` makes it, and the filter in force. */
export const list = Effect.fn("LogScreen.list")(function* <L extends Log.Log, Row extends Listed>(
  log: L,
  reading: Reading,
  search: URLSearchParams,
  summarise: (row: Log.RowOf<L>) => Row
) {
  const { person, unitId, sites, locale } = reading
  const reader = yield* LogReader
  const now = yield* Clock.currentTimeMillis
  const asked = read(log, search, { ...reading, now })
  const query = { unitId, log, ...ofAsked(asked) }
  const turn = readTurn(search)
  const counting = yield* Effect.forkDetach(LogCounting.counts(log, reading, search))
  const layouts = yield* LogLayouts
  const tail = yield* LogTail
  // Before the rows are read: what comes in meanwhile is told twice rather than never.
  const place = yield* tail.place(unitId, log)
  const [found, count, layout] = yield* Effect.all(
    [
      reader.page(query, turn, Keyset.pageRowsMax),
      reader.count(query),
      layouts.of({ unitId, userId: person.userId, log })
    ],
    { concurrency: 3 }
  )
  // Going up past the newest rows would leave a page half full: the newest page says the same, complete.
  const isPastNewest = turn.direction === "newer" && !found.hasNewer
  const page = isPastNewest ? yield* reader.page(query, { direction: "newest" }, Keyset.pageRowsMax) : found
  const rows: ReadonlyArray<Row> = page.rows.map(summarise)
  const columns = columnsOf(log, layout, search, locale)
  return {
    filter: view(log, asked, sites, locale),
    columns,
    isRoomy: layout.isRoomy,
    views: yield* LogViews.of(person, log, search, columns),
    question: LogViews.questionOf(log, search, columns),
    rows,
    hasOlder: page.hasOlder,
    hasNewer: page.hasNewer,
    count: { value: Math.min(count, Keyset.countMax), isMore: count > Keyset.countMax },
    isFilled: page.rows.length > 0 || (yield* isFilled(log, unitId)),
    counts: yield* soon(counting),
    place,
    now
  }
})

/** How long the rows wait for the numbers beside them, which come after them otherwise. */
const countsWait = "30 millis"

/** What a fiber comes to, if it is about to; else the promise of it, which Kit sends on when it is kept. */
const soon = Effect.fnUntraced(function* <A>(counting: Fiber.Fiber<A>) {
  const counted = yield* Effect.timeoutOption(Fiber.join(counting), countsWait)
  return Option.isSome(counted) ? counted.value : Effect.runPromise(Fiber.join(counting))
})

/** Every row of a list has its place in the log. */
export interface Listed {
  readonly id: number
  readonly occurredAt: number
}

/** *Shape*: log IDs are counted from 1 and stay far below 2^53. */
export const placeOf = (row: { readonly id: string; readonly createdAt: number }): Listed => ({
  id: Number(row.id),
  occurredAt: row.createdAt
})

const ofAsked = <L extends Log.Log>({ filter, interval, isMasked }: Asked<L>): Asked<L> => ({
  filter,
  interval,
  isMasked
})

/** Whether the unit has any row in this log: an empty log needs other words than a filter that finds nothing. */
const isFilled = <L extends Log.Log>(log: L, unitId: number) =>
  Effect.gen(function* () {
    const reader = yield* LogReader
    const all = ofAsked(read(log, new URLSearchParams(), { now: 0, timeZone: "UTC", locale: "en", isMasked: false }))
    return (yield* reader.page({ unitId, log, ...all }, { direction: "newest" }, 1)).rows.length > 0
  })
