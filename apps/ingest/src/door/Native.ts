import { ActivityDoor, Event } from "@spoor/contracts"
import type { Rejection } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Effect, Result, Schema } from "effect"
import { HttpServerRequest, HttpServerResponse } from "effect/http"
import { messagesOf } from "../Lanes.ts"
import * as Metrics from "../Metrics.ts"
import { Caller, recorded } from "../RequestLog.ts"
import * as Body from "./Body.ts"
import { writeKeyOf } from "./Credentials.ts"
import { Keyring } from "./Keyring.ts"
import { refuse, refuseBody, refuseKey, refuseUnkept } from "./Refusal.ts"
import * as Verdicts from "./Verdicts.ts"

const decodeBatch = Schema.decodeUnknownResult(Schema.fromJsonString(ActivityDoor.ActivityBatch))

/** `POST /v1/events`: what our own tracker, services and imports send. */
export const postEvents = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const queue = yield* Queue
  const keyring = yield* Keyring
  const { identify, requestId } = yield* Caller
  yield* identify(yield* keyring.find(writeKeyOf(request)))

  const text = yield* Body.text(ActivityDoor.bytesMax)
  if (Result.isFailure(text)) return refuseBody(text.failure, ActivityDoor.bytesMax, requestId)
  const batch = decodeBatch(text.success)
  if (Result.isFailure(batch)) {
    return refuse("malformed", 'Expected JSON such as {"writeKey": "wk_…", "sentAt": "…", "events": [ … ]}.', requestId)
  }
  const { events: items, sentAt, writeKey } = batch.success
  const key = yield* keyring.find(writeKeyOf(request, writeKey))
  if (key === null) return refuseKey(requestId)
  yield* identify(key)
  if (items.length > ActivityDoor.eventsMax) {
    return refuse("too-large", `A request may carry at most ${ActivityDoor.eventsMax} events.`, requestId)
  }

  const receivedAt = yield* Clock.currentTimeMillis
  const { answer, intake } = Verdicts.decide(
    key,
    { door: "native", items, receivedAt, sentAt },
    decoder(key, receivedAt, sentAt)
  )
  const kept = yield* Effect.result(queue.append(messagesOf(requestId, intake)))
  if (Result.isFailure(kept)) return yield* refuseUnkept(kept.failure, requestId)
  yield* Metrics.judged(intake.door, answer, intake.rejections)
  return HttpServerResponse.jsonUnsafe(answer)
}).pipe((handler) => recorded(handler, "refusals"))

/**
 * Reads one event. Only a server key may say when something was received (sessions.md 1.4); that is looked at first of
 * all, because a replay must tell from the reason what the key might say.
 */
export const decoder =
  (key: Pick<Key, "siteId" | "kind">, receivedAt: number, sentAt: number | undefined) =>
  (item: unknown): Result.Result<Verdicts.Kept, Rejection.Rejection> =>
    key.kind !== "server" && saysWhenReceived(item)
      ? Result.fail({ reason: "forbidden", pointer: "/receivedAt" })
      : Result.map(Event.decode(item), (event) => ({
          _tag: "Activity",
          activity: Event.toActivity(event, { siteId: key.siteId, receivedAt, sentAt })
        }))

const saysWhenReceived = (item: unknown): boolean =>
  typeof item === "object" && item !== null && "receivedAt" in item && item.receivedAt !== null
