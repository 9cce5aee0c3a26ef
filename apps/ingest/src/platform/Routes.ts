import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { customEvents } from "./CustomEvents.ts"
import { customer, customers } from "./Customers.ts"
import { order, orders } from "./Orders.ts"

/** The API whose requests the API log is about (spec.md, "API log"). Every method, so that a wrong one is answered and logged. */
export const layer = Layer.mergeAll(
  HttpRouter.add("*", "/customers", customers),
  HttpRouter.add("*", "/customers/:id", customer),
  HttpRouter.add("*", "/orders", orders),
  HttpRouter.add("*", "/orders/:id", order),
  HttpRouter.add("*", "/scenariocustomevents", customEvents)
)
