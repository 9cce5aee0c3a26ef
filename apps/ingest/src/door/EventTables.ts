import { SegmentEventMap, SegmentEventTable } from "@spoor/contracts"
import { type Place, type SiteEventMap, Sites } from "@spoor/postgres"
import { Context, Effect, Layer, Ref, Result, Schedule, Schema } from "effect"

/** How often the sites' maps are read again; a change counts after at most this long. */
const refreshEvery = "2 seconds"

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
      const sites = yield* Sites
      const held = yield* Ref.make<ReadonlyMap<string, Held>>(new Map())
      const refresh = Effect.gen(function* () {
        const before = yield* Ref.get(held)
        const entries = yield* Effect.forEach(yield* sites.eventMaps, (site) =>
          Effect.map(hold(site, before.get(nameOf(site))), (next) => [nameOf(site), next] as const)
        )
        yield* Ref.set(held, new Map(entries))
      })
      yield* refresh
      yield* Effect.forkScoped(Effect.repeat(Effect.ignore(refresh), Schedule.spaced(refreshEvery)))
      return EventTables.of({
        of: (place) => Effect.map(Ref.get(held), (tables) => tables.get(nameOf(place))?.table ?? standard)
      })
    })
  )
}

const nameOf = ({ unitId, siteId }: Place): string => `${unitId}:${siteId}`

const hold = (site: SiteEventMap, before: Held | undefined): Effect.Effect<Held> => {
  if (before?.map === site.map) return Effect.succeed(before)
  const map = decodeMap(site.map)
  return Result.isSuccess(map)
    ? Effect.succeed({ map: site.map, table: SegmentEventTable.make(map.success) })
    : Effect.logError(`The event map of ${site.siteId} is not used`, map.failure).pipe(
        Effect.as({ map: site.map, table: standard })
      )
}
