import { LogEntry, type SegmentEventTable } from "@spoor/contracts"
import type { Log, Rejection } from "@spoor/domain"
import { Intakes, type KeptRejection, LogWriter, type Place, RejectedItems, type Tally } from "@spoor/postgres"
import { Context, Effect, Layer, Result } from "effect"
import type { SqlError } from "effect/sql"
import { EventTables } from "../door/EventTables.ts"
import * as Native from "../door/Native.ts"
import * as Segment from "../door/Segment.ts"
import type { Kept } from "../door/Verdicts.ts"
import { Worker } from "../Worker.ts"

/**
 * Reads rejected items again, with the decoder of their door as it is now.
 *
 * What is accepted is written, leaves the list and moves from `rejected` to `stored` or `duplicate` in the counters of the
 * day on which it was received; what is not stays, with its new reason. The items of one door, site and day are one
 * transaction, which begins with a lock on the rows: whoever comes second finds them gone, and a crash leaves all or nothing.
 *
 * *Fails* with `SqlError`; then some transactions may be done, and the other items can be read again.
 * *Source*: ADR 0025.
 */
export class Replay extends Context.Service<
  Replay,
  {
    readonly read: (unitId: number, items: ReadonlyArray<KeptRejection>) => Effect.Effect<Tally, SqlError.SqlError>
  }
>()("@spoor/ingest/Replay") {
  static readonly layer = Layer.effect(
    Replay,
    Effect.gen(function* () {
      const eventTables = yield* EventTables
      const intakes = yield* Intakes
      const logWriter = yield* LogWriter
      const rejectedItems = yield* RejectedItems
      const worker = yield* Worker

      /** Reads items of one door, site and day. */
      const readerOf =
        <A>(log: Log.Log, decode: Decode<A>, write: (place: Place, kept: ReadonlyArray<A>) => Written) =>
        (place: Place, listed: ReadonlyArray<KeptRejection>) =>
          Effect.gen(function* () {
            const table = yield* eventTables.of(place)
            const items = yield* rejectedItems.take(
              place.unitId,
              listed.map(({ id }) => id)
            )
            const { accepted, kept, refused } = sort(items, (item) =>
              decode(JSON.parse(item.item), { ...item, place, sentAt: item.sentAt ?? undefined, table })
            )
            const stored = kept.length === 0 ? 0 : yield* write(place, kept)
            yield* rejectedItems.remove(place.unitId, accepted)
            yield* rejectedItems.explain(place.unitId, refused)
            const moved = { stored, duplicate: kept.length - stored }
            yield* intakes.count(place, log, { ...moved, rejected: -kept.length }, listed[0]!.receivedAt)
            return { ...moved, rejected: refused.length }
          })

      const writeActivity = (place: Place, kept: ReadonlyArray<Kept>) =>
        worker.write(place, [
          {
            activities: kept.flatMap((one) => (one._tag === "Activity" ? one.activity : [])),
            identifications: kept.flatMap((one) => (one._tag === "Identification" ? one.identification : []))
          }
        ])
      const readers = new Map([
        ["native", readerOf("activity", readNative, writeActivity)],
        ["segment", readerOf("activity", readSegment, writeActivity)],
        [
          "logs/api",
          readerOf("api", LogEntry.fromApi, (at, entries) => logWriter.add(at.unitId, [{ log: "api", entries }]))
        ],
        [
          "logs/panel",
          readerOf("panel", LogEntry.fromPanel, (at, entries) => logWriter.add(at.unitId, [{ log: "panel", entries }]))
        ],
        [
          "logs/sms",
          readerOf("sms", LogEntry.fromSms, (at, entries) => logWriter.add(at.unitId, [{ log: "sms", entries }]))
        ]
      ])

      const read = Effect.fn("Replay.read")(function* (unitId: number, items: ReadonlyArray<KeptRejection>) {
        const keyOf = ({ door, receivedAt, siteId }: KeptRejection) => `${Intakes.dayOf(receivedAt)}:${door}:${siteId}`
        const tallies = yield* Effect.forEach(Map.groupBy(items, keyOf).values(), (group) => {
          const { door, siteId } = group[0]!
          const reader = readers.get(door)
          // Nobody can read what came through a door that there is no more.
          if (reader === undefined) return Effect.succeed({ stored: 0, duplicate: 0, rejected: group.length })
          return worker.transact(reader({ unitId, siteId }, group))
        })
        return tallies.reduce(add, { stored: 0, duplicate: 0, rejected: 0 })
      })

      return Replay.of({ read })
    })
  )
}

/** What a door knew of an item, and what it was refused for. */
interface Arrival extends Pick<KeptRejection, "reason" | "receivedAt"> {
  readonly place: Place
  readonly sentAt: number | undefined
  readonly table: SegmentEventTable.EventTable
}
type Decode<A> = (item: unknown, arrival: Arrival) => Result.Result<A, Rejection.Rejection>
type Written = Effect.Effect<number, SqlError.SqlError>

/**
 * *Shape*: the kind of the key is not kept, and need not be: the door looks first for what a key may not say, so an item
 * that was refused for another reason came with a key that may.
 */
const readNative: Decode<Kept> = (item, { place, reason, receivedAt, sentAt }) => {
  const kind = reason === "forbidden" ? "browser" : "server"
  return Native.decoder({ ...place, kind }, receivedAt, sentAt)(item)
}

const readSegment: Decode<Kept> = (item, { place, receivedAt, sentAt, table }) =>
  Segment.decoder(place, receivedAt, sentAt, table)(item)

const sort = <A>(
  items: ReadonlyArray<KeptRejection>,
  decode: (item: KeptRejection) => Result.Result<A, Rejection.Rejection>
) => {
  const accepted: Array<number> = []
  const kept: Array<A> = []
  const refused: Array<Rejection.Rejection & { readonly id: number }> = []
  for (const item of items) {
    const decoded = decode(item)
    if (Result.isFailure(decoded)) {
      refused.push({ id: item.id, ...decoded.failure })
      continue
    }
    accepted.push(item.id)
    kept.push(decoded.success)
  }
  return { accepted, kept, refused }
}

const add = (a: Tally, b: Tally): Tally => ({
  stored: a.stored + b.stored,
  duplicate: a.duplicate + b.duplicate,
  rejected: a.rejected + b.rejected
})
