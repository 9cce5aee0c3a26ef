import type { SmsIntake } from "@spoor/contracts"
import { Clock, Context, Effect, Layer, Metric, Result } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Gateways, type HeldGateway } from "../gateway/Gateways.ts"
import type { Fields, Plugin, RawRequest } from "../gateway/Plugin.ts"
import * as Body from "../report/Body.ts"
import { Handover } from "../report/Handover.ts"
import { legible } from "../report/Legible.ts"
import * as Reading from "../report/Reading.ts"
import * as Access from "./Access.ts"
import { Traces } from "../Traces.ts"
import { refuse } from "./Answer.ts"
import * as RawBody from "./RawBody.ts"
import { Replays } from "./Replays.ts"
import { Throttle } from "./Throttle.ts"

/** This app's address as gateways know it. *Shape*: without a slash at the end. */
export class PublicUrl extends Context.Service<PublicUrl, string>()("@spoor/sms/PublicUrl") {
  static readonly layer = (url: string) => Layer.succeed(PublicUrl, url)
}

/** *Shape*: by `outcome`: taken, again, unread, and what is refused. Gateways are few, so their keys may be labels. */
const requests = Metric.counter("spoor_sms_reports_total", {
  description: "Calls of gateways, by what came of them",
  incremental: true
})

const counted = (gateway: string, outcome: string) =>
  Metric.update(Metric.withAttributes(requests, { gateway, outcome }), 1)

/** `/sms/v1/dlr/{gateway}[/{secret}]`: what gateways say of messages. Answered when the queue has it. */
const receive = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { gateway: key = "", secret } = yield* HttpRouter.params
  const held = yield* (yield* Gateways).find(key)
  if (held === null || (held.plugin === null && held.problem === null)) {
    return refuse("not-found", "There is no gateway with this name that reports by HTTP.")
  }
  const body = yield* RawBody.read
  if (Result.isFailure(body)) return refuse(body.failure, RawBody.messageOf[body.failure])
  const raw = rawOf(request, body.success, yield* PublicUrl)
  if (raw === null) return refuse("not-allowed", "Gateways report by GET or POST.", { allow: "GET, POST" })
  const now = yield* Clock.currentTimeMillis
  const from = { address: request.remoteAddress, pathSecret: secret ?? null }
  const verdict = Access.judge(held, raw, from, now)
  const { note } = yield* Traces
  if (verdict._tag === "refused") {
    note(held.gateway.id, () => `${raw.method} refused: ${verdict.refusal}`)
    yield* counted(key, verdict.refusal)
    return refusalOf(verdict.refusal, held.plugin)
  }
  if ((yield* Throttle).isOver(held.gateway.id, held.settings.callsPerSecond, now)) {
    yield* counted(key, "throttled")
    note(held.gateway.id, () => `${raw.method} throttled`)
    return throttled(held.plugin)
  }
  return yield* take(held, raw, verdict.nonce, now)
})

/** A request that is the gateway's. */
const take = Effect.fnUntraced(function* (held: HeldGateway, raw: RawRequest, nonce: string | null, now: number) {
  const { gateway, settings } = held
  const plugin = held.plugin!
  if (!plugin.mapping.methods.includes(raw.method)) {
    const allow = plugin.mapping.methods.join(", ")
    return refuse("not-allowed", `This gateway reports by ${allow}.`, { allow })
  }
  const replays = yield* Replays
  const { note } = yield* Traces
  const read = yield* readAll(held, plugin, raw, now)
  for (const { payload, rawCode, said } of read.reports) {
    note(gateway.id, () => `${raw.method} ${said}${rawCode === null ? "" : ` ${rawCode}`}: ${payload}`)
  }
  for (const { reason } of read.unreadable) note(gateway.id, () => `${raw.method} not understood: ${reason}`)
  if (nonce !== null && replays.isKnown(gateway.id, nonce, now)) {
    yield* counted(gateway.key, "again")
    return answerOf(plugin, read.fields)
  }
  const handed = yield* Effect.result((yield* Handover).give({ unitId: gateway.unitId, ...read }))
  if (Result.isFailure(handed)) {
    yield* counted(gateway.key, "unavailable")
    return refuse("unavailable", "Not kept; please send the same again.")
  }
  const [first] = read.unreadable
  if (first !== undefined) {
    yield* counted(gateway.key, "unread")
    yield* Effect.logWarning("A report was not understood; it is kept", { gateway: gateway.key, reason: first.reason })
    return refuse("malformed", `${first.reason} What was sent is kept.`)
  }
  if (nonce !== null) replays.remember(gateway.id, nonce, now + 2 * settings.replayWindowSeconds * 1_000)
  yield* counted(gateway.key, "taken")
  return answerOf(plugin, read.fields)
})

