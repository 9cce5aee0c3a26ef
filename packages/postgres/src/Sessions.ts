import { Cart, type Ids, type Session } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { copyOrInsert, instants, jsonOf } from "./Copy.ts"

/** A computed session, the row that keeps it (null: a new one), and when the worker must look at it again. */
export interface SessionWrite {
  readonly no: number | null
  readonly session: Session.Session
  /** Whether the row has had another ID until now. */
  readonly isRenamed: boolean
  /** *Units*: UTC milliseconds; null when no abandonment is to be expected. */
  readonly dueAt: number | null
}

/** A session's row as it is written. */
export interface SessionRow {
  readonly no: number
  readonly isNew: boolean
  /** Whether the row has had another ID until now. */
  readonly isRenamed: boolean
  readonly fields: Fields
}

/** Visitors of one site of whom something is due. */
export interface DueVisitors extends Place {
  readonly visitorIds: ReadonlyArray<Ids.VisitorId>
}

/** The sessions, computed by the domain and kept for reading. *Fails* with `SqlError`. */
export class Sessions extends Context.Service<
  Sessions,
  {
    /** The rows of the sessions, in the order of the input; new ones get their numbers. */
    readonly rows: (writes: ReadonlyArray<SessionWrite>) => Effect.Effect<ReadonlyArray<SessionRow>, SqlError.SqlError>
    readonly write: (place: Place, rows: ReadonlyArray<SessionRow>) => Effect.Effect<void, SqlError.SqlError>
    /** Removes the rows of sessions that were bridged into others (sessions.md 3.7). */
    readonly remove: (place: Place, numbers: ReadonlyArray<number>) => Effect.Effect<void, SqlError.SqlError>
    /** Visitors whose sessions have something due at `now`, of one site at a time, longest due first. */
    readonly due: (now: number, limit: number) => Effect.Effect<DueVisitors | null, SqlError.SqlError>
  }
