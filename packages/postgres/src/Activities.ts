import { Activity, type Ids, type OrderBook } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { copyOrInsert, instants, jsonOf } from "./Copy.ts"
import { reading } from "./Keyset.ts"
import { unseen } from "./Statistics.ts"

/** A stored event together with the session row that holds it. */
export interface StoredActivity {
  readonly activity: Activity.Activity
  readonly sessionNo: number
}

/** A new event; `isLate` when it came too late to change an outcome (sessions.md 6.2). */
export interface NewActivity extends StoredActivity {
  readonly isLate: boolean
}

/** One site of one business unit: the scope of every statement here. */
export interface Place {
  readonly unitId: number
  readonly siteId: Ids.SiteId
}

/** What the rules ask of a stored event; the rest stays in the database. */
const Row = Schema.Struct({
  ...Activity.Activity.fields,
  sessionNo: Schema.Int
})
const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Row))

/**
 * The activity log as the worker writes it.
 *
 * *Fails* with `SqlError`. Every method belongs inside the worker's transaction, after `lock`.
 */
export class Activities extends Context.Service<
  Activities,
  {
    /**
     * Locks orders, always before visitors, and tells which visitors reported one of them on a page before. Held until the
     * transaction ends.
     */
    readonly lockOrders: (
      place: Place,
      orderIds: ReadonlyArray<Ids.OrderId>
    ) => Effect.Effect<ReadonlyArray<Seen>, SqlError.SqlError>
    /** Locks visitors, known or not, in one fixed order, and tells which they are. Held until the transaction ends. */
    readonly lock: (
      place: Place,
      visitors: ReadonlyArray<Seen>
    ) => Effect.Effect<ReadonlyArray<Locked>, SqlError.SqlError>
    /** Locks visitors that are known, in the same order. Held until the transaction ends. */
    readonly lockKnown: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<ReadonlyArray<Locked>, SqlError.SqlError>
    /** Which of these event IDs the site has already; the first stored wins (sessions.md 2.1). */
    readonly known: (
      place: Place,
      eventIds: ReadonlyArray<Ids.EventId>
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** All events of these visitors. */
    readonly ofVisitors: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<ReadonlyArray<StoredActivity>, SqlError.SqlError>
    /** The newest events of a site since an instant, for asking what other rules would make of them. *Units*: UTC milliseconds. */
    readonly ofSite: (
      place: Place,
      since: number,
      limit: number
    ) => Effect.Effect<ReadonlyArray<Activity.Activity>, SqlError.SqlError>
    /** Sale pages of other visitors that report one of these order IDs. */
    readonly pagesOfOthers: (
      place: Place,
      orderIds: ReadonlyArray<Ids.OrderId>,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<ReadonlyArray<OrderBook.PageReport>, SqlError.SqlError>
    /** Adds new events. *Fails* with a unique violation when another transaction stored one of the IDs meanwhile. */
    readonly insert: (place: Place, rows: ReadonlyArray<NewActivity>) => Effect.Effect<void, SqlError.SqlError>
    /** Moves stored events to the sessions that hold them now (sessions.md 3.7). */
    readonly move: (
      place: Place,
      moves: ReadonlyArray<{ readonly eventId: Ids.EventId; readonly sessionNo: number }>
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Activities") {
  static readonly layer = Layer.effect(
    Activities,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const lockOrders = Effect.fn("Activities.lockOrders")(function* (
        { unitId, siteId }: Place,
        orderIds: ReadonlyArray<Ids.OrderId>
      ) {
        if (orderIds.length === 0) return []
        yield* sql`
          insert into order_seen (unit_id, site_id, id)
          select ${unitId}, ${siteId}, id from unnest(${orderIds}::text[]) as id group by id order by id
          on conflict (unit_id, site_id, id) do update set id = excluded.id`
        return yield* sql<Seen>`
          select visitor_id as id, (extract(epoch from max(occurred_at)) * 1000)::float8 as at from activity
          where unit_id = ${unitId} and site_id = ${siteId} and order_id = any(${orderIds}::text[])
          group by visitor_id`
      })

      const lock = Effect.fn("Activities.lock")(function* ({ unitId, siteId }: Place, visitors: ReadonlyArray<Seen>) {
        return yield* sql<Locked>`
          insert into visitor as known (unit_id, site_id, id, first_seen_at, last_seen_at, version, version_before)
          select ${unitId}, ${siteId}, id, to_timestamp(min(at) / 1000), to_timestamp(max(at) / 1000),
            pg_current_xact_id(), '0'::xid8
          from json_to_recordset(${JSON.stringify(visitors)}::text::json) as seen (id text, at float8)
          group by id order by id
          on conflict (unit_id, site_id, id) do update set
            first_seen_at = least(known.first_seen_at, excluded.first_seen_at),
            last_seen_at = greatest(known.last_seen_at, excluded.last_seen_at),
            version = excluded.version, version_before = known.version
          returning id, version::text, version_before::text as "versionBefore"`
      })

      const lockKnown = Effect.fn("Activities.lockKnown")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        return yield* sql<Locked>`
          with locked as (
            select id from visitor
            where unit_id = ${unitId} and site_id = ${siteId} and id = any(${visitorIds}::text[])
            order by id for update)
          update visitor as known set version = pg_current_xact_id(), version_before = version
          from locked where unit_id = ${unitId} and site_id = ${siteId} and known.id = locked.id
          returning known.id, version::text, version_before::text as "versionBefore"`
      })

      const known = Effect.fn("Activities.known")(function* (
        { unitId, siteId }: Place,
        eventIds: ReadonlyArray<Ids.EventId>
      ) {
        const rows = yield* sql<{ readonly id: string }>`
          select event_id as id from activity
          where unit_id = ${unitId} and site_id = ${siteId} and event_id = any(${unseen(sql, eventIds)})`
        return new Set(rows.map((row) => row.id))
      })

      const asActivity = sql`
        jsonb_strip_nulls(jsonb_build_object(
            'id', event_id, 'siteId', site_id, 'visitorId', visitor_id, 'type', type, 'sessionNo', session_no,
            'occurredAt', (extract(epoch from occurred_at) * 1000)::bigint,
            'receivedAt', (extract(epoch from received_at) * 1000)::bigint,
            'sequence', sequence, 'email', email, 'logout', nullif(is_logout, false), 'url', url, 'referrer', referrer,
            'device', device, 'product', product, 'cart', cart, 'cartChange', cart_change,
            'isHistory', nullif(is_history, false),
            'order', case when coalesce(order_id, order_currency) is not null or order_value is not null then
              jsonb_build_object('id', order_id, 'value', order_value, 'currency', order_currency) end))`

      const ofSite = Effect.fn("Activities.ofSite")(
        function* ({ unitId, siteId }: Place, since: number, limit: number) {
          const rows = yield* sql<{ readonly row: unknown }>`
            select ${asActivity} as row from activity
            where unit_id = ${unitId} and site_id = ${siteId} and occurred_at >= to_timestamp(${since}::float8 / 1000)
            order by occurred_at desc, id desc limit ${limit}`
          return yield* Effect.orDie(decodeRows(rows.map(({ row }) => row)))
        },
        (effect) => reading(sql, effect)
      )

      const ofVisitors = Effect.fn("Activities.ofVisitors")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        const rows = yield* sql<{ readonly row: unknown }>`
          select ${asActivity} as row
          from activity
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${visitorIds}::text[])`
        const decoded = yield* Effect.orDie(decodeRows(rows.map(({ row }) => row)))
        return decoded.map(({ sessionNo, ...activity }) => ({ activity, sessionNo }))
      })

      const pagesOfOthers = Effect.fn("Activities.pagesOfOthers")(function* (
        { unitId, siteId }: Place,
        orderIds: ReadonlyArray<Ids.OrderId>,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        if (orderIds.length === 0) return []
        const rows = yield* sql<OrderBook.PageReport & { readonly visitorId: Ids.VisitorId }>`
          select event_id as id, order_id as "orderId", sequence::float8 as sequence,
            (extract(epoch from occurred_at) * 1000)::float8 as "occurredAt", visitor_id as "visitorId"
          from activity
          where unit_id = ${unitId} and site_id = ${siteId} and type = 'VisitOnSalePage'
            and order_id = any(${orderIds}::text[])`
        const visitors = new Set(visitorIds)
        return rows.flatMap(({ visitorId, ...page }) => (visitors.has(visitorId) ? [] : [page]))
      })

      const insert = Effect.fn("Activities.insert")(function* (place: Place, rows: ReadonlyArray<NewActivity>) {
        const sorted = rows.toSorted(
          ({ activity: a }, { activity: b }) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1)
        )
        yield* copyOrInsert(sql, columns, sorted, fieldsOf(place), insertByStatement(place, sorted))
      })

      const insertByStatement = Effect.fn("Activities.insertByStatement")(function* (
        { unitId, siteId }: Place,
        rows: ReadonlyArray<NewActivity>
      ) {
        const records = rows.map(({ activity, ...row }) => ({ ...activity, ...row, orderId: activity.order?.id }))
        yield* sql`
          insert into ${sql.literal(columns)}
          select ${unitId}, ${siteId}, id, "visitorId", "sessionNo", type, to_timestamp("occurredAt" / 1000),
            to_timestamp("clientAt" / 1000), to_timestamp("receivedAt" / 1000), sequence, email,
            coalesce(logout, false), url, title, referrer, device, product, cart, "cartChange", "orderId",
            ("order" ->> 'value')::bigint, "order" ->> 'currency', coalesce("isClockWrong", false),
            "isLate", coalesce("isHistory", false)
          from json_to_recordset(${JSON.stringify(records)}::text::json) as new (
            id text, "visitorId" text, "sessionNo" bigint, type activity_type, "occurredAt" float8, "clientAt" float8,
            "receivedAt" float8, sequence bigint, email text, logout boolean, url text, title text, referrer text,
            device text, product jsonb, cart jsonb, "cartChange" jsonb, "order" jsonb, "orderId" text, "isClockWrong" boolean,
            "isLate" boolean, "isHistory" boolean)
          order by "occurredAt", id`
      })

      const move = Effect.fn("Activities.move")(function* (
        { unitId, siteId }: Place,
        moves: ReadonlyArray<{ readonly eventId: Ids.EventId; readonly sessionNo: number }>
      ) {
        if (moves.length === 0) return
        yield* sql`
          update activity set session_no = moved."sessionNo"
          from jsonb_to_recordset(${JSON.stringify(moves)}::text::jsonb) as moved ("eventId" text, "sessionNo" bigint)
          where unit_id = ${unitId} and site_id = ${siteId} and event_id = moved."eventId"`
      })

      return Activities.of({ lockOrders, lock, lockKnown, known, ofVisitors, pagesOfOthers, insert, move, ofSite })
    })
  )
}

