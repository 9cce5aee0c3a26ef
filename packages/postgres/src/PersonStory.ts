import { Cart, Ids, LogRow, Session, Time } from "@spoor/domain"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import { type Identity, type Who, over } from "./PersonIdentity.ts"
import { instant, pageOf, type Page, reading } from "./Keyset.ts"

/** What an entry of a person's timeline is: a whole session, or a row that belongs to none. The order is that of one instant. */
export const kinds = ["sms", "api", "panel", "session-events", "session"] as const
export type Kind = (typeof kinds)[number]

/** A session's is its `no`, any other's the ID of its row. *Units*: `at` in UTC milliseconds; of a session, its end. */
export interface Entry {
  readonly kind: Kind
  readonly at: number
  readonly id: number
}

export type PersonTurn =
  | { readonly direction: "newest" }
  | { readonly direction: "older" | "newer"; readonly cursor: Entry }

const Visit = Schema.Struct({
  no: Schema.Int,
  id: Ids.SessionId,
  siteId: Ids.SiteId,
  visitorId: Ids.VisitorId,
  email: Schema.NullOr(Ids.Email),
  startedAt: Time.Instant,
  endedAt: Time.Instant,
  closedAt: Time.Instant,
  endedBy: Schema.NullOr(Schema.Literals(["inactivity", "identity", "capped"])),
  eventCount: Schema.Int,
  cart: Schema.NullOr(Cart.Cart),
  device: Schema.NullOr(Schema.String),
  activityIds: Schema.Array(LogRow.LogId),
  outcomeIds: Schema.Array(LogRow.LogId)
})

/** A session of a person. *Shape*: `activityIds` are its newest events, at most `visitEventsMax`. */
export type PersonVisit = typeof Visit.Type & { readonly isActive: boolean }

/** What outcomes of one type amount to in one currency; null where a row knows none. *Units*: minor units. */
export interface Sum {
  readonly type: "AbandonedBrowse" | "AbandonedCart" | "FinalizedTransaction"
  readonly currency: string | null
  readonly count: number
  readonly recovered: number
  readonly value: number
}

/** Somebody or some browser that shares sessions with the person. */
export interface Companion {
  readonly value: string
  readonly sessions: number
  readonly lastAt: number
}

/**
 * What the head of the page says. *Shape*: `sessions` and `sums` are of what carries the person's e-mail, or, of a
 * visitor, of all of the browser's; `anonymous` counts the sessions of the person's browsers without any e-mail.
 */
export interface PersonFacts {
  readonly sessions: number
  readonly anonymous: number
  readonly firstAt: number | null
  readonly lastAt: number | null
  readonly sums: ReadonlyArray<Sum>
  readonly visitors: ReadonlyArray<Companion>
  readonly emails: ReadonlyArray<Companion>
}

/** Entries on one page. */
export const personEntriesMax = 20

/** Events of one session that the timeline shows; the rest stands in the log, filtered by the session. */
export const visitEventsMax = 12

const companionsMax = 20

const decodeVisits = Schema.decodeUnknownEffect(Schema.Array(Visit))

/**
 * All that a unit knows of one person, over its five logs. *Fails* with `SqlError`; rows that no schema accepts are
 * defects.
 */
export class PersonStory extends Context.Service<
  PersonStory,
  {
    readonly identify: (unitId: number, who: Who) => Effect.Effect<Identity, SqlError.SqlError>
    readonly facts: (unitId: number, identity: Identity) => Effect.Effect<PersonFacts, SqlError.SqlError>
    /** One page of the timeline, newest first. */
    readonly page: (
      unitId: number,
      identity: Identity,
      turn: PersonTurn
    ) => Effect.Effect<Page<Entry>, SqlError.SqlError>
    /** The sessions of these numbers. */
    readonly visits: (
      unitId: number,
      numbers: ReadonlyArray<number>
    ) => Effect.Effect<ReadonlyArray<PersonVisit>, SqlError.SqlError>
  }
