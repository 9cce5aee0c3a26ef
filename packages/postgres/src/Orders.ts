import { Cart, Ids, Time } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { Attributes } from "./Attributes.ts"
import { instant, reading } from "./Keyset.ts"
import { Unsettled } from "./Unsettled.ts"

/** An order as the platform's API answers it. *Units*: UTC milliseconds, `value` in minor units of `currency`. */
export const Order = Schema.Struct({
  id: Ids.OrderId,
  siteId: Ids.SiteId,
  visitorId: Schema.NullOr(Ids.VisitorId),
  email: Schema.NullOr(Ids.Email),
  occurredAt: Time.Instant,
  value: Schema.NullOr(Cart.Money),
  currency: Schema.NullOr(Cart.Currency),
  attributes: Attributes,
  receivedAt: Time.Instant,
  updatedAt: Time.Instant
})
export interface Order extends Schema.Schema.Type<typeof Order> {}

/** What may change after the first report (ADR 0020). */
export type OrderChange = Pick<Order, "value" | "currency" | "attributes" | "updatedAt">

/** Which orders of a site, by ID. *Shape*: those after the ID `after`. */
export interface OrderRange {
  readonly email?: Ids.Email | undefined
  readonly visitorId?: Ids.VisitorId | undefined
  readonly after?: string | undefined
  readonly limit: number
}

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Order))

/** Orders as the platform's API keeps them. *Fails* with `SqlError`. */
export class Orders extends Context.Service<
  Orders,
  {
    /**
     * Adds an order, to be settled by the worker; gives false where the site has one with this ID, removed ones included: the
     * first report stands (sessions.md 2.1).
     */
    readonly add: (unitId: number, order: Order) => Effect.Effect<boolean, SqlError.SqlError>
    readonly find: (place: Place, id: Ids.OrderId) => Effect.Effect<Order | null, SqlError.SqlError>
    readonly page: (place: Place, range: OrderRange) => Effect.Effect<ReadonlyArray<Order>, SqlError.SqlError>
    /** Changes what `find` answers, never what was reported first; null where there is none. */
    readonly update: (
      place: Place,
      id: Ids.OrderId,
      change: OrderChange
    ) => Effect.Effect<Order | null, SqlError.SqlError>
    /** Hides the order; the purchase that was emitted stays. Gives false where there is none. */
    readonly remove: (place: Place, id: Ids.OrderId, now: number) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/Orders") {
  static readonly layer = Layer.effect(
    Orders,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unsettled = yield* Unsettled
      const columns = sql`id, site_id as "siteId", visitor_id as "visitorId", email, value, currency, attributes,
        ${instant(sql, "occurred_at", "occurredAt")}, ${instant(sql, "received_at", "receivedAt")},
        ${instant(sql, "updated_at", "updatedAt")}`

      const add = Effect.fn("Orders.add")(
        function* (unitId: number, { value, currency, ...order }: Order) {
          const record = JSON.stringify({ ...order, value, currency })
          const rows = yield* sql`
            insert into reported_order (unit_id, site_id, id, visitor_id, email, occurred_at, first_value,
              first_currency, value, currency, attributes, received_at, updated_at)
            select ${unitId}, "siteId", id, "visitorId", email, to_timestamp("occurredAt" / 1000), value, currency, value,
              currency, attributes, to_timestamp("receivedAt" / 1000), to_timestamp("updatedAt" / 1000)
            from jsonb_to_record(${record}::text::jsonb) as new ("siteId" text, id text, "visitorId" text, email text,
              "occurredAt" float8, value bigint, currency text, attributes jsonb, "receivedAt" float8,
              "updatedAt" float8)
            on conflict do nothing returning id`
          if (rows.length === 0) return false
          yield* unsettled.add({ unitId, siteId: order.siteId }, [{ orderId: order.id }])
          return true
        },
        (effect) => sql.withTransaction(effect)
      )

      const find = Effect.fn("Orders.find")(function* ({ unitId, siteId }: Place, id: Ids.OrderId) {
        const rows = yield* sql`
          select ${columns} from reported_order
          where unit_id = ${unitId} and site_id = ${siteId} and id = ${id} and removed_at is null`
        return (yield* Effect.orDie(decodeRows(rows)))[0] ?? null
      })

      const page = Effect.fn("Orders.page")(
        function* ({ unitId, siteId }: Place, range: OrderRange) {
          const where = [sql`unit_id = ${unitId}`, sql`site_id = ${siteId}`, sql`removed_at is null`]
          if (range.email !== undefined) where.push(sql`email = ${range.email}`)
          if (range.visitorId !== undefined) where.push(sql`visitor_id = ${range.visitorId}`)
          if (range.after !== undefined) where.push(sql`id > ${range.after}`)
          const rows = yield* sql`
          select ${columns} from reported_order where ${sql.and(where)} order by id limit ${range.limit}`
          return yield* Effect.orDie(decodeRows(rows))
        },
        (effect) => reading(sql, effect)
      )

      const update = Effect.fn("Orders.update")(function* (
        { unitId, siteId }: Place,
        id: Ids.OrderId,
        { value, currency, attributes, updatedAt }: OrderChange
      ) {
        const rows = yield* sql`
          update reported_order set value = ${value}::bigint, currency = ${currency}::text,
            attributes = ${JSON.stringify(attributes)}::text::jsonb, updated_at = to_timestamp(${updatedAt}::float8 / 1000)
          where unit_id = ${unitId} and site_id = ${siteId} and id = ${id} and removed_at is null
          returning ${columns}`
        return (yield* Effect.orDie(decodeRows(rows)))[0] ?? null
      })

      const remove = Effect.fn("Orders.remove")(function* ({ unitId, siteId }: Place, id: Ids.OrderId, now: number) {
        const rows = yield* sql`
          update reported_order set removed_at = to_timestamp(${now}::float8 / 1000)
          where unit_id = ${unitId} and site_id = ${siteId} and id = ${id} and removed_at is null
          returning id`
        return rows.length > 0
      })

      return Orders.of({ add, find, page, update, remove })
    })
  ).pipe(Layer.provide(Unsettled.layer))
}
