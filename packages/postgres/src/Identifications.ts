import { Identification, Ids, Time, Unlinking } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { instant, reading } from "./Keyset.ts"
import { Unsettled } from "./Unsettled.ts"

/**
 * A decision that an e-mail is not a visitor's, as it is kept. *Units*: UTC milliseconds. *Shape*: `decidedBy` and `undoneBy` are the e-mail
 * of a person of the panel, null for the command; `undoneAt` is null while it stands.
 */
export const Decision = Schema.Struct({
  ...Unlinking.Unlinking.fields,
  id: Schema.Int,
  reason: Schema.NullOr(Schema.String),
  decidedAt: Time.Instant,
  decidedBy: Schema.NullOr(Ids.Email),
  undoneAt: Schema.NullOr(Time.Instant),
  undoneBy: Schema.NullOr(Ids.Email)
})
export interface Decision extends Schema.Schema.Type<typeof Decision> {}

/** Who decides, and when. *Shape*: `userId` of the panel, null for the command. *Units*: `at` in UTC milliseconds. */
export interface Decider {
  readonly userId: string | null
  readonly at: number
}

/** What says, beside the events, whose the visitors are. */
export interface Given {
  readonly identifications: ReadonlyArray<Identification.Identification>
  readonly unlinkings: ReadonlyArray<Unlinking.Unlinking>
}

/** The longest reason that is kept. *Units*: characters. */
export const reasonMax = 500

/** The most decisions that one answer has. */
const decisionsMax = 1_000

/** The most visitors that one e-mail leads to. */
const visitorsMax = 1_000

const decodeGiven = Schema.decodeUnknownEffect(
  Schema.Struct({
    identifications: Schema.Array(Identification.Identification),
    unlinkings: Schema.Array(Unlinking.Unlinking)
  })
)
const decodeDecisions = Schema.decodeUnknownEffect(Schema.Array(Decision))

/** E-mails that were given to visitors by something that is no activity, and those that were taken back. *Fails* with `SqlError`. */
export class Identifications extends Context.Service<
  Identifications,
  {
    /** Adds those that the site does not have yet, and tells which they were. */
    readonly add: (
      place: Place,
      identifications: ReadonlyArray<Identification.Identification>
    ) => Effect.Effect<ReadonlySet<string>, SqlError.SqlError>
    /** All of these visitors; of the decisions those that stand. */
    readonly ofVisitors: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<Given, SqlError.SqlError>
    /** Takes an e-mail back, to be settled by the worker. Gives the decision's ID; null where the same stands already. */
    readonly unlink: (
      unitId: number,
      unlinking: Unlinking.Unlinking,
      decider: Decider & { readonly reason: string | null }
    ) => Effect.Effect<number | null, SqlError.SqlError>
    /** Undoes a decision, to be settled by the worker. Gives false where none of this ID stands. */
    readonly relink: (unitId: number, id: number, decider: Decider) => Effect.Effect<boolean, SqlError.SqlError>
    /** The visitors of a unit that bear an e-mail or have had it taken back, or that have this ID on some site. */
    readonly visitors: (
      unitId: number,
      who: { readonly email: Ids.Email } | { readonly visitorId: Ids.VisitorId }
    ) => Effect.Effect<ReadonlyArray<{ readonly siteId: Ids.SiteId; readonly id: Ids.VisitorId }>, SqlError.SqlError>
    /** How many events of a visitor are stored, as its sessions have it. */
    readonly eventsOf: (place: Place, visitorId: Ids.VisitorId) => Effect.Effect<number, SqlError.SqlError>
    /** Decisions about an e-mail or of visitors, those that were undone too, newest first. */
    readonly decisions: (
      unitId: number,
      about: {
        readonly email?: Ids.Email | undefined
        readonly visitorIds?: ReadonlyArray<Ids.VisitorId> | undefined
        readonly id?: number | undefined
      }
    ) => Effect.Effect<ReadonlyArray<Decision>, SqlError.SqlError>
  }
