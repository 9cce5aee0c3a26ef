import type { Ids } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place, Seen } from "./Activities.ts"

/** What was written beside the queue, of an order or a visitor. *Shape*: the e-mails that the visitor was given, or had taken back. */
export interface Pending {
  readonly no: number
  readonly orderId: Ids.OrderId | null
  readonly visitor: Seen | null
  readonly emails: ReadonlyArray<Ids.Email>
}

/** What was written: an order, or what says which e-mails are a visitor's. */
export interface Subject {
  readonly orderId?: Ids.OrderId
  readonly visitorId?: Ids.VisitorId
}

/** What must still be settled: the API wrote it in one transaction with a row here. *Fails* with `SqlError`. */
export class Unsettled extends Context.Service<
  Unsettled,
  {
    /** In the transaction that writes them. */
    readonly add: (place: Place, subjects: ReadonlyArray<Subject>) => Effect.Effect<void, SqlError.SqlError>
    /** The sites that have some by `now`: an order that lies in the future waits until its time. */
    readonly places: (now: number) => Effect.Effect<ReadonlyArray<Place>, SqlError.SqlError>
    /**
     * Takes some of a site's for this transaction; what another one holds is left to it.
     *
     * *Shape*: oldest first, beyond the number `after`.
     */
    readonly take: (
      place: Place,
      now: number,
      range: { readonly after: number; readonly limit: number }
    ) => Effect.Effect<ReadonlyArray<Pending>, SqlError.SqlError>
    /** In the transaction that settled them. */
    readonly remove: (place: Place, numbers: ReadonlyArray<number>) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Unsettled") {
  static readonly layer = Layer.effect(
    Unsettled,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const add = Effect.fn("Unsettled.add")(function* ({ unitId, siteId }: Place, subjects: ReadonlyArray<Subject>) {
        if (subjects.length === 0) return
        yield* sql`
          insert into unsettled (unit_id, site_id, order_id, visitor_id)
          select ${unitId}, ${siteId}, "orderId", "visitorId"
          from jsonb_to_recordset(${JSON.stringify(subjects)}::text::jsonb) as new ("orderId" text, "visitorId" text)`
      })

      const isDue = (now: number) => sql`not exists (
        select 1 from reported_order as reported
        where reported.unit_id = pending.unit_id and reported.site_id = pending.site_id
          and reported.id = pending.order_id and reported.occurred_at > to_timestamp(${now}::float8 / 1000))`

      const places = Effect.fn("Unsettled.places")(function* (now: number) {
        return yield* sql<Place>`
          select unit_id as "unitId", site_id as "siteId" from unsettled as pending
          where ${isDue(now)} group by unit_id, site_id order by min(no)`
      })

      const take = Effect.fn("Unsettled.take")(function* (
        { unitId, siteId }: Place,
        now: number,
        { after, limit }: { readonly after: number; readonly limit: number }
      ) {
        return yield* sql<Pending>`
          with taken as (
            select no, order_id, visitor_id from unsettled as pending
            where unit_id = ${unitId} and site_id = ${siteId} and no > ${after}::bigint and ${isDue(now)}
            order by no limit ${limit} for update skip locked)
          select no, order_id as "orderId", given.visitor, coalesce(given.emails, '[]') as emails
          from taken left join lateral (
            select jsonb_agg(distinct email) as emails, jsonb_build_object(
              'id', taken.visitor_id, 'at', (extract(epoch from max(at)) * 1000)::float8) as visitor
            from (
              select email, occurred_at as at from identification
              where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = taken.visitor_id
              union all select email, last_seen_at from unlinking join visitor
                on visitor.unit_id = ${unitId} and visitor.site_id = ${siteId} and visitor.id = unlinking.visitor_id
              where unlinking.unit_id = ${unitId} and unlinking.site_id = ${siteId}
                and unlinking.visitor_id = taken.visitor_id
            ) as said
          ) as given on taken.visitor_id is not null and given.emails is not null
          order by no`
      })

      const remove = Effect.fn("Unsettled.remove")(function* (
        { unitId, siteId }: Place,
        numbers: ReadonlyArray<number>
      ) {
        yield* sql`
          delete from unsettled
          where unit_id = ${unitId} and site_id = ${siteId} and no = any(${numbers}::bigint[])`
      })

      return Unsettled.of({ add, places, take, remove })
    })
  )
}
