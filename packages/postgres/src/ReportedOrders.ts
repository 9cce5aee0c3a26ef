import { type Ids, ReportedOrder, Time } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place, Seen } from "./Activities.ts"
import { reading } from "./Keyset.ts"
import { unseen } from "./Statistics.ts"

/** What a transaction of the worker touches. *Shape*: `emails` are named by events or identifications that are new. */
export interface Touched {
  readonly orderIds: ReadonlyArray<Ids.OrderId>
  readonly emails: ReadonlyArray<Ids.Email>
}

/** Whose the touched orders by API may be: the visitors they name, or the e-mails that they name instead. */
export interface Claims {
  readonly orderIds: ReadonlyArray<Ids.OrderId>
  readonly visitors: ReadonlyArray<Seen>
  readonly emails: ReadonlyArray<Ids.Email>
}

/**
 * What a transaction holds: visitors, e-mails that their sessions may get by it, and orders by API that it settles. What the
 * API wrote meanwhile has no effect before somebody holds it, too.
 */
export interface Held {
  readonly orderIds: ReadonlyArray<Ids.OrderId>
  readonly visitorIds: ReadonlyArray<Ids.VisitorId>
  readonly emails: ReadonlyArray<Ids.Email>
}

/** An order as it was reported first. *Shape*: `isOwn` when one of the held visitors has it, or nobody else can. */
export interface StoredOrder {
  readonly order: ReportedOrder.ReportedOrder
  readonly receivedAt: number
  readonly isOwn: boolean
}

const Row = Schema.Struct({
  ...ReportedOrder.ReportedOrder.fields,
  receivedAt: Time.Instant
})
interface Claim {
  readonly id: Ids.OrderId
  readonly visitorId: Ids.VisitorId | null
  readonly email: Ids.Email
  readonly at: number
}

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/**
 * Orders by API as the worker needs them.
 *
 * *Fails* with `SqlError`. Every method belongs inside the worker's transaction.
 */
