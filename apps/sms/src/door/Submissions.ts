import { type ActivityDoor, SmsDoor, type SmsIntake } from "@spoor/contracts"
import type { Key } from "@spoor/postgres"
import { Clock, Effect, Result, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Gateways, type HeldGateway } from "../gateway/Gateways.ts"
import { Handover } from "../report/Handover.ts"
import * as Reading from "../report/Reading.ts"
import { refuse } from "./Answer.ts"
import { Keyring } from "./Keyring.ts"
import * as RawBody from "./RawBody.ts"
import { recorded } from "./RequestLog.ts"

const decodeBatch = Schema.decodeUnknownResult(Schema.fromJsonString(SmsDoor.SubmissionBatch))

/** `POST /sms/v1/submissions`: what the sending service tells of messages that it handed to gateways. */
const register = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const bearer = /^Bearer +(\S+)$/iu.exec(request.headers["authorization"] ?? "")?.[1] ?? ""
  const key = yield* (yield* Keyring).find(bearer)
  return { key, response: yield* answer(request, key) }
})

const answer = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest, key: Key | null) {
  if (request.method !== "POST") return refuse("not-allowed", "This door takes POST only.", { allow: "POST" })
  if (key === null) return refuse("unauthorized", "The server key is missing, not known or revoked.")
  if (key.kind !== "server")
    return refuse("forbidden", "This door takes server keys only, and the key is one that stands in pages.")
  const body = yield* RawBody.read
  if (Result.isFailure(body)) return refuse(body.failure, RawBody.messageOf[body.failure])
  const batch = decodeBatch(Buffer.from(body.success).toString("utf8"))
  if (Result.isFailure(batch)) return refuse("malformed", 'Expected JSON such as {"items": [ … ]}.')
  const { items } = batch.success
  if (items.length > SmsDoor.itemsMax) {
    return refuse("too-large", `A request may carry at most ${SmsDoor.itemsMax} items.`)
  }
  const { reports, verdicts } = yield* judge(key.unitId, items)
  const handed = yield* Effect.result((yield* Handover).give({ unitId: key.unitId, reports, unreadable: [] }))
  if (Result.isFailure(handed)) {
    return refuse("unavailable", "Not kept; please send the same items again in a few seconds.")
  }
  return HttpServerResponse.jsonUnsafe(answerOf(verdicts))
})

/** One verdict per item, in the order in which they were sent; a bad one never harms its siblings. */
const judge = Effect.fnUntraced(function* (unitId: number, items: ReadonlyArray<unknown>) {
  const gateways = yield* Gateways
  const { newId } = yield* Handover
  const receivedAt = yield* Clock.currentTimeMillis
  const reports: Array<SmsIntake.SmsReport> = []
  const verdicts: Array<ActivityDoor.Verdict> = []
  const seen = new Set<string>()
  for (const item of items) {
    const decoded = SmsDoor.decodeSubmission(item)
    if (Result.isFailure(decoded)) {
      verdicts.push({ verdict: "rejected", ...decoded.failure })
      continue
    }
    const submission = decoded.success
    const { id } = submission
    const held = yield* gateways.find(submission.gateway)
    if (held === null || held.gateway.unitId !== unitId) {
      verdicts.push({ id, verdict: "rejected", reason: "invalid", pointer: "/gateway" })
    } else if (seen.has(id)) {
      verdicts.push({ id, verdict: "duplicate" })
    } else {
      seen.add(id)
      verdicts.push({ id, verdict: "stored" })
      reports.push(Reading.reportOf(held, statementOf(held, submission), { id: yield* newId, receivedAt }))
    }
  }
  return { reports, verdicts }
})

const statementOf = (
  { plugin, gateway }: HeldGateway,
  { at, error, id, messageIds = [], phone, ref, sender }: SmsDoor.Submission
): Reading.Statement => {
  const kind = plugin?.mapping.kind ?? (gateway.plugin === "smpp" ? "smpp" : null)
  return {
    ids: messageIds,
    // One that has no name of its own goes by its submission: refused ones have none.
    refs: ref === undefined ? (messageIds.length === 0 ? [`submission ${id}`] : []) : [ref],
    phone: phone ?? null,
    sender: sender ?? null,
    codes: error?.codes ?? {},
    kind,
    said: error === undefined ? "submitted" : "failed",
    text: error?.text ?? null,
    reportedAt: at ?? null,
    protocol: gateway.plugin === "smpp" ? "smpp" : "http",
    payload: JSON.stringify({ id, ...(error !== undefined && { error }) }),
    key: `submission ${id}`,
    isRegistration: true
  }
}

const answerOf = (verdicts: ReadonlyArray<ActivityDoor.Verdict>): ActivityDoor.Answer => {
  const count = (wanted: ActivityDoor.Verdict["verdict"]) => verdicts.filter(({ verdict }) => verdict === wanted).length
  return {
    success: true,
    stored: count("stored"),
    duplicate: count("duplicate"),
    rejected: count("rejected"),
    verdicts: [...verdicts]
  }
}

export const routes = HttpRouter.add("*", "/sms/v1/submissions", recorded(register))