const columns = `activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, client_at, received_at,
  sequence, email, is_logout, url, title, referrer, device, product, cart, cart_change, order_id, order_value,
  order_currency, is_clock_wrong, is_late, is_history)`

/** Of rows by the time at which they happened. */
const fieldsOf = ({ siteId, unitId }: Place) => {
  const [occurred, client, received] = [instants(), instants(), instants()]
  return ({ activity, isLate, sessionNo }: NewActivity) => [
    unitId,
    siteId,
    activity.id,
    activity.visitorId,
    sessionNo,
    activity.type,
    occurred(activity.occurredAt),
    activity.clientAt === undefined ? null : client(activity.clientAt),
    received(activity.receivedAt),
    activity.sequence,
    activity.email,
    activity.logout ?? false,
    activity.url,
    activity.title,
    activity.referrer,
    activity.device,
    jsonOf(activity.product),
    jsonOf(activity.cart),
    jsonOf(activity.cartChange),
    activity.order?.id,
    activity.order?.value,
    activity.order?.currency,
    activity.isClockWrong ?? false,
    isLate,
    activity.isHistory ?? false
  ]
}

/**
 * A visitor that is held. *Shape*: `version` names this transaction, `versionBefore` the one that held the visitor before,
 * "0" if there was none, null if it is not known.
 */
export interface Locked {
  readonly id: Ids.VisitorId
  readonly version: string
  readonly versionBefore: string | null
}

/** A visitor and when one of its events happened. *Units*: UTC milliseconds. */
export interface Seen {
  readonly id: Ids.VisitorId
  readonly at: number
}
