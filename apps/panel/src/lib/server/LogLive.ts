import type { Log } from "@spoor/domain"
import { type Arrival, LogTail } from "@spoor/postgres"
import { Clock, Effect, Stream } from "effect"
import { read } from "./LogFilters.ts"
import type { Reading } from "./LogScreen.ts"
import { rowView } from "./RowView.ts"

/** A line that says nothing, so that proxies keep the connection and a lost one is noticed. */
const beat = Stream.map(Stream.tick("15 seconds"), () => ":\n\n")

/**
 * What comes in to a log after a place and passes the filter of the address, as server-sent events.
 *
 * *Shape*: "rows" hold JSON, `{ rows, isMore }`, and the place to go on from as their ID.
 */
export const events = (log: Log.Log, { unitId, timeZone, locale }: Reading, search: URLSearchParams, after: number) =>
  Stream.merge(
    beat,
    Stream.unwrap(
      Effect.gen(function* () {
        const { follow } = yield* LogTail
        const { filter, interval } = read(log, search, { now: yield* Clock.currentTimeMillis, timeZone, locale })
        const view = rowView<Log.Log>(log, locale)
        return Stream.map(follow<Log.Log>({ unitId, log, filter, interval }, after), (arrival) =>
          eventOf(arrival, view)
        )
      })
    )
  )

const eventOf = ({ rows, place, isMore }: Arrival<Log.Log>, view: (row: Log.RowOf<Log.Log>) => unknown): string =>
  `event: rows\nid: ${place}\ndata: ${JSON.stringify({ rows: rows.map(view), isMore })}\n\n`
