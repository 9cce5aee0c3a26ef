import { Keyset, SessionEventLog, type SessionEventRow } from "@spoor/postgres"
import { redirect } from "@sveltejs/kit"
import { Clock, Effect } from "effect"
import { personOf } from "#lib/server/Guard.ts"
import { read, readSessionEvents, readTurn, recognise } from "#lib/server/LogQuery.ts"
import { run } from "#lib/server/runtime.ts"
import { amountOf } from "#lib/server/StoryView.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:session-events")
  const { unitId } = personOf(locals)
  const search = url.searchParams
  const filter = readSessionEvents(search)
  const wanted = read(search, "find")
  if (wanted !== undefined) {
    const found = recognise(wanted, (await parent()).sites)
    if (found._tag === "Row") redirect(303, `/session-events/${found.id}`)
    const type = filter.type === undefined ? {} : { type: filter.type }
    redirect(303, `/session-events?${new URLSearchParams({ ...type, [found.name]: found.value })}`)
  }

  const turn = readTurn(search)
  return run(
    Effect.gen(function* () {
      const log = yield* SessionEventLog
      const [asked, count] = yield* Effect.all([log.page(unitId, filter, turn), log.count(unitId, filter)], {
        concurrency: 2
      })
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
  )
}

/** The facts that a list shows of an outcome; the whole explanation is the drawer's. */
const summarise = ({ explanation: { facts }, ...row }: SessionEventRow) => ({
  ...row,
  worth: amountOf(facts.value ?? null, facts.currency ?? null),
  pieces: facts.items,
  views: facts.productViews,
  orderId: facts.orderId ?? null
})