interface Read {
  readonly fields: ReadonlyArray<Fields>
  readonly reports: ReadonlyArray<SmsIntake.SmsReport>
  readonly unreadable: ReadonlyArray<SmsIntake.SmsUnreadable>
}

const readAll = Effect.fnUntraced(function* (held: HeldGateway, plugin: Plugin, raw: RawRequest, now: number) {
  const { newId } = yield* Handover
  const found = Body.reportsOf(raw, plugin.mapping)
  const unread = (reason: string): SmsIntake.SmsUnreadable => ({
    gatewayId: held.gateway.id,
    receivedAt: now,
    reason: legible(reason, 500),
    payload: payloadOf(raw)
  })
  if (Result.isFailure(found)) return { fields: [], reports: [], unreadable: [unread(found.failure)] } satisfies Read
  const reports: Array<SmsIntake.SmsReport> = []
  const reasons = new Set<string>()
  for (const fields of found.success.flatMap((one) => plugin.refine?.(one) ?? [one])) {
    const statement = Reading.read(plugin.mapping, held, fields)
    if (Result.isFailure(statement)) reasons.add(statement.failure)
    else reports.push(Reading.reportOf(held, statement.success, { id: yield* newId, receivedAt: now }))
  }
  return { fields: found.success, reports, unreadable: [...reasons].map(unread) } satisfies Read
})

/** What was not understood may hold anything, also the message's text: who mends the mapping sees the beginning of it. */
const unreadMax = 2_000

const payloadOf = ({ body, query }: RawRequest): string =>
  legible(body.length === 0 ? query : Buffer.from(body.subarray(0, 4 * unreadMax)).toString("utf8"), unreadMax)

const rawOf = (
  { headers, method, url }: HttpServerRequest.HttpServerRequest,
  body: Uint8Array,
  publicUrl: string
): RawRequest | null => {
  if (method !== "GET" && method !== "POST") return null
  const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : ""
  return { method, url: `${publicUrl}${url}`, query, headers, body }
}

const answerOf = ({ mapping, reply }: Plugin, fields: ReadonlyArray<Fields>) =>
  HttpServerResponse.text(reply?.(fields) ?? mapping.reply.body, {
    status: mapping.reply.status,
    contentType: mapping.reply.contentType
  })

const throttled = (plugin: Plugin | null) =>
  plugin?.throttledStatus === 429
    ? refuse("too-fast", "Too many calls at once; please send the same again.", { "retry-after": "1" })
    : refuse("unavailable", "Too many calls at once; please send the same again.")

const refusalOf = (refusal: Access.Refusal, plugin: Plugin | null) => {
  switch (refusal) {
    case "unusable":
      return refuse("unavailable", "This gateway's settings cannot be used; the log says why.")
    case "unprotected":
      return refuse("forbidden", "This gateway has no secret: nothing proves that a report is its.")
    case "address":
      return refuse("forbidden", "This gateway does not report from this address.")
    case "path":
      return refuse("unauthorized", "The secret at the end of the address is missing or wrong.")
    case "basic":
      return refuse("unauthorized", "User and password are missing or wrong.", { "www-authenticate": "Basic" })
    case "unsigned":
      return plugin?.unsignedStatus === 503
        ? refuse("unavailable", "The request is not signed; please send it again with its signature.")
        : refuse("unauthorized", "The request is not signed.")
    case "signature":
      return refuse("unauthorized", "The signature is wrong.")
    case "stale":
      return refuse("unauthorized", "The signature is too old, or of a time to come.")
  }
}

/** All methods: a wrong one is answered with the right ones. */
export const routes = HttpRouter.addAll([
  HttpRouter.route("*", "/sms/v1/dlr/:gateway", receive),
  HttpRouter.route("*", "/sms/v1/dlr/:gateway/:secret", receive)
])