>()("@spoor/postgres/Sessions") {
  static readonly layer = Layer.effect(
    Sessions,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      /** Numbers for new rows, drawn first: their events go in with them. */
      const draw = Effect.fn("Sessions.draw")(function* (count: number) {
        if (count === 0) return []
        const rows = yield* sql<{ readonly no: number }>`
          select nextval((select pg_get_serial_sequence('session', 'no')::regclass)) as no from generate_series(1, ${count})`
        return rows.map((row) => row.no)
      })

      const rows = Effect.fn("Sessions.rows")(function* (writes: ReadonlyArray<SessionWrite>) {
        const fresh = yield* draw(writes.filter(({ no }) => no === null).length)
        return writes.map(({ dueAt, isRenamed, no, session }): SessionRow => {
          const own = no ?? fresh.shift()!
          return {
            no: own,
            isNew: no === null,
            isRenamed: isRenamed && no !== null,
            fields: { no: own, dueAt, ...fieldsOf(session) }
          }
        })
      })

      const write = Effect.fn("Sessions.write")(function* (place: Place, rows: ReadonlyArray<SessionRow>) {
        const { unitId } = place
        // An ID may pass from one row to another meanwhile: former owners step aside first.
        const renamed = rows.flatMap(({ isRenamed, no }) => (isRenamed ? [no] : []))
        if (renamed.length > 0) {
          yield* sql`
            update session set id = 'moving:' || no where unit_id = ${unitId} and no = any(${renamed}::bigint[])`
        }
        const fresh = rows.flatMap(({ fields, isNew }) => (isNew ? [fields] : []))
        const known = rows.flatMap(({ fields, isNew }) => (isNew ? [] : [fields]))
        yield* copyOrInsert(sql, columns, fresh, lineOf(place), upsert(place, fresh))
        yield* upsert(place, known)
      })

      const upsert = Effect.fn("Sessions.upsert")(function* ({ unitId, siteId }: Place, rows: ReadonlyArray<Fields>) {
        if (rows.length === 0) return
        yield* sql`
          insert into ${sql.literal(columns)}
          overriding system value
          select ${unitId}, no, ${siteId}, id, "visitorId", email, to_timestamp("startedAt" / 1000),
            to_timestamp("endedAt" / 1000), to_timestamp("closedAt" / 1000), "endedBy", "eventCount",
            "productViews", "productsViewed", cart, "cartValue", "cartCurrency", "landingUrl", referrer, device,
            to_timestamp("dueAt" / 1000)
          from json_to_recordset(${JSON.stringify(rows)}::text::json) as new (
            no bigint, id text, "visitorId" text, email text, "startedAt" float8, "endedAt" float8, "closedAt" float8,
            "endedBy" session_end_reason, "eventCount" integer, "productViews" integer, "productsViewed" integer,
            cart jsonb, "cartValue" bigint, "cartCurrency" text, "landingUrl" text, referrer text, device text,
            "dueAt" float8)
          order by no
          on conflict (unit_id, no) do update set
            id = excluded.id, email = excluded.email, started_at = excluded.started_at, ended_at = excluded.ended_at,
            closed_at = excluded.closed_at, ended_by = excluded.ended_by, event_count = excluded.event_count,
            product_view_count = excluded.product_view_count, products_viewed = excluded.products_viewed,
            cart = excluded.cart, cart_value = excluded.cart_value, cart_currency = excluded.cart_currency,
            landing_url = excluded.landing_url, referrer = excluded.referrer, device = excluded.device,
            due_at = excluded.due_at`
      })

      const remove = Effect.fn("Sessions.remove")(function* ({ unitId }: Place, numbers: ReadonlyArray<number>) {
        if (numbers.length === 0) return
        yield* sql`delete from session where unit_id = ${unitId} and no = any(${numbers}::bigint[])`
      })

      const due = Effect.fn("Sessions.due")(function* (now: number, limit: number) {
        const rows = yield* sql<DueVisitors>`
          with first as (
            select unit_id, site_id from session where due_at <= to_timestamp(${now}::float8 / 1000)
            order by due_at limit 1)
          select unit_id as "unitId", site_id as "siteId", to_json(array(
              select visitor_id from session
              where unit_id = first.unit_id and site_id = first.site_id
                and due_at <= to_timestamp(${now}::float8 / 1000)
              group by visitor_id order by min(due_at) limit ${limit})) as "visitorIds"
          from first`
        return rows[0] ?? null
      })

      return Sessions.of({ rows, write, remove, due })
    })
  )
}

const fieldsOf = (session: Session.Session) => ({
  id: session.id,
  visitorId: session.visitorId,
  email: session.email,
  startedAt: session.startedAt,
  endedAt: session.endedAt,
  closedAt: session.closedAt,
  endedBy: session.endedBy,
  eventCount: session.eventIds.length,
  productViews: session.productViews,
  productsViewed: session.productsViewed,
  cart: session.left?.cart ?? null,
  cartValue: session.left === null ? null : Cart.value(session.left.cart),
  cartCurrency: session.left?.cart.currency ?? null,
  landingUrl: session.landingUrl,
  referrer: session.referrer,
  device: session.device
})

type Fields = ReturnType<typeof fieldsOf> & { readonly no: number; readonly dueAt: number | null }

const columns = `session (unit_id, no, site_id, id, visitor_id, email, started_at, ended_at, closed_at, ended_by,
  event_count, product_view_count, products_viewed, cart, cart_value, cart_currency, landing_url, referrer, device, due_at)`

const lineOf = ({ siteId, unitId }: Place) => {
  const [started, ended, closed, due] = [instants(), instants(), instants(), instants()]
  return (row: Fields) => [
    unitId,
    row.no,
    siteId,
    row.id,
    row.visitorId,
    row.email,
    started(row.startedAt),
    ended(row.endedAt),
    closed(row.closedAt),
    row.endedBy,
    row.eventCount,
    row.productViews,
    row.productsViewed,
    jsonOf(row.cart),
    row.cartValue,
    row.cartCurrency,
    row.landingUrl,
    row.referrer,
    row.device,
    row.dueAt === null ? null : due(row.dueAt)
  ]
}
