import { ExplanationText, type Log } from "@spoor/domain"
import { SessionEventLog, SessionStory } from "@spoor/postgres"
import { Effect } from "effect"
import * as LogScreen from "./LogScreen.ts"
import { amountOf, cartView, viewOf } from "./StoryView.ts"

/** What *Session events* shows at an address. */
export const list = (reading: LogScreen.Reading, search: URLSearchParams) =>
  LogScreen.list("session-events", reading, search, summarise)

/** One row with the reason for it, in the reader's words, and its session; null when this unit has no such row. */
export const detail = Effect.fn("SessionEventScreen.detail")(function* (
  unitId: number,
  id: number,
  reader: ExplanationText.Reader
) {
  const log = yield* SessionEventLog
  const row = yield* log.find(unitId, id)
  if (row === null) return null
  const { tell } = yield* SessionStory
  const story = row.sessionId === null ? null : yield* tell(unitId, row.sessionId)
  const { explanation, cart, orderValue, orderCurrency, ...event } = row
  return {
    event: {
      ...event,
      cart: cart === null ? null : cartView(cart),
      worth: amountOf(orderValue, orderCurrency)
    },
    why: {
      sentence: ExplanationText.sentence(explanation, reader),
      rule: explanation.rule,
      version: explanation.version,
      parameters: explanation.parameters,
      facts: explanation.facts,
      notFired: explanation.notFired.map((unmet) => ({
        rule: unmet.rule,
        reason: ExplanationText.condition(unmet, reader.locale)
      }))
    },
    story: story === null ? null : viewOf(story)
  }
})

/** The facts that a list shows of an outcome; the whole explanation is the drawer's. */
export const summarise = (row: Log.RowOf<"session-events">) => {
  const { explanation, repeatOf, recoveredBy, supersededAt, isHistoric, isInferred } = row.details
  const { value, currency, items, productViews, orderId } = explanation.facts
  return {
    ...LogScreen.placeOf(row),
    visitorId: row.visitorId,
    type: row.type,
    email: row.visitorEmail,
    isRepeat: repeatOf !== null,
    isRecovered: recoveredBy !== null,
    isSuperseded: supersededAt !== null,
    isHistoric,
    isInferred,
    worth: amountOf(value ?? null, currency ?? null),
    pieces: items,
    views: productViews,
    orderId: orderId ?? null
  }
}
