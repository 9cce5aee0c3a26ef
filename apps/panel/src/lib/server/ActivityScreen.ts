import { Cart, Ids, type Log } from "@spoor/domain"
import { ActivityLog, type Place, SessionStory, WriteKeys } from "@spoor/postgres"
import { Effect } from "effect"
import * as LogScreen from "./LogScreen.ts"
import { settings } from "./runtime.ts"
import { amountOf, cartView, viewOf } from "./StoryView.ts"

/** What *Website activity* shows at an address: a page of rows, or how to get the first ones. */
export const list = Effect.fn("ActivityScreen.list")(function* (reading: LogScreen.Reading, search: URLSearchParams) {
  const { unitId, sites } = reading
  const page = yield* LogScreen.list("activity", reading, search, summarise)
  const chosen = sites.find(({ siteId }) => siteId === search.get("site"))?.siteId
  const { isFilled } = yield* ActivityLog
  const isSiteFilled = page.rows.length > 0 || (yield* isFilled(unitId, chosen))
  const onlySite = sites.length === 1 ? sites[0]?.siteId : undefined
  return {
    ...page,
    site: chosen,
    isFilled: isSiteFilled,
    setup: isSiteFilled ? null : yield* setupOf(unitId, chosen ?? onlySite)
  }
})

/** One row with its session; null when this unit has no such row. */
export const detail = Effect.fn("ActivityScreen.detail")(function* (unitId: number, id: number) {
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
          : {
              id: product.id,
              name: product.name ?? null,
              price: amountOf(product.price ?? null, product.currency ?? null)
            },
      cart: cart === null ? null : { ...cartView(cart), isEmpty: Cart.isEmpty(cart) },
      order: orderOf(orderId, orderValue, orderCurrency)
    },
    story: story === null ? null : viewOf(story)
  }
})

/** What a list shows of an event beside its columns: as little as says what it was about. */
export const summarise = (row: Log.RowOf<"activity">) => {
  const { url, product, cart, order } = row.details
  return {
    ...LogScreen.placeOf(row),
    visitorId: row.visitorId,
    sessionId: row.sessionId,
    type: row.type,
    email: row.visitorEmail,
    isSessionActive: row.sessionActive,
    url,
    product: product?.name ?? product?.id ?? null,
    cart:
      cart === null ? null : { worth: { value: Cart.value(cart), currency: cart.currency }, pieces: Cart.pieces(cart) },
    order: orderOf(order?.id ?? null, order?.value ?? null, order?.currency ?? null)
  }
}

const orderOf = (id: string | null, value: number | null, currency: string | null) =>
  id === null && value === null ? null : { id, worth: amountOf(value, currency) }

/** What to paste into the one site that is meant; null when none is. */
const setupOf = Effect.fnUntraced(function* (unitId: number, siteId: string | undefined) {
  if (siteId === undefined) return null
  return { siteId, snippet: yield* snippetOf({ unitId, siteId: Ids.SiteId.make(siteId) }) }
})

/** The tag that a shop pastes; null when its site has no key. */
export const snippetOf = Effect.fnUntraced(function* (place: Place) {
  const key = yield* (yield* WriteKeys).browserKey(place)
  const origin = settings().ingestPublicUrl.href.replace(/\/$/, "")
  return key === null ? null : `<script async src="${origin}/tracker.js" data-write-key="${key}"></script>`
})
