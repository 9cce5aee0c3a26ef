import type { ActivityDoor } from "@spoor/contracts"
import { Event, type Intake } from "@spoor/contracts"
import type { Activity, Rejection } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Result } from "effect"

/** What the door makes of one readable batch: an answer for the client and an intake for the worker. */
export interface Decision {
  readonly answer: ActivityDoor.Answer
  readonly intake: Intake.Intake
}

/**
 * One verdict per event; a bad one never harms its siblings.
 *
 * *Units*: `receivedAt` in UTC milliseconds.
 */
export const decide = (key: Key, batch: ActivityDoor.ActivityBatch, receivedAt: number): Decision => {
  const verdicts: Array<ActivityDoor.Verdict> = []
  const activities: Array<Activity.Activity> = []
  const seen = new Set<string>()
  for (const item of batch.events) {
    const event = decode(key, item)
    if (Result.isFailure(event)) {
      verdicts.push({ ...idOf(item), verdict: "rejected", ...event.failure })
    } else if (seen.has(event.success.id)) {
      verdicts.push({ id: event.success.id, verdict: "duplicate" })
    } else {
      seen.add(event.success.id)
      verdicts.push({ id: event.success.id, verdict: "stored" })
      activities.push(Event.toActivity(event.success, { siteId: key.siteId, receivedAt, sentAt: batch.sentAt }))
    }
  }
  const count = (verdict: ActivityDoor.Verdict["verdict"]) => verdicts.filter((one) => one.verdict === verdict).length
  const duplicate = count("duplicate")
  const rejected = count("rejected")
  return {
    answer: { success: true, stored: activities.length, duplicate, rejected, verdicts },
    intake: { unitId: key.unitId, siteId: key.siteId, activities, duplicates: duplicate, rejected }
  }
}

/** Only a server key may say when something was received (sessions.md 1.4). */
const decode = (key: Key, item: unknown): Result.Result<Event.Event, Rejection.Rejection> =>
  Result.flatMap(Event.decode(item), (event) =>
    event.receivedAt !== undefined && key.kind !== "server"
      ? Result.fail({ reason: "forbidden", pointer: "/receivedAt" })
      : Result.succeed(event)
  )

const idOf = (item: unknown): { readonly id?: string } =>
  typeof item === "object" && item !== null && "id" in item && typeof item.id === "string"
    ? { id: item.id.slice(0, 128).toWellFormed() }
    : {}
