import { Intakes } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
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
const Mark = Schema.fromJsonString(
  Schema.Struct({ adminId: Schema.String, until: Schema.Int, isSent: Schema.Boolean })
)

const markFile = ({ home }: Settings) => path.join(home, "history.json")

/**
 * Is the history to be sent? Into an empty database, and again if sending it was cut off: the event IDs are the same
 * every time, so what was stored already counts as duplicates.
 */
export const plan = Effect.fn("Demo.plan")(function* (settings: Settings, { unitId, adminId }: Foundation) {
  const mark = yield* Home.read(markFile(settings), Mark)
  if (mark !== null && mark.adminId === adminId) return { isDue: !mark.isSent, until: mark.until } satisfies History
  const intakes = yield* Intakes
  const totals = yield* intakes.totals({ unitId, siteId: SHOP_SITE })
  const history: History = { isDue: totals.stored === 0, until: yield* Clock.currentTimeMillis }
  yield* Home.write(markFile(settings), Mark, { adminId, until: history.until, isSent: !history.isDue })
  return history
})

/** TODO wait for the demo */
export const awaitHistory = (settings: Settings, { adminId }: Foundation, history: History) =>
  history.isDue ? Home.write(markFile(settings), Mark, { adminId, until: history.until, isSent: true }) : Effect.void