export class ReportedOrders extends Context.Service<
  ReportedOrders,
  {
    /**
     * After the orders are locked and before the visitors are: tells whose the orders may be. Until the transaction ends
     * no session gets a new e-mail while somebody looks for sessions by e-mail, and the other way round.
     */
    readonly claims: (place: Place, orderIds: ReadonlyArray<Ids.OrderId>) => Effect.Effect<Claims, SqlError.SqlError>
    /**
     * Visitors beside those held who have a session with an e-mail that some order names instead of a visitor; and all
     * e-mails that sessions of those held have, or may get by what is stored of them.
     */
    readonly companions: (place: Place, held: Held) => Effect.Effect<Omit<Held, "orderIds">, SqlError.SqlError>
    /** Orders that concern these visitors: theirs, or reported by one of their sale pages. */
    readonly concerning: (
      place: Place,
      held: Held,
      orderIds: ReadonlyArray<Ids.OrderId>
    ) => Effect.Effect<ReadonlyArray<StoredOrder>, SqlError.SqlError>
    /** The newest orders of a site since an instant; outside of any transaction, too. *Units*: UTC milliseconds. */
    readonly ofSite: (
      place: Place,
      since: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<ReportedOrder.ReportedOrder>, SqlError.SqlError>
  }
>()("@spoor/postgres/ReportedOrders") {
  static readonly layer = Layer.effect(
    ReportedOrders,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const claims = Effect.fn("ReportedOrders.claims")(function* (
        { unitId, siteId }: Place,
        orderIds: ReadonlyArray<Ids.OrderId>
      ) {
        const rows =
          orderIds.length === 0
            ? []
            : yield* sql<Claim>`
                select id, visitor_id as "visitorId", email, (extract(epoch from occurred_at) * 1000)::float8 as at
                from reported_order
                where unit_id = ${unitId} and site_id = ${siteId} and id = any(${orderIds}::text[])`
        const named = rows.flatMap(({ visitorId, email }) => (visitorId === null ? [email] : []))
        if (named.length > 0) yield* sql`select pg_advisory_xact_lock(${unitId}, hashtext(${siteId}))`
        // An event that names nobody may begin a session, too, that gets an e-mail: by an identification, or filled back.
        else yield* sql`select pg_advisory_xact_lock_shared(${unitId}, hashtext(${siteId}))`
        return {
          orderIds: rows.map(({ id }) => id),
          visitors: rows.flatMap(({ visitorId, at }) => (visitorId === null ? [] : [{ id: visitorId, at }])),
          emails: named
        }
      })

      // Lists go over the wire and back: of a list in a subquery the planner thinks that it may be long, and reads all orders.
      const emailsOf = Effect.fnUntraced(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        const rows = yield* sql<{ readonly email: Ids.Email }>`
          select email from session
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${unseen(sql, visitorIds)})
            and email is not null
          union select email from identification
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${visitorIds}::text[])
          union select email from unlinking
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${visitorIds}::text[])`
        return rows.map(({ email }) => email)
      })

      const companions = Effect.fn("ReportedOrders.companions")(function* (place: Place, held: Held) {
        const { unitId, siteId } = place
        const emails = [...new Set([...held.emails, ...(yield* emailsOf(place, held.visitorIds))])]
        if (emails.length === 0) return { emails, visitorIds: [] }
        const asked = yield* sql<{ readonly email: Ids.Email }>`
          select distinct email from reported_order
          where unit_id = ${unitId} and site_id = ${siteId} and email = any(${emails}::text[]) and visitor_id is null`
        if (asked.length === 0) return { emails, visitorIds: [] }
        const rows = yield* sql<{ readonly id: Ids.VisitorId }>`
          select distinct visitor_id as id from session
          where unit_id = ${unitId} and email collate "C" = any(${asked.map(({ email }) => email)}::text[])
            and site_id = ${siteId} and visitor_id <> all(${held.visitorIds}::text[])`
        return { emails, visitorIds: rows.map(({ id }) => id) }
      })

      const asOrder = sql`
        jsonb_strip_nulls(jsonb_build_object(
            'orderId', id, 'siteId', site_id, 'visitorId', visitor_id, 'email', email,
            'at', (extract(epoch from occurred_at) * 1000)::bigint,
            'receivedAt', (extract(epoch from received_at) * 1000)::bigint,
            'value', first_value, 'currency', first_currency))`

      const ofSite = Effect.fn("ReportedOrders.ofSite")(
        function* ({ unitId, siteId }: Place, since: number, limit: number) {
          const rows = yield* sql<{ readonly row: unknown }>`
            select ${asOrder} as row from reported_order
            where unit_id = ${unitId} and site_id = ${siteId} and occurred_at >= to_timestamp(${since}::float8 / 1000)
            order by occurred_at desc, id limit ${limit}`
          return yield* Effect.orDie(decodeRows(rows.map(({ row }) => row)))
        },
        (effect) => reading(sql, effect)
      )

      const concerning = Effect.fn("ReportedOrders.concerning")(function* (
        { unitId, siteId }: Place,
        held: Held,
        orderIds: ReadonlyArray<Ids.OrderId>
      ) {
        const onSite = sql`unit_id = ${unitId} and site_id = ${siteId}`
        const rows = yield* sql<{ readonly row: unknown }>`
          select ${asOrder} as row
          from (
            select * from reported_order where ${onSite} and visitor_id = any(${held.visitorIds}::text[])
            union all select * from reported_order
            where ${onSite} and email = any(${held.emails}::text[]) and visitor_id is null
            union all select * from reported_order where ${onSite} and id = any(${orderIds}::text[])
          ) as reported
          where id = any(${held.orderIds}::text[]) or not exists (
            select 1 from unsettled where ${onSite} and order_id = reported.id)`
        const decoded = yield* Effect.orDie(decodeRows(rows.map(({ row }) => row)))
        const found = new Map(decoded.map((row) => [row.orderId, row]))
        const visitors = new Set<string>(held.visitorIds)
        const emails = new Set<string>(held.emails)
        return [...found.values()].map(({ receivedAt, ...order }) => {
          const { visitorId, email } = order
          const isOwn = visitorId === undefined ? email !== undefined && emails.has(email) : visitors.has(visitorId)
          return { order, receivedAt, isOwn }
        })
      })

      return ReportedOrders.of({ claims, companions, concerning, ofSite })
    })
  )
}
