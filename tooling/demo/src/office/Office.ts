import { Clock, Effect, Redacted } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Chance from "../visitors/Chance.ts"
import * as Ask from "./Ask.ts"

export interface Options {
  readonly ingestUrl: string
  readonly apiKey: Redacted.Redacted<string>
  readonly siteId: string
  readonly seed: string
}

/** So many at once, that the API log has something to show; then one after such a pause, the median. */
const first = 40
const pauseMedian = 15_000

/** The shop's own systems, which report customers, orders and custom events to the platform's API, for ever. */
export const run = Effect.fn("Office.run")(function* ({ ingestUrl, apiKey, siteId, seed }: Options) {
  const client = yield* HttpClient.HttpClient
  const startedAt = yield* Clock.currentTimeMillis
  const chance = Chance.of(seed, "office", startedAt)
  let office: Ask.Office = { run: startedAt.toString(36), siteId, customers: [], orders: [] }
  for (let index = 0; ; index++) {
    const [ask, after] = Ask.draw(chance, office)
    const status = yield* client.execute(requestOf(ingestUrl, apiKey, ask)).pipe(
      Effect.map((response) => response.status),
      Effect.timeout("10 seconds"),
      Effect.orElseSucceed(() => null)
    )
    // What was not done is not known there; the next request is another one, as after any lost connection.
    if (status === ask.status) office = after
    if (index >= first || status === null) yield* Effect.sleep(Math.min(Chance.linger(chance, pauseMedian), 60_000))
  }
})

const requestOf = (ingestUrl: string, apiKey: Redacted.Redacted<string>, { method, path, body }: Ask.Ask) => {
  const request = HttpClientRequest.make(method)(`${ingestUrl}${path}`).pipe(
    HttpClientRequest.setHeader("x-api-key", Redacted.value(apiKey))
  )
  return body === undefined ? request : HttpClientRequest.bodyJsonUnsafe(request, body)
}
