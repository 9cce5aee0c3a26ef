import type { Place } from "@spoor/postgres"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"

/** What the worker has written of a site, and what its books say was sent. */
export interface Tracks {
  readonly activities: ReadonlyArray<{ readonly id: string; readonly type: string; readonly visitor: string }>
  readonly identifications: ReadonlyArray<{ readonly id: string; readonly email: string; readonly visitor: string }>
  readonly rejected: ReadonlyArray<{ readonly reason: string; readonly pointer: string; readonly item: string }>
}

export const read = Effect.fnUntraced(function* ({ unitId, siteId }: Place) {
  const sql = yield* SqlClient.SqlClient
  const activities = yield* sql<Tracks["activities"][number]>`
    select event_id as id, type::text as type, visitor_id as visitor from activity
    where unit_id = ${unitId} and site_id = ${siteId} order by occurred_at, event_id`
  const identifications = yield* sql<Tracks["identifications"][number]>`
    select id, email, visitor_id as visitor from identification
    where unit_id = ${unitId} and site_id = ${siteId} order by id`
  const rejected = yield* sql<Tracks["rejected"][number]>`
    select reason::text as reason, pointer, item from rejected_item
    where unit_id = ${unitId} and site_id = ${siteId} order by id`
  return { activities, identifications, rejected } satisfies Tracks
}, Effect.orDie)

/** Waits until so many items are written: the worker is another process, and clients try again when they like. */
export const until = (place: Place, count: number) =>
  read(place).pipe(
    Effect.repeat({
      until: (tracks) => countOf(tracks) >= count,
      schedule: Schedule.spaced("100 millis"),
      times: 600
    }),
    Effect.andThen(read(place))
  )

const countOf = ({ activities, identifications, rejected }: Tracks): number =>
  activities.length + identifications.length + rejected.length
