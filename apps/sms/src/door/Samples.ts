import { SmsDoor, SmsSample } from "@spoor/contracts"
import { Zone } from "@spoor/domain"
import { SmsHealth } from "@spoor/postgres"
import { Clock, DateTime, Effect, Option, Result, Schema } from "effect"
import { Headers, HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Plugin, RawRequest } from "../gateway/Plugin.ts"
import { pluginOf } from "../gateway/Plugins.ts"
import * as Body from "../report/Body.ts"
import * as Reading from "../report/Reading.ts"
import { refuse } from "./Answer.ts"
import * as RawBody from "./RawBody.ts"

const decode = Schema.decodeUnknownResult(Schema.fromJsonString(SmsSample.Sample))

/** `POST /sms/v1/samples`: what would be understood of a call. Nothing is kept. The panel asks, with the ticket of an adapter. */
const tryOut = Effect.gen(function* () {
  const request = yield* HttpServerRequest.HttpServerRequest
  const ticket = /^Bearer +(\S+)$/iu.exec(request.headers["authorization"] ?? "")?.[1] ?? ""
  const now = yield* Clock.currentTimeMillis
  const known = yield* Effect.result((yield* SmsHealth).isTicket(ticket, now))
  if (Result.isFailure(known)) return refuse("unavailable", "The database does not answer.")
  if (!known.success) return refuse("unauthorized", "Samples are tried in the panel.")
  const body = yield* RawBody.read
  if (Result.isFailure(body)) return refuse(body.failure, RawBody.messageOf[body.failure])
  const sample = decode(Buffer.from(body.success).toString("utf8"))
  if (Result.isFailure(sample)) return refuse("malformed", "Expected a plugin, its settings and a request.")
  return HttpServerResponse.jsonUnsafe(understand(sample.success, now))
})

/** *Units*: UTC milliseconds. */
const understand = ({ plugin: name, request, settings }: SmsSample.Sample, now: number): SmsSample.Answer => {
  const plugin = pluginOf({ plugin: name, settings })
  if (plugin === null) return { reports: [], problems: ["There is no mapping."] }
  const zone = Option.getOrElse(Zone.find(settings.zone), () => DateTime.zoneMakeNamedUnsafe("UTC"))
  const held = { gateway: { unitId: 0, id: 0, key: "sample", name, plugin: name, settings }, settings, zone }
  const found = Body.reportsOf(rawOf(request, plugin), plugin.mapping)
  if (Result.isFailure(found)) return { reports: [], problems: [found.failure] }
  const read = found.success
    .slice(0, SmsDoor.itemsMax)
    .flatMap((fields) => plugin.refine?.(fields) ?? [fields])
    .map((fields) => Reading.read(plugin.mapping, held, fields))
  return {
    reports: read.flatMap((one) => {
      if (Result.isFailure(one)) return []
      const { entry, phone, said, sender } = Reading.reportOf(held, one.success, { id: "", receivedAt: now })
      return {
        said,
        phone,
        sender,
        messageId: one.success.ids[0] ?? null,
        code: entry?.error.code ?? null,
        text: entry?.error.text ?? null,
        category: entry?.details.category ?? null,
        reportedAt: one.success.reportedAt
      }
    }),
    problems: [...new Set(read.flatMap((one) => (Result.isFailure(one) ? [one.failure] : [])))]
  }
}

/** A whole request as somebody pasted it, or only its query or its body. */
const rawOf = (pasted: string, { mapping }: Plugin): RawRequest => {
  const text = pasted.trim()
  const [head = "", ...rest] = text.split(/\r?\n\r?\n/u)
  const [, method = "", target = ""] = /^(GET|POST) +(\S+)/u.exec(head) ?? []
  if (method === "") {
    const isQuery = mapping.methods[0] === "GET" || !/^[<[{]/u.test(text)
    return rawRequest(isQuery ? "GET" : "POST", isQuery ? text.replace(/^[^?\s]*\?/u, "") : "", isQuery ? "" : text)
  }
  return rawRequest(method, target.includes("?") ? target.slice(target.indexOf("?") + 1) : "", rest.join("\n\n"))
}

const rawRequest = (method: string, query: string, body: string): RawRequest => ({
  method: method === "GET" ? "GET" : "POST",
  url: "",
  query,
  headers: Headers.empty,
  body: new Uint8Array(Buffer.from(body))
})

export const routes = HttpRouter.add("POST", "/sms/v1/samples", tryOut)
