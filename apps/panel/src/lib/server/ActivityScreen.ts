import { Cart, type Ids } from "@spoor/domain"
import { ActivityLog, type ActivityRow, Keyset, SessionStory, Sites, WriteKeys } from "@spoor/postgres"
import { Clock, Effect } from "effect"
import { readActivity, readTurn } from "./LogQuery.ts"
import { settings } from "./runtime.ts"
import { amountOf, cartView, viewOf } from "./StoryView.ts"

type SiteIds = ReadonlyArray<{ readonly siteId: Ids.SiteId }>

/** What *Website activity* shows at an address: a page of rows, or how to get the first ones. */
export const list = Effect.fn("ActivityScreen.list")(function* (
  unitId: number,
  sites: SiteIds,
  search: URLSearchParams
) {
  const log = yield* ActivityLog
  const filter = readActivity(search, sites)
  const turn = readTurn(search)
  const [asked, count] = yield* Effect.all([log.page(unitId, filter, turn), log.count(unitId, filter)], {
    concurrency: 2
  })
  // Going up past the newest rows would leave a page half full: the newest page says the same, complete.
  const isPastNewest = turn.direction === "newer" && !asked.hasNewer
  const page = isPastNewest ? yield* log.page(unitId, filter, { direction: "newest" }) : asked
  const isFilled = page.rows.length > 0 || (yield* log.isFilled(unitId, filter.site))
  const onlySite = sites.length === 1 ? sites[0]?.siteId : undefined
  return {
    filter,
    rows: page.rows.map(summarise),
    hasOlder: page.hasOlder,
    hasNewer: page.hasNewer,
    count: { value: Math.min(count, Keyset.countMax), isMore: count > Keyset.countMax },
    isFilled,
    setup: isFilled ? null : yield* setupOf(unitId, filter.site ?? onlySite),
    now: yield* Clock.currentTimeMillis
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

/** How many rows are newer than the one in `newer`; one more than a page stands for more. */
export const fresh = Effect.fn("ActivityScreen.fresh")(function* (unitId: number, search: URLSearchParams) {
  const sites = yield* Effect.flatMap(Sites, ({ ofUnit }) => ofUnit(unitId))
  const log = yield* ActivityLog
  const page = yield* log.page(unitId, readActivity(search, sites), readTurn(search))
  return page.rows.length + (page.hasNewer ? 1 : 0)
})

/** What a list shows of an event beside its columns: as little as says what it was about. */
const summarise = (row: ActivityRow) => {
  const { product, cart, orderId, orderValue, orderCurrency, closedAt: _, endedBy: __, ...rest } = row
  return {
    ...rest,
    product: product?.name ?? product?.id ?? null,
    cart:
      cart === null ? null : { worth: { value: Cart.value(cart), currency: cart.currency }, pieces: Cart.pieces(cart) },
    order: orderOf(orderId, orderValue, orderCurrency)
  }
}

const orderOf = (id: string | null, value: number | null, currency: string | null) =>
  id === null && value === null ? null : { id, worth: amountOf(value, currency) }

/** The tag that a shop pastes: null when no one site is meant, its `snippet` null when that site has no key. */
const setupOf = Effect.fnUntraced(function* (unitId: number, siteId: Ids.SiteId | undefined) {
  if (siteId === undefined) return null
  const { browserKey } = yield* WriteKeys
  const key = yield* browserKey({ unitId, siteId })
  const origin = settings().ingestPublicUrl.href.replace(/\/$/, "")
  return {
    siteId,
    snippet: key === null ? null : `<script async src="${origin}/tracker.js" data-write-key="${key}"></script>`
  }
})
