import { OrdersApi, Platform } from "@spoor/contracts"
import { Ids, Time } from "@spoor/domain"
import { type Order, Orders } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { conflict, notFound, wrong } from "./Refused.ts"
import { body, idInPath, pageOf, placeOf, query, resource } from "./Resource.ts"

const encode = Schema.encodeSync(OrdersApi.Order)
const encodePage = Schema.encodeSync(OrdersApi.OrderPage)
const decodeId = Schema.decodeUnknownEffect(Ids.OrderId)

/** `/orders` */
export const orders = resource({
  GET: Effect.fn("GET /orders")(function* (unitId) {
    const { limit = Platform.pageItemsDefault, siteId, ...range } = yield* query(OrdersApi.decodeQuery)
    const place = yield* placeOf(unitId, siteId)
    const found = yield* (yield* Orders).page(place, { ...range, limit: limit + 1 })
    return HttpServerResponse.jsonUnsafe(encodePage(pageOf(found.map(shown), limit)))
  }),
  POST: Effect.fn("POST /orders")(function* (unitId) {
    const sent = yield* body(OrdersApi.decodeNew)
    const place = yield* placeOf(unitId, sent.siteId)
    const order = orderOf(sent, place.siteId, yield* Clock.currentTimeMillis)
    const repository = yield* Orders
    const headers = { location: `/orders/${encodeURIComponent(order.id)}` }
    if (yield* repository.add(unitId, order)) {
      return HttpServerResponse.jsonUnsafe({ verdict: "stored", ...encode(shown(order)) }, { status: 201, headers })
    }
    const first = yield* repository.find(place, order.id)
    if (first === null) return yield* conflict("/id", "An order with this ID was removed; its ID is used up.")
    return HttpServerResponse.jsonUnsafe({ verdict: "duplicate", ...encode(shown(first)) }, { headers })
  })
})

/** `/orders/{id}` */
export const order = resource({
  GET: Effect.fn("GET /orders/:id")(function* (unitId) {
    const { place, id } = yield* named(unitId)
    const found = yield* (yield* Orders).find(place, id)
    return found === null ? yield* notFound("order") : HttpServerResponse.jsonUnsafe(encode(shown(found)))
  }),
  PUT: Effect.fn("PUT /orders/:id")(function* (unitId) {
    const sent = yield* body(OrdersApi.decodeChange)
    const { place, id } = yield* named(unitId, sent.siteId)
    const repository = yield* Orders
    const known = yield* repository.find(place, id)
    if (known === null) return yield* notFound("order")
    const fixed = changeOfFixed(sent, known)
    if (fixed === "/id") return yield* wrong({ reason: "invalid", pointer: fixed })
    if (fixed !== undefined) return yield* conflict(fixed, `The field ${fixed} was reported once and cannot change.`)
    const { value = null, currency = null, attributes = {} } = sent
    const updatedAt = yield* Clock.currentTimeMillis
    const updated = yield* repository.update(place, id, { value, currency, attributes, updatedAt })
    return updated === null ? yield* notFound("order") : HttpServerResponse.jsonUnsafe(encode(shown(updated)))
  }),
  DELETE: Effect.fn("DELETE /orders/:id")(function* (unitId) {
    const { place, id } = yield* named(unitId)
    const isRemoved = yield* (yield* Orders).remove(place, id, yield* Clock.currentTimeMillis)
    return isRemoved ? HttpServerResponse.empty({ status: 204 }) : yield* notFound("order")
  })
})

/** The order that the address names, on the site that the body or the query names. */
const named = Effect.fnUntraced(function* (unitId: number, inBody?: Ids.SiteId) {
  const { siteId } = yield* query(OrdersApi.decodeSite)
  const place = yield* placeOf(unitId, inBody ?? siteId)
  const id = yield* Effect.mapError(decodeId(yield* idInPath), () => notFound("order"))
  return { place, id }
})

const orderOf = (sent: OrdersApi.NewOrder, siteId: Ids.SiteId, receivedAt: number): Order => ({
  id: sent.id,
  siteId,
  visitorId: sent.visitorId ?? null,
  email: sent.email ?? null,
  occurredAt: Time.occurred({ clientAt: sent.at, receivedAt }).occurredAt,
  value: sent.value ?? null,
  currency: sent.currency ?? null,
  attributes: sent.attributes ?? {},
  receivedAt,
  updatedAt: receivedAt
})

const shown = ({ occurredAt, receivedAt, ...order }: Order): OrdersApi.Order => ({
  ...order,
  at: occurredAt,
  createdAt: receivedAt
})

/** A pointer to what the change says otherwise than the first report, if it does. */
const changeOfFixed = (sent: OrdersApi.OrderChange, known: Order): string | undefined => {
  if (sent.id !== undefined && sent.id !== known.id) return "/id"
  if (sent.visitorId !== undefined && sent.visitorId !== known.visitorId) return "/visitorId"
  if (sent.email !== undefined && sent.email !== known.email) return "/email"
  return sent.at !== undefined && sent.at !== known.occurredAt ? "/at" : undefined
}
