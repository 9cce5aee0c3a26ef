import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CustomEvent, NewCustomEvent } from "./CustomEventsApi.ts"
import { Customer, CustomerChange, CustomerPage, CustomerQuery, NewCustomer } from "./CustomersApi.ts"
import { NewOrder, Order, OrderChange, OrderPage, OrderQuery, SiteQuery } from "./OrdersApi.ts"
import { PlatformRefusal, statuses } from "./Platform.ts"
import { ApiKeyRequired } from "./ReadApi.ts"

/** The platform's API as data, for whoever writes a client. */

const refusals = (...errors: ReadonlyArray<PlatformRefusal["error"]>) =>
  errors.map((error) => PlatformRefusal.pipe(HttpApiSchema.status(statuses[error])))

const asked = refusals("malformed", "unavailable")
const sent = refusals("malformed", "too-large", "unsupported-encoding", "unavailable")
const params = { id: Schema.String.annotate({ description: "The shop's own ID." }) }

/** What was added, or what is there under that ID already. */
const added = <Fields extends Schema.Struct.Fields>({ fields }: Schema.Struct<Fields>, identifier: string) => {
  const answer = Schema.Struct({ verdict: Schema.Literals(["stored", "duplicate"]), ...fields }).annotate({
    identifier
  })
  return [answer.pipe(HttpApiSchema.status(201)), answer] as const
}

export const group = HttpApiGroup.make("platform")
  .add(
    HttpApiEndpoint.get("customers", "/customers", { query: CustomerQuery, success: CustomerPage, error: asked }),
    HttpApiEndpoint.post("addCustomer", "/customers", {
      payload: NewCustomer,
      success: Customer.pipe(HttpApiSchema.status(201)),
      error: [...sent, ...refusals("conflict")]
    }),
    HttpApiEndpoint.get("customer", "/customers/:id", {
      params,
      success: Customer,
      error: [...asked, ...refusals("not-found")]
    }),
    HttpApiEndpoint.put("updateCustomer", "/customers/:id", {
      params,
      payload: CustomerChange,
      success: Customer,
      error: [...sent, ...refusals("not-found", "conflict")]
    }),
    HttpApiEndpoint.delete("removeCustomer", "/customers/:id", {
      params,
      success: HttpApiSchema.NoContent,
      error: [...asked, ...refusals("not-found")]
    }),
    HttpApiEndpoint.get("orders", "/orders", { query: OrderQuery, success: OrderPage, error: asked }),
    HttpApiEndpoint.post("addOrder", "/orders", {
      payload: NewOrder,
      success: added(Order, "AddedOrder"),
      error: [...sent, ...refusals("conflict")]
    }),
    HttpApiEndpoint.get("order", "/orders/:id", {
      params,
      query: SiteQuery,
      success: Order,
      error: [...asked, ...refusals("not-found")]
    }),
    HttpApiEndpoint.put("updateOrder", "/orders/:id", {
      params,
      query: SiteQuery,
      payload: OrderChange,
      success: Order,
      error: [...sent, ...refusals("not-found", "conflict")]
    }),
    HttpApiEndpoint.delete("removeOrder", "/orders/:id", {
      params,
      query: SiteQuery,
      success: HttpApiSchema.NoContent,
      error: [...asked, ...refusals("not-found")]
    }),
    HttpApiEndpoint.post("addCustomEvent", "/scenariocustomevents", {
      payload: NewCustomEvent,
      success: added(CustomEvent, "AddedCustomEvent"),
      error: sent
    })
  )
  .middleware(ApiKeyRequired)
  .annotateMerge(
    OpenApi.annotations({ title: "Platform", description: "Customers, orders and custom events of the business unit." })
  )
