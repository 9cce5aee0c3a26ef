import { type Identification, Ids, SmsLog, Time } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Attributes } from "./Attributes.ts"
import { Identifications } from "./Identifications.ts"
import { instant, reading } from "./Keyset.ts"
import { Unsettled } from "./Unsettled.ts"

/** A customer of a business unit. *Units*: UTC milliseconds. */
export const Customer = Schema.Struct({
  id: Schema.String,
  email: Schema.NullOr(Ids.Email),
  phone: Schema.NullOr(SmsLog.Phone),
  attributes: Attributes,
  createdAt: Time.Instant,
  updatedAt: Time.Instant
})
export interface Customer extends Schema.Schema.Type<typeof Customer> {}

/** Which customers, by ID. *Shape*: those after the ID `after`. */
export interface CustomerRange {
  readonly email?: Ids.Email | undefined
  readonly after?: string | undefined
  readonly limit: number
}

/** What stands in the way: another customer has the ID or the e-mail. */
export type Taken = "id" | "email"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Customer))

/** Customers as the platform's API keeps them. *Fails* with `SqlError`. */
export class Customers extends Context.Service<
  Customers,
  {
    /** Adds a customer, and the e-mails that it gives to visitors of one site, to be settled by the worker. */
    readonly add: (
      unitId: number,
      customer: Customer,
      given: ReadonlyArray<Identification.Identification>
    ) => Effect.Effect<"added" | Taken, SqlError.SqlError>
    readonly find: (unitId: number, id: string) => Effect.Effect<Customer | null, SqlError.SqlError>
    readonly page: (unitId: number, range: CustomerRange) => Effect.Effect<ReadonlyArray<Customer>, SqlError.SqlError>
    /** Replaces all but the ID and `createdAt`; null where there is none. */
    readonly update: (
      unitId: number,
      customer: Customer,
      given: ReadonlyArray<Identification.Identification>
    ) => Effect.Effect<Customer | Taken | null, SqlError.SqlError>
    /** Gives false where there is none. What the customer's e-mail named stays named. */
    readonly remove: (unitId: number, id: string) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/Customers") {
  static readonly layer = Layer.effect(
    Customers,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const identifications = yield* Identifications
      const unsettled = yield* Unsettled
      const columns = sql`id, email, phone, attributes, ${instant(sql, "created_at", "createdAt")},
        ${instant(sql, "updated_at", "updatedAt")}`

      /** What is given already is not settled again. */
      const identify = Effect.fn("Customers.identify")(function* (
        unitId: number,
        given: ReadonlyArray<Identification.Identification>
      ) {
        for (const [siteId, ofSite] of Map.groupBy(given, (one) => one.siteId)) {
          const place = { unitId, siteId }
          const added = yield* identifications.add(place, ofSite)
          const fresh = ofSite.filter(({ id }) => added.has(id))
          yield* unsettled.add(
            place,
            fresh.map(({ visitorId }) => ({ visitorId }))
          )
        }
      })

      const add = Effect.fn("Customers.add")(
        function* (
          unitId: number,
          { id, email, phone, attributes, createdAt }: Customer,
          given: ReadonlyArray<Identification.Identification>
        ) {
          yield* sql`
            insert into customer (unit_id, id, email, phone, attributes, created_at, updated_at)
            values (${unitId}, ${id}, ${email}, ${phone}, ${JSON.stringify(attributes)}::text::jsonb,
              to_timestamp(${createdAt}::float8 / 1000), to_timestamp(${createdAt}::float8 / 1000))`
          yield* identify(unitId, given)
          return "added" as const
        },
        (effect) => orTaken(sql.withTransaction(effect))
      )

      const find = Effect.fn("Customers.find")(function* (unitId: number, id: string) {
        const rows = yield* sql`select ${columns} from customer where unit_id = ${unitId} and id = ${id}`
        return (yield* Effect.orDie(decodeRows(rows)))[0] ?? null
      })

      const page = Effect.fn("Customers.page")(
        function* (unitId: number, { email, after, limit }: CustomerRange) {
          const where = [sql`unit_id = ${unitId}`]
          if (email !== undefined) where.push(sql`email = ${email}`)
          if (after !== undefined) where.push(sql`id > ${after}`)
          const rows = yield* sql`
          select ${columns} from customer where ${sql.and(where)} order by id limit ${limit}`
          return yield* Effect.orDie(decodeRows(rows))
        },
        (effect) => reading(sql, effect)
      )

      const update = Effect.fn("Customers.update")(
        function* (
          unitId: number,
          { id, email, phone, attributes, updatedAt }: Customer,
          given: ReadonlyArray<Identification.Identification>
        ) {
          const rows = yield* sql`
            update customer set email = ${email}::text, phone = ${phone}::text,
              attributes = ${JSON.stringify(attributes)}::text::jsonb,
              updated_at = to_timestamp(${updatedAt}::float8 / 1000)
            where unit_id = ${unitId} and id = ${id} returning ${columns}`
          const customer = (yield* Effect.orDie(decodeRows(rows)))[0] ?? null
          if (customer !== null) yield* identify(unitId, given)
          return customer
        },
        (effect) => orTaken(sql.withTransaction(effect))
      )

      const remove = Effect.fn("Customers.remove")(function* (unitId: number, id: string) {
        const rows = yield* sql`delete from customer where unit_id = ${unitId} and id = ${id} returning id`
        return rows.length > 0
      })

      return Customers.of({ add, find, page, update, remove })
    })
  ).pipe(Layer.provide([Identifications.layer, Unsettled.layer]))
}

const orTaken = <A>(effect: Effect.Effect<A, SqlError.SqlError>): Effect.Effect<A | Taken, SqlError.SqlError> =>
  effect.pipe(
    Effect.catch((error) => {
      const constraint = error.reason._tag === "UniqueViolation" ? error.reason.constraint : undefined
      if (constraint === "customer_pkey") return Effect.succeed<Taken>("id")
      return constraint === "customer_email" ? Effect.succeed<Taken>("email") : Effect.fail(error)
    })
  )
