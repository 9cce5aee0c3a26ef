import { CustomersApi, Platform } from "@spoor/contracts"
import { type Identification, Ids } from "@spoor/domain"
import { type Customer, Customers } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { createHash } from "node:crypto"
import { conflict, notFound, wrong } from "./Refused.ts"
import { body, idInPath, pageOf, placeOf, query, resource } from "./Resource.ts"

const encode = Schema.encodeSync(CustomersApi.Customer)
const isId = Schema.is(CustomersApi.CustomerId)
const encodePage = Schema.encodeSync(CustomersApi.CustomerPage)

/** `/customers` */
export const customers = resource({
  GET: Effect.fn("GET /customers")(function* (unitId) {
    const { limit = Platform.pageItemsDefault, ...range } = yield* query(CustomersApi.decodeQuery)
    const found = yield* (yield* Customers).page(unitId, { ...range, limit: limit + 1 })
    return HttpServerResponse.jsonUnsafe(encodePage(pageOf(found, limit)))
  }),
  POST: Effect.fn("POST /customers")(function* (unitId) {
    const sent = yield* body(CustomersApi.decodeNew)
    const now = yield* Clock.currentTimeMillis
    const customer = { ...customerOf(sent, sent.id, now), createdAt: now }
    const added = yield* (yield* Customers).add(unitId, customer, yield* givenBy(unitId, sent, sent.id, now))
    if (added !== "added") return yield* taken(added)
    return HttpServerResponse.jsonUnsafe(encode(customer), {
      status: 201,
      headers: { location: `/customers/${encodeURIComponent(customer.id)}` }
    })
  })
})

/** `/customers/{id}` */
export const customer = resource({
  GET: Effect.fn("GET /customers/:id")(function* (unitId) {
    const found = yield* (yield* Customers).find(unitId, yield* named)
    return found === null ? yield* notFound("customer") : HttpServerResponse.jsonUnsafe(encode(found))
  }),
  PUT: Effect.fn("PUT /customers/:id")(function* (unitId) {
    const id = yield* named
    const sent = yield* body(CustomersApi.decodeChange)
    if (sent.id !== undefined && sent.id !== id) return yield* wrong({ reason: "invalid", pointer: "/id" })
    const now = yield* Clock.currentTimeMillis
    const change = { ...customerOf(sent, id, now), createdAt: now }
    const updated = yield* (yield* Customers).update(unitId, change, yield* givenBy(unitId, sent, id, now))
    if (updated === null) return yield* notFound("customer")
    if (updated === "id" || updated === "email") return yield* taken(updated)
    return HttpServerResponse.jsonUnsafe(encode(updated))
  }),
  DELETE: Effect.fn("DELETE /customers/:id")(function* (unitId) {
    const isRemoved = yield* (yield* Customers).remove(unitId, yield* named)
    return isRemoved ? HttpServerResponse.empty({ status: 204 }) : yield* notFound("customer")
  })
})

/** The customer that the address names. What can be no ID is nobody's. */
const named = Effect.filterOrFail(idInPath, isId, () => notFound("customer"))

const taken = (field: "id" | "email") =>
  conflict(`/${field}`, field === "id" ? "There is a customer with this ID." : "Another customer has this e-mail.")

const customerOf = (
  { email, phone, attributes }: CustomersApi.CustomerChange,
  id: string,
  updatedAt: number
): Omit<Customer, "createdAt"> => ({
  id,
  email: email ?? null,
  phone: phone ?? null,
  attributes: attributes ?? {},
  updatedAt
})

/** The e-mails that a request gives to visitors (ADR 0020). */
const givenBy = Effect.fnUntraced(function* (
  unitId: number,
  { email, siteId: named, visitorIds = [] }: CustomersApi.CustomerChange,
  customerId: string,
  now: number
) {
  if (email === undefined || visitorIds.length === 0) return []
  const { siteId } = yield* placeOf(unitId, named)
  return [...new Set(visitorIds)].map((visitorId): Identification.Identification => ({
    id: identificationId(customerId, visitorId, email),
    siteId,
    visitorId,
    email,
    occurredAt: now,
    receivedAt: now
  }))
})

/** The same for the same, so that a system that reports all its customers every night says nothing new. */
const identificationId = (...parts: ReadonlyArray<string>) =>
  Ids.EventId.make(`customer:${createHash("sha256").update(JSON.stringify(parts)).digest("base64url")}`)
