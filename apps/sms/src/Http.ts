import { Effect, Layer } from "effect"
import { HttpMiddleware, HttpRouter } from "effect/http"
import type { IpNetwork } from "effect/net"
import { refuse } from "./door/Answer.ts"
import * as Delivery from "./door/Delivery.ts"
import * as Samples from "./door/Samples.ts"
import * as Submissions from "./door/Submissions.ts"
import * as Health from "./Health.ts"

const noSuchPath = HttpRouter.add("*", "/*", Effect.succeed(refuse("not-found", "There is nothing at this address.")))

/** Answers over HTTP. *Shape*: `trustedProxies` are those whose word for the sender's address is taken. */
export const serve = ({ trustedProxies }: { readonly trustedProxies: ReadonlyArray<IpNetwork.IpNetwork> }) =>
  HttpRouter.serve(Layer.mergeAll(Delivery.routes, Samples.routes, Submissions.routes, Health.routes, noSuchPath), {
    middleware: (answer) => HttpMiddleware.xForwardedHeaders({ trustedProxies })(answer),
    disableLogger: true
  })
