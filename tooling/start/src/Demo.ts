import { Intakes } from "@spoor/postgres"
import { Clock, Console, Effect, Option, Schema } from "effect"
import { FetchHttpClient, HttpClient, HttpClientResponse } from "effect/http"
import * as path from "node:path"
import type { Settings } from "./config.ts"
import { type Foundation, SHOP_SITE } from "./Foundation.ts"
import * as Home from "./Home.ts"

/** The fortnight that the demo's visitors have behind them when the panel is opened for the first time. */
export interface History {
  readonly isDue: boolean
  /** Its last instant, in epoch milliseconds. Sending it again after an interruption gives the same events by this. */
  readonly until: number
}

/** Kept in SPOOR_HOME. `adminId` tells for which database: another one has another administrator. */
const Mark = Schema.fromJsonString(Schema.Struct({ adminId: Schema.String, until: Schema.Int, isSent: Schema.Boolean }))

const markFile = ({ home }: Settings) => path.join(home, "history.json")

/**
 * Is the history to be sent? Into an empty database, and again if sending it was cut off: the event IDs are the same
 * every time, so what was stored already counts as duplicates.
 */
export const plan = Effect.fn("Demo.plan")(function* (settings: Settings, { unitId, adminId }: Foundation) {
  const mark = yield* Home.read(markFile(settings), Mark)
  if (mark !== null && mark.adminId === adminId) return { isDue: !mark.isSent, until: mark.until } satisfies History
  const intakes = yield* Intakes
  const totals = yield* intakes.totals({ unitId, siteId: SHOP_SITE }, "activity")
  const history: History = { isDue: totals.stored === 0, until: yield* Clock.currentTimeMillis }
  yield* Home.write(markFile(settings), Mark, { adminId, until: history.until, isSent: !history.isDue })
  return history
})

/** What the demo says at `/history`. */
const Progress = Schema.Struct({ sent: Schema.Int, of: Schema.Int, isDone: Schema.Boolean })

const POLL_EVERY = "500 millis"
const TELL_EVERY_POLLS = 4

/** Waits until the demo has sent its fortnight, says how far it is, and notes when it is done. */
export const awaitHistory = Effect.fn("Demo.awaitHistory")(function* (
  settings: Settings,
  shopUrl: string,
  { adminId }: Foundation,
  history: History
) {
  if (!history.isDue) return
  const ask = HttpClient.get(`${shopUrl}/history`).pipe(
    Effect.flatMap(HttpClientResponse.schemaBodyJson(Progress)),
    Effect.timeout("5 seconds"),
    Effect.option
  )
  for (let poll = 0; ; poll++) {
    const progress = Option.getOrUndefined(yield* ask)
    if (progress?.isDone === true) break
    if (progress !== undefined && progress.of > 0 && poll % TELL_EVERY_POLLS === 0) {
      yield* Console.log(`▸ Sending the demo fortnight: ${count(progress.sent)} of ${count(progress.of)} events…`)
    }
    yield* Effect.sleep(POLL_EVERY)
  }
  yield* Home.write(markFile(settings), Mark, { adminId, until: history.until, isSent: true })
}, Effect.provide(FetchHttpClient.layer))

const count = (value: number) => value.toLocaleString("en-GB")
