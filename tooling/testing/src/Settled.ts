import { type Outcome, type Rules, Site } from "@spoor/domain"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"

/** A session and an outcome as both the tables and the rules can say them. *Units*: instants in UTC milliseconds. */
interface Session {
  readonly id: string
  readonly email: string | null
  readonly events: number
  readonly startedAt: number
  readonly endedAt: number
}
interface Told {
  readonly key: string
  readonly type: Outcome.OutcomeType
  readonly visitor: string | null
  readonly email: string | null
  readonly session: string | null
  readonly recoveredBy: string | null
}

/** *Shape*: sessions by ID, outcomes by key, in UTF-16 order. */
export interface Settled {
  readonly sessions: ReadonlyArray<Session>
  readonly outcomes: ReadonlyArray<Told>
}

/** What stands in the tables for a unit. */
export const stored = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const sessions = yield* sql<Session>`
    select id, email, event_count as events, (extract(epoch from started_at) * 1000)::float8 as "startedAt",
      (extract(epoch from ended_at) * 1000)::float8 as "endedAt"
    from session where unit_id = ${unitId} order by id collate "C"`
  const outcomes = yield* sql<Told>`
    select row.key, row.type, row.visitor_id as visitor, row.email, session.id as session, recovery.key as "recoveredBy"
    from session_event as row
    left join session on session.unit_id = row.unit_id and session.no = row.session_no
    left join session_event as recovery on recovery.unit_id = row.unit_id and recovery.id = row.recovered_by
      and recovery.superseded_at is null
    where row.unit_id = ${unitId} and row.superseded_at is null order by row.key collate "C"`
  return { sessions, outcomes } satisfies Settled
})

/** What the rules say of the whole set, whenever it is due. */
export const ofRules = (rules: Rules.Rules, input: Site.Input): Settled => {
  const { outcomes, sessions } = Site.sessionize(rules, input, Infinity)
  return {
    sessions: sessions
      .map(({ email, endedAt, eventIds, id, startedAt }) => ({
        id,
        email,
        events: eventIds.length,
        startedAt,
        endedAt
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1)),
    outcomes: outcomes.map(told).sort((a, b) => (a.key < b.key ? -1 : 1))
  }
}

const told = (outcome: Outcome.Outcome): Told => ({
  key: outcome.key,
  type: outcome.type,
  visitor: outcome.visitorId,
  email: outcome.email,
  session: outcome.sessionId,
  recoveredBy: outcome.type === "FinalizedTransaction" ? null : outcome.recoveredBy
})
