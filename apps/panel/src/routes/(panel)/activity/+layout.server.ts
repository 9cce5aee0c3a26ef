import { Cart, type Ids } from "@spoor/domain"
import { ActivityLog, type ActivityRow, Keyset, WriteKeys } from "@spoor/postgres"
import { redirect } from "@sveltejs/kit"
import { Clock, Effect } from "effect"
import { personOf } from "#lib/server/Guard.ts"
import { read, readActivity, readTurn, recognise } from "#lib/server/LogQuery.ts"
import { run, settings } from "#lib/server/runtime.ts"
import { amountOf } from "#lib/server/StoryView.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:activity")
  const { unitId } = personOf(locals)
  const search = url.searchParams
  const { sites } = await parent()
  const filter = readActivity(search, sites)
  const wanted = read(search, "find")
  if (wanted !== undefined) {
    const found = recognise(wanted, sites)
    if (found._tag === "Row") redirect(303, `/activity/${found.id}`)
    redirect(303, `/activity?${new URLSearchParams({ ...given(filter), [found.name]: found.value })}`)
  }

  const turn = readTurn(search)
  return run(
    Effect.gen(function* () {
      const log = yield* ActivityLog
      const [asked, count] = yield* Effect.all([log.page(unitId, filter, turn), log.count(unitId, filter)], {
        concurrency: 2
      })
      // Going up past the newest rows would leave a page half full: the newest page says the same, complete.
      const isPastNewest = turn.direction === "newer" && !asked.hasNewer
      const page = isPastNewest ? yield* log.page(unitId, filter, { direction: "newest" }) : asked
      const isFilled = page.rows.length > 0 || (yield* log.isFilled(unitId, filter.site))
      return {
        filter,
        rows: page.rows.map(summarise),
        hasOlder: page.hasOlder,
        hasNewer: page.hasNewer,
        count: { value: Math.min(count, Keyset.countMax), isMore: count > Keyset.countMax },
        isFilled,
        setup: isFilled ? null : yield* snippetOf(unitId, filter.site ?? (sites.length === 1 ? sites[0]?.siteId : undefined)),
        now: yield* Clock.currentTimeMillis
      }
    })
  )
}

const given = (filter: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))

/** What a list shows of an event beside its columns: as little as says what it was about. */
const summarise = ({ product, cart, orderId, orderValue, orderCurrency, closedAt: _, endedBy: __, ...row }: ActivityRow) => ({
  ...row,
  product: product?.name ?? product?.id ?? null,
  cart: cart === null ? null : { worth: { value: Cart.value(cart), currency: cart.currency }, pieces: Cart.pieces(cart) },
  order: orderId === null && orderValue === null ? null : { id: orderId, worth: amountOf(orderValue, orderCurrency) }
})

/** The tag that a shop pastes; null when the site has no key, undefined when no one site is meant. */
const snippetOf = Effect.fnUntraced(function* (unitId: number, siteId: Ids.SiteId | undefined) {
  if (siteId === undefined) return null
  const { browserKey } = yield* WriteKeys
  const key = yield* browserKey({ unitId, siteId })
  const origin = settings().ingestPublicUrl.href.replace(/\/$/, "")
  return {
    siteId,
    snippet: key === null ? null : `<script async src="${origin}/tracker.js" data-write-key="${key}"></script>`
  }
})
