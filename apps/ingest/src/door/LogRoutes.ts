import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { postTraces } from "../otlp/Traces.ts"
import { noSuchLog, postApi, postPanel, postSms } from "./Logs.ts"

/** All but GET, which reads (read/Routes.ts). */
const methods = ["POST", "PUT", "PATCH", "DELETE"] as const

/** Where other services' rows come in. All methods: a wrong one is a row of the API log too. */
export const layer = Layer.mergeAll(
  HttpRouter.addAll(
    methods.flatMap((method) => [
      HttpRouter.route(method, "/v1/logs/api", postApi),
      HttpRouter.route(method, "/v1/logs/panel", postPanel),
      HttpRouter.route(method, "/v1/logs/sms", postSms)
    ])
  ),
  HttpRouter.add("*", "/v1/logs/*", noSuchLog),
  HttpRouter.add("*", "/v1/traces", postTraces)
)
