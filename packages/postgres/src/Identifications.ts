import { Identification, type Ids } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"

const decodeRows = Schema.decodeUnknownEffect(Schema.Array(Identification.Identification))

/** E-mails that were given to visitors by something that is no activity. *Fails* with `SqlError`. */
export class Identifications extends Context.Service<
  Identifications,
  {
    /** Adds those that the site does not have yet, and tells which they were. */
    readonly add: (
      place: Place,
      identifications: ReadonlyArray<Identification.Identification>
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    readonly ofVisitors: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<ReadonlyArray<Identification.Identification>, SqlError.SqlError>
  }
>()("@spoor/postgres/Identifications") {
  static readonly layer = Layer.effect(
    Identifications,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const add = Effect.fn("Identifications.add")(function* (
        { unitId, siteId }: Place,
        identifications: ReadonlyArray<Identification.Identification>
      ) {
        if (identifications.length === 0) return new Set<string>()
        const rows = yield* sql<{ readonly id: string }>`
          insert into identification (unit_id, site_id, id, visitor_id, email, occurred_at, received_at)
          select ${unitId}, ${siteId}, id, "visitorId", email, to_timestamp("occurredAt" / 1000),
            to_timestamp("receivedAt" / 1000)
          from jsonb_to_recordset(${JSON.stringify(identifications)}::text::jsonb) as new (id text, "visitorId" text,
            email text, "occurredAt" float8, "receivedAt" float8)
          order by id
          on conflict do nothing returning id`
        return new Set(rows.map(({ id }) => id))
      })

      const ofVisitors = Effect.fn("Identifications.ofVisitors")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        const rows = yield* sql`
          select id, site_id as "siteId", visitor_id as "visitorId", email,
            (extract(epoch from occurred_at) * 1000)::float8 as "occurredAt",
            (extract(epoch from received_at) * 1000)::float8 as "receivedAt"
          from identification
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${visitorIds}::text[])`
        return yield* Effect.orDie(decodeRows(rows))
      })

      return Identifications.of({ add, ofVisitors })
    })
  )
}
