import { type Activity, Explanation, Ids, Rules, type Session, Site as Sessionized } from "@spoor/domain"
import { Effect, Layer } from "effect"
import { Activities, type Place } from "../src/Activities.ts"
import { ActivityLog } from "../src/ActivityLog.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"
import { SessionEventLog } from "../src/SessionEventLog.ts"
import { SessionEvents } from "../src/SessionEvents.ts"
import { Sessions } from "../src/Sessions.ts"
import { SessionStory } from "../src/SessionStory.ts"
import { Sites } from "../src/Sites.ts"

/** A migrated, empty server with every service that the read models' tests need. */
export const layer = Layer.mergeAll(
  Activities.layer,
  ActivityLog.layer,
  SessionEventLog.layer,
  SessionEvents.layer,
  Sessions.layer,
  SessionStory.layer,
  Sites.layer,
  Layer.effectDiscard(migrate)
).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provideMerge(EmbeddedPostgres.layerEphemeral)
)

export const siteId = Ids.SiteId.make("shop")

/** A new business unit with one site. */
export const open = Effect.fn(function* (name: string) {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name, timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name, url: "https://shop.example" }, Rules.defaults)
  return unitId
})

/** An event of one visitor; everything else as a test wants it. */
export const event = (
  id: string,
  occurredAt: number,
  more: Partial<Omit<Activity.Activity, "id" | "occurredAt" | "visitorId">> & { readonly visitor?: string } = {}
): Activity.Activity => {
  const { visitor = "v1", ...rest } = more
  return {
    id: Ids.EventId.make(id),
    siteId,
    visitorId: Ids.VisitorId.make(visitor),
    type: "VisitOnWebsite",
    occurredAt,
    receivedAt: occurredAt,
    sequence: 0,
    ...rest
  }
}

/** Writes sessions into new rows; gives their numbers. */
export const write = Effect.fn(function* (place: Place, sessions: ReadonlyArray<Session.Session>) {
  const repository = yield* Sessions
  const rows = yield* repository.rows(sessions.map((session) => ({ no: null, isRenamed: false, session, dueAt: null })))
  yield* repository.write(place, rows)
  return rows.map(({ no }) => no)
})

/** Writes what the worker would have written for these events at `now`, by its own repositories. */
export const fill = Effect.fn(function* (unitId: number, events: ReadonlyArray<Activity.Activity>, now: number) {
  const place = { unitId, siteId }
  const { sessions, outcomes } = Sessionized.sessionize(Rules.defaults, { events }, now)
  const numbers = yield* write(place, sessions)
  const rowOf = new Map(sessions.flatMap(({ eventIds }, index) => eventIds.map((id) => [id, numbers[index]!] as const)))
  const numberOf = new Map(sessions.map(({ id }, index) => [id, numbers[index]!]))
  const rows = events.map((activity) => ({ isLate: false, activity, sessionNo: rowOf.get(activity.id)! }))
  yield* (yield* Activities).insert(place, rows)
  const emissions = outcomes.map((outcome) => ({
    outcome,
    explanation: Explanation.explain(Rules.defaults, outcome),
    isHistoric: false,
    sessionNo: outcome.sessionId === null ? null : (numberOf.get(outcome.sessionId) ?? null)
  }))
  yield* (yield* SessionEvents).emit(place, emissions, now)
  return { sessions, outcomes, numbers }
})
