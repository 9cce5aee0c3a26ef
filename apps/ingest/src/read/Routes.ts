import { Layer } from "effect"
import { HttpRouter } from "effect/http"
import { getCounters } from "./Counters.ts"
import { getCustomEvents } from "./CustomEvents.ts"
import { getLog, getRow } from "./Logs.ts"

/** What the holder of an API key can read. Doors take the other methods on the same paths. */
export const layer = Layer.mergeAll(
  HttpRouter.add("GET", "/v1/logs/:log", getLog),
  HttpRouter.add("GET", "/v1/logs/:log/:id", getRow),
  HttpRouter.add("GET", "/v1/custom-events", getCustomEvents),
  HttpRouter.add("GET", "/v1/counters", getCounters)
)