>()("@spoor/postgres/PersonStory") {
  static readonly layer = Layer.effect(
    PersonStory,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const { identify, ofEmails, ofVisitors, onSites } = over(sql)

      /** What carries the person's e-mail, or is the browser's. */
      const own = (unitId: number, { by, emails, visitorIds }: Identity) =>
        by === "visitor" ? sql`${onSites(unitId)} and ${ofVisitors(visitorIds)}` : ofEmails(emails)

      /** Two conditions that share no row: another person's sessions in the same browser are in neither. */
      const scopes = (unitId: number, identity: Identity): ReadonlyArray<Statement.Fragment> =>
        identity.by === "visitor"
          ? [own(unitId, identity)]
          : [own(unitId, identity), sql`${onSites(unitId)} and ${ofVisitors(identity.visitorIds)} and email is null`]

      const companions = (unitId: number, identity: Identity, column: string) => sql<Companion>`
        select ${sql.literal(column)} as value, count(*)::float8 as sessions, ${instant(sql, "max(ended_at)", "lastAt")}
        from session where unit_id = ${unitId} and ${own(unitId, identity)} and ${sql.literal(column)} is not null
        group by 1 order by max(ended_at) desc, 1 limit ${companionsMax}`

      const facts = Effect.fn("PersonStory.facts")(
        function* (unitId: number, identity: Identity) {
          const [seen] = yield* sql<Pick<PersonFacts, "sessions" | "firstAt" | "lastAt">>`
            select count(*)::float8 as sessions, ${instant(sql, "min(started_at)", "firstAt")},
              ${instant(sql, "max(ended_at)", "lastAt")}
            from session where unit_id = ${unitId} and ${own(unitId, identity)}`
          const [others] = yield* sql<{ readonly count: number }>`
            select count(*)::float8 as count from session
            where unit_id = ${unitId} and ${identity.by !== "visitor"} and ${onSites(unitId)}
              and ${ofVisitors(identity.visitorIds)} and email is null`
          const sums = yield* sql<Sum>`
            select type, explanation #>> '{facts,currency}' as currency, count(*)::float8 as count,
              count(recovered_by)::float8 as recovered,
              coalesce(sum((explanation #>> '{facts,value}')::float8), 0) as value
            from session_event
            where unit_id = ${unitId} and superseded_at is null
              and ${identity.by === "visitor" ? ofVisitors(identity.visitorIds) : ofEmails(identity.emails)}
            group by 1, 2 order by 1, 2`
          return {
            sessions: seen?.sessions ?? 0,
            firstAt: seen?.firstAt ?? null,
            lastAt: seen?.lastAt ?? null,
            anonymous: others?.count ?? 0,
            sums,
            visitors: yield* companions(unitId, identity, "visitor_id"),
            emails: yield* companions(unitId, identity, "email")
          }
        },
        (effect) => reading(sql, effect)
      )

      const page = Effect.fn("PersonStory.page")(
        function* (unitId: number, identity: Identity, turn: PersonTurn) {
          const isUp = turn.direction === "newer"
          const order = sql.literal(isUp ? "asc" : "desc")
          const limit = personEntriesMax + 1
          /** Each branch is a stretch of an index of its own, cut before they are laid together. */
          const branch = (kind: Kind, table: string, key: string, at: string, where: Statement.Fragment) => {
            const [time, id] = [sql.literal(at), sql.literal(key)]
            return sql`(
              select ${kinds.indexOf(kind)}::integer as place, ${time} as at, ${id} as id from ${sql.literal(table)}
              where unit_id = ${unitId} and ${where} and ${beyond(sql, turn, kind, at, key)}
              order by ${time} ${order}, ${id} ${order} limit ${limit})`
          }
          // All that were about the person before any is sorted: asked for the newest alone, the planner walks the time instead
          // and reads the whole log (3.2 s of two million rows; so it is 2 ms).
          const subjects = identity.subjects.map((subject) => subject.slice(0, 400))
          const requests = sql`
            with request as materialized (
              select unit_id, occurred_at, id from api_log
              where unit_id = ${unitId} and left(url, 400) collate "C" = any(${subjects}::text[])
                and (url ^@ '/customers/' or url ^@ '/orders/'))`
          const branches = [
            ...scopes(unitId, identity).map((scope) => branch("session", "session", "no", "ended_at", scope)),
            ...scopes(unitId, identity).map((scope) =>
              branch("session-events", "session_event", "id", "occurred_at", sql`session_no is null and ${scope}`)
            ),
            branch(
              "panel",
              "panel_log",
              "id",
              "occurred_at",
              sql`user_email collate "C" = any(${identity.emails}::text[])`
            ),
            branch("api", "request", "id", "occurred_at", sql`true`),
            branch("sms", "sms_log", "id", "occurred_at", sql`phone = any(${identity.phones}::text[])`)
          ]
          const found = yield* sql<{ readonly place: number; readonly at: number; readonly id: number }>`
            ${requests}
            select place, ${instant(sql, "at", "at")}, id from (${sql.join(" union all ", false)(branches)}) as entry
            order by entry.at ${order}, place ${order}, id ${order} limit ${limit}`.unprepared
          const entries = found.map(({ place, at, id }): Entry => ({ kind: kinds[place]!, at, id }))
          return pageOf(turn, entries, personEntriesMax)
        },
        (effect) => reading(sql, effect)
      )

      const visits = Effect.fn("PersonStory.visits")(
        function* (unitId: number, numbers: ReadonlyArray<number>) {
          if (numbers.length === 0) return []
          const rows = yield* sql`
            select no, id, site_id as "siteId", visitor_id as "visitorId", email,
              ${instant(sql, "started_at", "startedAt")}, ${instant(sql, "ended_at", "endedAt")},
              ${instant(sql, "closed_at", "closedAt")}, ended_by as "endedBy", event_count as "eventCount", cart, device,
              to_json(array(
                select id::text from activity
                where unit_id = session.unit_id and session_no = session.no
                order by occurred_at desc, sequence desc, event_id collate "C" desc limit ${visitEventsMax}
              )) as "activityIds",
              to_json(array(
                select id::text from session_event
                where unit_id = session.unit_id and session_no = session.no order by occurred_at desc, id desc
              )) as "outcomeIds"
            from session where unit_id = ${unitId} and no = any(${numbers}::bigint[])`
          const now = yield* Clock.currentTimeMillis
          return (yield* Effect.orDie(decodeVisits(rows))).map((visit) => ({
            ...visit,
            isActive: Session.isActive(visit, now)
          }))
        },
        (effect) => reading(sql, effect)
      )

      return PersonStory.of({ identify, facts, page, visits })
    })
  )
}

/** What takes up after a cursor among the rows of one kind, where entries of one instant are in the order of their kinds. */
const beyond = (
  sql: SqlClient.SqlClient,
  turn: PersonTurn,
  kind: Kind,
  timeColumn: string,
  idColumn: string
): Statement.Fragment => {
  if (turn.direction === "newest") return sql`true`
  const { direction, cursor } = turn
  const at = sql`${Time.formatInstant(cursor.at)}::text::timestamptz`
  const [time, id, sign] = [timeColumn, idColumn, direction === "older" ? "<" : ">"].map((text) => sql.literal(text))
  const distance = kinds.indexOf(kind) - kinds.indexOf(cursor.kind)
  if (distance === 0) return sql`(${time}, ${id}) ${sign} (${at}, ${cursor.id}::bigint)`
  const isOneInstantIn = direction === "older" ? distance < 0 : distance > 0
  return isOneInstantIn ? sql`${time} ${sign}= ${at}` : sql`${time} ${sign} ${at}`
}
