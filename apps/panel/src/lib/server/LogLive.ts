import type { Log } from "@spoor/domain"
import { type Arrival, LogTail } from "@spoor/postgres"
import { Clock, Effect, Stream } from "effect"
import { read } from "./LogFilters.ts"
import type { Reading } from "./LogScreen.ts"
import { seenBy } from "./Rights.ts"
import { rowView } from "./RowView.ts"

/** A line that says nothing, so that proxies keep the connection and a lost one is noticed. */
const beat = Stream.map(Stream.tick("15 seconds"), () => ":\n\n")

/**
 * What comes in to a log after a place and passes the filter of the address, as server-sent events.
 *
 * *Shape*: "rows" hold JSON, `{ rows, isMore }`, and the place to go on from as their ID.
 */
export const events = (log: Log.Log, reading: Reading, search: URLSearchParams, after: number) =>
  Stream.merge(
    beat,
    Stream.unwrap(
      Effect.gen(function* () {
        const { follow } = yield* LogTail
        const { problem: _, ...asked } = read(log, search, { ...reading, now: yield* Clock.currentTimeMillis })
        const view = rowView<Log.Log>(log, reading.locale)
        const seen = seenBy(reading.person)
        return Stream.map(follow<Log.Log>({ unitId: reading.unitId, log, ...asked }, after), (arrival) =>
          eventOf(arrival, (row) => seen(view(row)))
        )
      })
    )
  )

const eventOf = ({ rows, place, isMore }: Arrival<Log.Log>, view: (row: Log.RowOf<Log.Log>) => unknown): string =>
  `event: rows\nid: ${place}\ndata: ${JSON.stringify({ rows: rows.map(view), isMore })}\n\n`
