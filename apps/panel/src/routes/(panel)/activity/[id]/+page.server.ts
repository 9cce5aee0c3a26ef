import { Cart } from "@spoor/domain"
import { ActivityLog, SessionStory } from "@spoor/postgres"
import { error } from "@sveltejs/kit"
import { Effect } from "effect"
import { personOf } from "#lib/server/Guard.ts"
import { readId } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import { amountOf, cartView, viewOf } from "#lib/server/StoryView.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params }) => {
  const { unitId } = personOf(locals)
  const id = readId(params.id)
  const found = id === null ? null : await run(read(unitId, id))
  // Another unit's row looks like one that does not exist.
  return found ?? error(404, "Not found")
}

const read = Effect.fnUntraced(function* (unitId: number, id: number) {
  const log = yield* ActivityLog
  const row = yield* log.find(unitId, id)
  if (row === null) return null
  const story = yield* Effect.flatMap(SessionStory, ({ tell }) => tell(unitId, row.sessionId))
  const { product, cart, orderId, orderValue, orderCurrency, sessionNo: _, closedAt: __, endedBy: ___, ...event } = row
  return {
    event: {
      ...event,
      product:
        product === null
          ? null
          : { id: product.id, name: product.name ?? null, price: amountOf(product.price ?? null, product.currency ?? null) },
      cart: cart === null ? null : { ...cartView(cart), isEmpty: Cart.isEmpty(cart) },
      order:
        orderId === null && orderValue === null ? null : { id: orderId, worth: amountOf(orderValue, orderCurrency) }
    },
    story: story === null ? null : viewOf(story)
  }
})
