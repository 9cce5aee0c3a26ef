import { CustomEventsApi } from "@spoor/contracts"
import { Time } from "@spoor/domain"
import { type CustomEvent, CustomEvents } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { Caller } from "../RequestLog.ts"
import { body, resource } from "./Resource.ts"

const encode = Schema.encodeSync(CustomEventsApi.CustomEvent)

/** `/scenariocustomevents`. They are read at `GET /v1/custom-events`. */
export const customEvents = resource({
  POST: Effect.fn("POST /scenariocustomevents")(function* (unitId) {
    const sent = yield* body(CustomEventsApi.decodeNew)
    const receivedAt = yield* Clock.currentTimeMillis
    const { event, isNew } = yield* (yield* CustomEvents).add(unitId, {
      itemId: sent.id ?? (yield* Caller).requestId,
      name: sent.name,
      email: sent.email ?? null,
      visitorId: sent.visitorId ?? null,
      occurredAt: Time.occurred({ clientAt: sent.at, receivedAt }).occurredAt,
      properties: sent.properties ?? {}
    })
    const answer = encode(shown(event))
    return isNew
      ? HttpServerResponse.jsonUnsafe({ verdict: "stored", ...answer }, { status: 201 })
      : HttpServerResponse.jsonUnsafe({ verdict: "duplicate", ...answer })
  })
})

/** A stored event as the APIs show it: under the sender's own ID. */
export const shown = (event: CustomEvent): CustomEventsApi.CustomEvent => {
  const { itemId, name, email, visitorId, properties } = event
  return { id: itemId, name, email, visitorId, at: event.occurredAt, properties, createdAt: event.storedAt }
}