>()("@spoor/postgres/Identifications") {
  static readonly layer = Layer.effect(
    Identifications,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unsettled = yield* Unsettled

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

      // One statement for both: it is on the way of every batch, and there are few decisions.
      const ofVisitors = Effect.fn("Identifications.ofVisitors")(function* (
        { unitId, siteId }: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        const theirs = sql`unit_id = ${unitId} and site_id = ${siteId} and visitor_id = any(${visitorIds}::text[])`
        const rows = yield* sql<{
          readonly id: string | null
          readonly from: number | null
          readonly until: number | null
        }>`
          select id, site_id as "siteId", visitor_id as "visitorId", email, ${instant(sql, "occurred_at", "occurredAt")},
            ${instant(sql, "received_at", "receivedAt")}, null::float8 as "from", null::float8 as "until"
          from identification where ${theirs}
          union all
          select null, site_id, visitor_id, email, null, null, ${instant(sql, "from_at", "from")},
            ${instant(sql, "until_at", "until")}
          from unlinking where ${theirs} and undone_at is null`
        return yield* Effect.orDie(
          decodeGiven({
            identifications: rows.filter(({ id }) => id !== null),
            unlinkings: rows.filter(({ id }) => id === null)
          })
        )
      })

      const unlink = Effect.fn("Identifications.unlink")(
        function* (
          unitId: number,
          { email, from, siteId, until, visitorId }: Unlinking.Unlinking,
          { at, reason, userId }: Decider & { readonly reason: string | null }
        ) {
          const time = (moment: number | null) =>
            sql`${moment === null ? null : Time.formatInstant(moment)}::text::timestamptz`
          const rows = yield* sql<{ readonly id: number }>`
            insert into unlinking (unit_id, site_id, visitor_id, email, from_at, until_at, reason, decided_at, decided_by)
            values (${unitId}, ${siteId}, ${visitorId}, ${email}, ${time(from)}, ${time(until)}, ${reason}, ${time(at)}, ${userId})
            on conflict do nothing returning id`
          if (rows.length === 0) return null
          yield* unsettled.add({ unitId, siteId }, [{ visitorId }])
          return rows[0]!.id
        },
        (effect) => sql.withTransaction(effect)
      )

      const relink = Effect.fn("Identifications.relink")(
        function* (unitId: number, id: number, { at, userId }: Decider) {
          const rows = yield* sql<{ readonly siteId: Ids.SiteId; readonly visitorId: Ids.VisitorId }>`
            update unlinking set undone_at = ${Time.formatInstant(at)}::text::timestamptz, undone_by = ${userId}
            where unit_id = ${unitId} and id = ${id}::bigint and undone_at is null
            returning site_id as "siteId", visitor_id as "visitorId"`
          for (const { siteId, visitorId } of rows) yield* unsettled.add({ unitId, siteId }, [{ visitorId }])
          return rows.length > 0
        },
        (effect) => sql.withTransaction(effect)
      )

      const visitors = Effect.fn("Identifications.visitors")(
        function* (unitId: number, who: { readonly email: Ids.Email } | { readonly visitorId: Ids.VisitorId }) {
          return yield* "email" in who
            ? sql<{ readonly siteId: Ids.SiteId; readonly id: Ids.VisitorId }>`
                select site_id as "siteId", visitor_id as id from session
                where unit_id = ${unitId} and email collate "C" = ${who.email}
                union select site_id, visitor_id from unlinking where unit_id = ${unitId} and email = ${who.email}
                order by 1, 2 limit ${visitorsMax}`
            : sql<{ readonly siteId: Ids.SiteId; readonly id: Ids.VisitorId }>`
                select site_id as "siteId", id from visitor
                where unit_id = ${unitId} and site_id = any(array(select id from site where unit_id = ${unitId}))
                  and id = ${who.visitorId}
                order by 1`
        },
        (effect) => reading(sql, effect)
      )

      const eventsOf = Effect.fn("Identifications.eventsOf")(function* (
        { siteId, unitId }: Place,
        visitorId: Ids.VisitorId
      ) {
        const rows = yield* sql<{ readonly count: number }>`
          select coalesce(sum(event_count), 0)::float8 as count from session
          where unit_id = ${unitId} and site_id = ${siteId} and visitor_id = ${visitorId}`
        return rows[0]!.count
      })

      const decisions = Effect.fn("Identifications.decisions")(
        function* (unitId: number, { email, id, visitorIds }: Parameters<Identifications["Service"]["decisions"]>[1]) {
          const where = [sql`unlinking.unit_id = ${unitId}`]
          if (email !== undefined) where.push(sql`unlinking.email = ${email}`)
          if (visitorIds !== undefined) where.push(sql`visitor_id = any(${visitorIds}::text[])`)
          if (id !== undefined) where.push(sql`unlinking.id = ${id}::bigint`)
          const rows = yield* sql`
            select unlinking.id::float8 as id, site_id as "siteId", visitor_id as "visitorId", unlinking.email, reason,
              ${instant(sql, "from_at", "from")}, ${instant(sql, "until_at", "until")},
              ${instant(sql, "decided_at", "decidedAt")}, decider.email as "decidedBy",
              ${instant(sql, "undone_at", "undoneAt")}, undoer.email as "undoneBy"
            from unlinking
            left join panel_user as decider on decider.unit_id = unlinking.unit_id and decider.id = decided_by
            left join panel_user as undoer on undoer.unit_id = unlinking.unit_id and undoer.id = undone_by
            where ${sql.and(where)} order by unlinking.id desc limit ${decisionsMax}`
          return yield* Effect.orDie(decodeDecisions(rows))
        },
        (effect) => reading(sql, effect)
      )

      return Identifications.of({ add, ofVisitors, unlink, relink, visitors, eventsOf, decisions })
    })
  ).pipe(Layer.provide(Unsettled.layer))
}
