import { SegmentEventMap, SegmentEventTable } from "@spoor/contracts"
import { Known, type Place, SiteEventMap, Sites } from "@spoor/postgres"
import { Context, Duration, Effect, Layer, Result, Schema } from "effect"

/** Most sites have no map: that one is not known is no reason to read them again. */
const never = Duration.infinity

const decodeMap = Schema.decodeUnknownResult(Schema.fromJsonString(SegmentEventMap.EventMap))

const standard = SegmentEventTable.make(null)

/** *Shape*: `map` is the text that the table was made of, so that it is made, and complained about, once. */
interface Held {
  readonly map: string
  readonly table: SegmentEventTable.EventTable
}

/**
 * What each site's clients call their events, held in memory like the keys: a door must answer while PostgreSQL is away. A
 * site whose map cannot be read has the standard table, and the log says why.
 */
export class EventTables extends Context.Service<
  EventTables,
  { readonly of: (place: Place) => Effect.Effect<SegmentEventTable.EventTable> }
>()("@spoor/ingest/EventTables") {
  static readonly layer = Layer.effect(
    EventTables,
    Effect.gen(function* () {
      const maps = yield* Known.keep("event-maps", SiteEventMap, (yield* Sites).eventMaps)
      let before: ReadonlyMap<string, Held> = new Map()
      const read = Effect.gen(function* () {
        const next = new Map<string, Held>()
        for (const site of yield* maps) next.set(nameOf(site), yield* tableOf(site, before.get(nameOf(site))))
        before = next
        return next
      })
      const { find } = yield* Known.hold(read, never)
      return EventTables.of({ of: (place) => Effect.map(find(nameOf(place)), (held) => held?.table ?? standard) })
    })
  )
}

const nameOf = ({ unitId, siteId }: Place): string => `${unitId}:${siteId}`

const tableOf = (site: SiteEventMap, before: Held | undefined): Effect.Effect<Held> => {
  if (before?.map === site.map) return Effect.succeed(before)
  const map = decodeMap(site.map)
  return Result.isSuccess(map)
    ? Effect.succeed({ map: site.map, table: SegmentEventTable.make(map.success) })
    : Effect.logError(`The event map of ${site.siteId} is not used`, map.failure).pipe(
        Effect.as({ map: site.map, table: standard })
      )
}
