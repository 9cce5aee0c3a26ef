import { SegmentDoor, type SegmentEventTable, SegmentMapping } from "@spoor/contracts"
import { Time } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Effect, Option, Result, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { createHash } from "node:crypto"
import { messagesOf } from "../Lanes.ts"
import * as Metrics from "../Metrics.ts"
import { Caller, recorded } from "../RequestLog.ts"
import * as Body from "./Body.ts"
import { writeKeyOf } from "./Credentials.ts"
import { EventTables } from "./EventTables.ts"
import { Keyring } from "./Keyring.ts"
import { refuse, refuseBody, refuseKey, refuseUnkept } from "./Refusal.ts"
import { getSettings, getSourceConfig } from "./SegmentSettings.ts"
import * as Verdicts from "./Verdicts.ts"

type CallType = (typeof SegmentDoor.callTypes)[number]

/** Takes calls. *Shape*: `type` is that of a path which takes one call; null for a path that takes batches. */
const post = Effect.fn("Segment.post")(
  function* (type: CallType | null) {
    const request = yield* HttpServerRequest.HttpServerRequest
    const queue = yield* Queue
    const keyring = yield* Keyring
    const { identify, requestId } = yield* Caller
    yield* identify(yield* keyring.find(writeKeyOf(request)))

    const text = yield* Body.text(SegmentDoor.bytesMax)
    if (Result.isFailure(text)) return refuseBody(text.failure, SegmentDoor.bytesMax, requestId)
    const sent = read(text.success, type, request.headers["sentat"])
    if (sent === null) {
      return refuse("malformed", `Expected JSON such as ${type === null ? '{"batch": [ … ]}' : "a call"}.`, requestId)
    }
    if (sent.calls.length > SegmentDoor.messagesMax) {
      return refuse("too-large", `A request may carry at most ${SegmentDoor.messagesMax} calls.`, requestId)
    }
    const key = yield* keyring.find(writeKeyOf(request, sent.writeKey))
    if (key === null) return refuseKey(requestId)
    yield* identify(key)

    const table = yield* (yield* EventTables).of(key)
    const receivedAt = yield* Clock.currentTimeMillis
    const { answer, intake } = Verdicts.decide(
      key,
      { door: "segment", items: sent.calls, receivedAt, sentAt: sent.sentAt },
      decoder(key, receivedAt, sent.sentAt, table)
    )
    const kept = yield* Effect.result(queue.append(messagesOf(requestId, intake)))
    if (Result.isFailure(kept)) return yield* refuseUnkept(kept.failure, requestId)
    yield* Metrics.judged(intake.door, answer, intake.rejections)
    return HttpServerResponse.jsonUnsafe(answerOf(answer))
  },
  (handler) => recorded(handler, "refusals")
)

/** Reads one call. A replay reads it with the site's table as it is then. */
export const decoder =
  (key: Pick<Key, "siteId">, receivedAt: number, sentAt: number | undefined, table: SegmentEventTable.EventTable) =>
  (call: unknown) =>
    SegmentMapping.read(call, { siteId: key.siteId, receivedAt, sentAt, table, hash })

/**
 * The paths of the clients: servers and RudderStack send batches, browsers single calls to the first letter of their type
 * or, RudderStack's, to its name; beacons have the key in their query. A slash at the end makes no difference.
 *
 * *Source*: clients.md 1 to 4.
 */
export const routes = HttpRouter.addAll([
  ...(["/v1/batch", "/v1/b", "/beacon/v1/batch"] as const).map((path) => HttpRouter.route("POST", path, post(null))),
  ...SegmentDoor.callTypes.map((type) => HttpRouter.route("POST", `/v1/${type}`, post(type))),
  ...(["track", "page", "identify", "group", "alias"] as const).map((type) =>
    HttpRouter.route("POST", `/v1/${type.charAt(0)}` as `/${string}`, post(type))
  ),
  HttpRouter.route("GET", "/v1/projects/:key/settings", getSettings),
  HttpRouter.route("GET", "/sourceConfig", getSourceConfig)
])

const hash = (id: string): string => createHash("sha256").update(id).digest("hex")

interface Sent {
  readonly calls: ReadonlyArray<unknown>
  readonly writeKey?: string | undefined
  readonly sentAt?: Time.Instant | undefined
}

const decodeBody = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))
const decodeInstant = Schema.decodeUnknownOption(Time.InstantFromWire)

/** What a request carries; null where that cannot be told. A time that cannot be read corrects nothing. */
const read = (text: string, type: CallType | null, sentAtHeader: string | undefined): Sent | null => {
  const body = Option.getOrNull(decodeBody(text))
  if (body === null) return null
  const { batch, writeKey, sentAt = sentAtHeader } = body
  const calls: ReadonlyArray<unknown> | null = Array.isArray(batch) ? batch : type === null ? null : [{ type, ...body }]
  if (calls === null) return null
  return {
    calls: calls.map(withoutKey),
    writeKey: typeof writeKey === "string" ? writeKey : undefined,
    sentAt: Option.getOrUndefined(decodeInstant(sentAt))
  }
}

/** Browsers repeat the key in every call. A rejected one is kept as it was sent: without the key. */
const withoutKey = (call: unknown): unknown => {
  if (typeof call !== "object" || call === null || !("writeKey" in call)) return call
  const { writeKey: _, ...rest } = call
  return rest
}

const answerOf = ({ verdicts, ...counts }: Verdicts.Decision["answer"]): SegmentDoor.Answer => ({
  ...counts,
  errors: verdicts.flatMap(({ id, reason, pointer }, place) =>
    reason === undefined || pointer === undefined
      ? []
      : [{ place, ...(id !== undefined && { messageId: id }), reason, pointer }]
  )
})
