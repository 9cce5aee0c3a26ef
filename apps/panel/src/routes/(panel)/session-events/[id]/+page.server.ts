import { ExplanationText } from "@spoor/domain"
import { SessionEventLog, SessionStory } from "@spoor/postgres"
import { error } from "@sveltejs/kit"
import { Effect } from "effect"
import { getLocale } from "#lib/paraglide/runtime.js"
import { personOf } from "#lib/server/Guard.ts"
import { readId } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import { amountOf, cartView, viewOf } from "#lib/server/StoryView.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { unitId } = personOf(locals)
  const id = readId(params.id)
  const { unit } = await parent()
  const found = id === null ? null : await run(read(unitId, id, { locale: getLocale(), timeZone: unit.timeZone }))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}

const read = Effect.fnUntraced(function* (unitId: number, id: number, reader: ExplanationText.Reader) {
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
