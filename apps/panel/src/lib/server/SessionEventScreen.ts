import { ExplanationText } from "@spoor/domain"
import { Keyset, SessionEventLog, type SessionEventRow, SessionStory } from "@spoor/postgres"
import { Clock, Effect } from "effect"
import { readSessionEvents, readTurn } from "./LogQuery.ts"
import { amountOf, cartView, viewOf } from "./StoryView.ts"

/** What *Session events* shows at an address. */
export const list = Effect.fn("SessionEventScreen.list")(function* (unitId: number, search: URLSearchParams) {
  const log = yield* SessionEventLog
  const filter = readSessionEvents(search)
  const turn = readTurn(search)
  const [asked, count] = yield* Effect.all([log.page(unitId, filter, turn), log.count(unitId, filter)], {
    concurrency: 2
  })
  // Going up past the newest rows would leave a page half full: the newest page says the same, complete.
  const isPastNewest = turn.direction === "newer" && !asked.hasNewer
  const page = isPastNewest ? yield* log.page(unitId, filter, { direction: "newest" }) : asked
  return {
    filter,
    rows: page.rows.map(summarise),
    hasOlder: page.hasOlder,
    hasNewer: page.hasNewer,
    count: { value: Math.min(count, Keyset.countMax), isMore: count > Keyset.countMax },
    isFilled: page.rows.length > 0 || (yield* log.count(unitId, {})) > 0,
    now: yield* Clock.currentTimeMillis
  }
})

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

/** How many rows are newer than the one in `newer`; one more than a page stands for more. */
export const fresh = Effect.fn("SessionEventScreen.fresh")(function* (unitId: number, search: URLSearchParams) {
  const log = yield* SessionEventLog
  const page = yield* log.page(unitId, readSessionEvents(search), readTurn(search))
  return page.rows.length + (page.hasNewer ? 1 : 0)
})

/** The facts that a list shows of an outcome; the whole explanation is the drawer's. */
const summarise = ({ explanation: { facts }, ...row }: SessionEventRow) => ({
  ...row,
  worth: amountOf(facts.value ?? null, facts.currency ?? null),
  pieces: facts.items,
  views: facts.productViews,
  orderId: facts.orderId ?? null
})
