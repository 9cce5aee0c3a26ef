import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Caller, recorded } from "../RequestLog.ts"
import { writeKeyOf } from "./Credentials.ts"
import { Keyring } from "./Keyring.ts"
import { refuseKey } from "./Refusal.ts"

/**
 * `GET /v1/projects/:key/settings`: what analytics.js asks of its CDN before anything else. It is told to send to where it
 * asked, and to load nothing from elsewhere.
 *
 * *Source*: @segment/analytics-next 1.84.3, browser/settings.ts and plugins/segmentio.
 */
export const getSettings = Effect.gen(function* () {
  const { key = "" } = yield* HttpRouter.params
  const found = yield* find(key)
  if (found === null) return refuseKey((yield* Caller).requestId)
  const { host, protocol } = addressOf(yield* HttpServerRequest.HttpServerRequest)
  const segment = { apiKey: key, apiHost: `${host}/v1`, protocol, retryQueue: true, addBundledMetadata: true }
  return unstored({
    integrations: { "Segment.io": segment },
    plan: { track: {}, identify: {}, group: {} },
    edgeFunction: {},
    middlewareSettings: {},
    enabledMiddleware: {},
    remotePlugins: [],
    legacyVideoPluginsEnabled: false,
    analyticsNextEnabled: true,
    metrics: { sampleRate: 0 }
  })
}).pipe((handler) => recorded(handler, "refusals"), Effect.withSpan("GET /v1/projects/:key/settings"))

/**
 * `GET /sourceConfig`: what RudderStack's browser client asks of its control plane (its `configUrl`): a source without
 * destinations, and no reports about itself to anybody.
 *
 * *Source*: @rudderstack/analytics-js 3.34.1, its ConfigManager.
 */
export const getSourceConfig = Effect.gen(function* () {
  const key = writeKeyOf(yield* HttpServerRequest.HttpServerRequest)
  const found = yield* find(key)
  if (found === null) return refuseKey((yield* Caller).requestId)
  const { siteId, unitId } = found
  return unstored({
    source: {
      id: siteId,
      name: siteId,
      writeKey: key,
      workspaceId: String(unitId),
      enabled: true,
      config: { statsCollection: { errors: { enabled: false }, metrics: { enabled: false } } },
      destinations: [],
      connections: []
    }
  })
}).pipe((handler) => recorded(handler, "refusals"), Effect.withSpan("GET /sourceConfig"))

const find = Effect.fnUntraced(function* (text: string) {
  const key = yield* (yield* Keyring).find(text)
  yield* (yield* Caller).identify(key)
  return key
})

/** The answer names the host that was asked: no cache may give it to somebody who asked another. */
const unstored = (body: object) => HttpServerResponse.jsonUnsafe(body, { headers: { "cache-control": "no-store" } })

/** The address that the browser sees: a proxy in front tells it, the one nearest to the browser first. */
const addressOf = ({ headers }: HttpServerRequest.HttpServerRequest) => ({
  host: firstOf(headers["x-forwarded-host"]) ?? headers["host"] ?? "",
  protocol: firstOf(headers["x-forwarded-proto"]) === "https" ? "https" : "http"
})

const firstOf = (list: string | undefined): string | undefined => list?.split(",")[0]?.trim()
