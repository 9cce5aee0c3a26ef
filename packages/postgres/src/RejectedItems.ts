import { type Ids, type Rejection, Time } from "@spoor/domain"
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { instant, reading } from "./Keyset.ts"

/** What a door did not keep of one request. *Shape*: `item` as it was sent, as JSON text; `place` in its request, from 0. */
export interface Rejected extends Rejection.Rejection {
  readonly place: number
  readonly item: string
}

/** The request that carried them. *Units*: instants in UTC milliseconds, `sentAt` by the client's clock. */
export interface RejectedBatch {
  readonly id: string
  readonly door: string
  readonly receivedAt: number
  readonly sentAt?: number | undefined
  readonly rejections: ReadonlyArray<Rejected>
}

/** A rejected item as it is kept. *Units*: as in `RejectedBatch`. */
export interface KeptRejection extends Rejected {
  readonly id: number
  readonly siteId: Ids.SiteId
  readonly door: string
  readonly batchId: string
  readonly sentAt: number | null
  readonly receivedAt: number
}

/** Which items are meant: those that match all that is given. */
export interface RejectedFilter {
  readonly ids?: ReadonlyArray<number> | undefined
  readonly site?: string | undefined
  readonly door?: string | undefined
  readonly reason?: Rejection.RejectionReason | undefined
}

/** A place in the list, newest first. *Units*: `at` in UTC milliseconds. */
export interface RejectedCursor {
  readonly at: number
  readonly id: number
}

/** The part of an item that the list shows. *Units*: characters. */
export const shownMax = 8_192

/** How long an item is kept after it was received. */
export const keptFor = Duration.days(14)

/** Rows that one statement of the purge deletes, so that none holds its locks for long. */
export const purgeRowsMax = 1_000

/**
 * Items that no door kept, with the reason, so that they can be looked at and read again after a fix.
 *
 * *Fails* with `SqlError`. *Source*: ADR 0025.
 */
export class RejectedItems extends Context.Service<
  RejectedItems,
  {
    readonly add: (place: Place, batches: ReadonlyArray<RejectedBatch>) => Effect.Effect<void, SqlError.SqlError>
    /** The unit's items, newest first, from the cursor on; `rowsMax` at most. A long `item` is cut to `shownMax`. */
    readonly page: (
      unitId: number,
      filter: RejectedFilter,
      options: { readonly after?: RejectedCursor | undefined; readonly rowsMax: number }
    ) => Effect.Effect<ReadonlyArray<KeptRejection>, SqlError.SqlError>
    /** Those of these items that are still there, locked until the transaction ends, in the order of their IDs. */
    readonly take: (
      unitId: number,
      ids: ReadonlyArray<number>
    ) => Effect.Effect<ReadonlyArray<KeptRejection>, SqlError.SqlError>
    readonly remove: (unitId: number, ids: ReadonlyArray<number>) => Effect.Effect<void, SqlError.SqlError>
    /** Gives items the reason for which they are refused now. */
    readonly explain: (
      unitId: number,
      items: ReadonlyArray<Rejection.Rejection & { readonly id: number }>
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Deletes what has been kept for long enough at `now`, of all units, in steps; gives how many rows this one took. */
    readonly purge: (now: number) => Effect.Effect<number, SqlError.SqlError>
  }
>()("@spoor/postgres/RejectedItems") {
  static readonly layer = Layer.effect(
    RejectedItems,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql`
        id, site_id as "siteId", door, batch_id as "batchId", place, reason, pointer,
        ${instant(sql, "sent_at", "sentAt")}, ${instant(sql, "received_at", "receivedAt")}`

      const add = Effect.fn("RejectedItems.add")(function* (
        { unitId, siteId }: Place,
        batches: ReadonlyArray<RejectedBatch>
      ) {
        const records = batches.flatMap(({ id, rejections, ...batch }) =>
          rejections.map((rejected) => ({ ...batch, ...rejected, batchId: id }))
        )
        if (records.length === 0) return
        yield* sql`
          insert into rejected_item (unit_id, site_id, door, batch_id, place, reason, pointer, item, sent_at, received_at)
          select ${unitId}, ${siteId}, door, "batchId", place, reason, pointer, item, to_timestamp("sentAt" / 1000),
            to_timestamp("receivedAt" / 1000)
          from jsonb_to_recordset(${JSON.stringify(records)}::text::jsonb) as new (door text, "batchId" text,
            place integer, reason rejection_reason, pointer text, item text, "sentAt" float8, "receivedAt" float8)
          on conflict (unit_id, batch_id, place) do nothing`
      })

      const page = Effect.fn("RejectedItems.page")(
        function* (
          unitId: number,
          { ids, site, door, reason }: RejectedFilter,
          { after, rowsMax }: { readonly after?: RejectedCursor | undefined; readonly rowsMax: number }
        ) {
          const where = [
            sql`unit_id = ${unitId}`,
            ...(ids === undefined ? [] : [sql`id = any(${ids}::bigint[])`]),
            ...(site === undefined ? [] : [sql`site_id = ${site}`]),
            ...(door === undefined ? [] : [sql`door = ${door}`]),
            ...(reason === undefined ? [] : [sql`reason = ${reason}::rejection_reason`]),
            ...(after === undefined
              ? []
              : [sql`(received_at, id) < (${Time.formatInstant(after.at)}::text::timestamptz, ${after.id}::bigint)`])
          ]
          return yield* sql<KeptRejection>`
            select ${columns}, left(item, ${shownMax}) as item from rejected_item where ${sql.and(where)}
            order by received_at desc, id desc limit ${rowsMax}`
        },
        (effect) => reading(sql, effect)
      )

      const take = Effect.fn("RejectedItems.take")(function* (unitId: number, ids: ReadonlyArray<number>) {
        return yield* sql<KeptRejection>`
          select ${columns}, item from rejected_item where unit_id = ${unitId} and id = any(${ids}::bigint[])
          order by id for update`
      })

      const remove = Effect.fn("RejectedItems.remove")(function* (unitId: number, ids: ReadonlyArray<number>) {
        if (ids.length === 0) return
        yield* sql`delete from rejected_item where unit_id = ${unitId} and id = any(${ids}::bigint[])`
      })

      const explain = Effect.fn("RejectedItems.explain")(function* (
        unitId: number,
        items: ReadonlyArray<Rejection.Rejection & { readonly id: number }>
      ) {
        if (items.length === 0) return
        yield* sql`
          update rejected_item set reason = now.reason, pointer = now.pointer
          from jsonb_to_recordset(${JSON.stringify(items)}::text::jsonb) as now (id bigint, reason rejection_reason,
            pointer text)
          where unit_id = ${unitId} and rejected_item.id = now.id`
      })

      const purge = Effect.fn("RejectedItems.purge")(function* (now: number) {
        const oldest = Time.formatInstant(now - Duration.toMillis(keptFor))
        const rows = yield* sql`
          delete from rejected_item where (unit_id, id) in (
            select unit_id, id from rejected_item where received_at < ${oldest}::text::timestamptz
            order by received_at limit ${purgeRowsMax} for update skip locked)
          returning 1`
        return rows.length
      })

      return RejectedItems.of({ add, page, take, remove, explain, purge })
    })
  )
}
