import { Ids, Time } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { Attributes } from "./Attributes.ts"
import { beyond, instant, ordered, type Page, pageOf, reading, type Turn } from "./Keyset.ts"

/** What another system says that happened, in its own words. *Units*: UTC milliseconds. */
const NewCustomEvent = Schema.Struct({
  itemId: Schema.String,
  name: Schema.String,
  email: Schema.NullOr(Ids.Email),
  visitorId: Schema.NullOr(Ids.VisitorId),
  occurredAt: Time.Instant,
  properties: Attributes
})
export interface NewCustomEvent extends Schema.Schema.Type<typeof NewCustomEvent> {}

/** One as it is stored. *Shape*: `id` is assigned once, ascending; `itemId` is the sender's own. */
export const CustomEvent = Schema.Struct({ id: Schema.Int, ...NewCustomEvent.fields, storedAt: Time.Instant })
export interface CustomEvent extends Schema.Schema.Type<typeof CustomEvent> {}

/** What narrows the list. */
export interface CustomEventFilter {
  readonly name?: string | undefined
  readonly email?: string | undefined
  readonly visitorId?: string | undefined
}

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(CustomEvent))

/** Custom events as the platform's API keeps them. *Fails* with `SqlError`. */
export class CustomEvents extends Context.Service<
  CustomEvents,
  {
    /** Gives the event as it is stored, and whether it is new: of two with one `itemId` the first counts. */
    readonly add: (
      unitId: number,
      event: NewCustomEvent
    ) => Effect.Effect<{ readonly event: CustomEvent; readonly isNew: boolean }, SqlError.SqlError>
    /** One page, newest first; equal times are ordered by ID. */
    readonly page: (
      unitId: number,
      filter: CustomEventFilter,
      turn: Turn
    ) => Effect.Effect<Page<CustomEvent>, SqlError.SqlError>
  }
>()("@spoor/postgres/CustomEvents") {
  static readonly layer = Layer.effect(
    CustomEvents,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql`id, item_id as "itemId", name, email, visitor_id as "visitorId", properties,
        ${instant(sql, "occurred_at", "occurredAt")}, ${instant(sql, "stored_at", "storedAt")}`

      const add = Effect.fn("CustomEvents.add")(function* (unitId: number, event: NewCustomEvent) {
        const added = yield* sql`
          insert into custom_event (unit_id, item_id, name, email, visitor_id, occurred_at, properties)
          values (${unitId}, ${event.itemId}, ${event.name}, ${event.email}, ${event.visitorId},
            to_timestamp(${event.occurredAt}::float8 / 1000), ${JSON.stringify(event.properties)}::text::jsonb)
          on conflict (unit_id, item_id) do nothing returning ${columns}`
        const isNew = added.length > 0
        const rows = isNew
          ? added
          : yield* sql`select ${columns} from custom_event where unit_id = ${unitId} and item_id = ${event.itemId}`
        const [stored] = yield* Effect.orDie(decodeRows(rows))
        return { event: stored!, isNew }
      })

      const page = Effect.fn("CustomEvents.page")(
        function* (unitId: number, filter: CustomEventFilter, turn: Turn) {
          const where = [sql`unit_id = ${unitId}`, ...beyond(sql, turn)]
          if (filter.name !== undefined) where.push(sql`name = ${filter.name}`)
          if (filter.email !== undefined) where.push(sql`email = ${filter.email}`)
          if (filter.visitorId !== undefined) where.push(sql`visitor_id = ${filter.visitorId}`)
          const rows = yield* sql`
            select ${columns} from custom_event where ${sql.and(where)} ${ordered(sql, turn)}`
          return pageOf(turn, [...(yield* Effect.orDie(decodeRows(rows)))])
        },
        (effect) => reading(sql, effect)
      )

      return CustomEvents.of({ add, page })
    })
  )
}
