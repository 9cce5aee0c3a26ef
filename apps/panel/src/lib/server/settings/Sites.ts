import { Administration } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { Sites } from "@spoor/postgres"
import { Clock, Effect } from "effect"
import { snippetOf } from "../ActivityScreen.ts"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"

const HOUR = 3_600_000

/** The pages that a shop has, as a visitor meets them. */
const types = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnCartListPage",
  "VisitOnLoginPage",
  "VisitOnSalePage"
] as const

/** What came of the form: the new site's ID, or what was wrong and what was typed. */
export type Outcome =
  | { readonly added: Ids.SiteId }
  | { readonly problem: "name" | "id" | "url" | "taken"; readonly typed: Readonly<Record<string, string>> }

/** A site is of no use without a key, so it gets one for its pages with it. */
export const add = Effect.fn("Sites.add")(function* (
  { unitId }: Person,
  form: FormData
): Effect.fn.Return<Outcome, Effect.Error<ReturnType<Sites["Service"]["addWithKey"]>>, Sites> {
  const typed = Object.fromEntries(["name", "id", "url"].map((one) => [one, String(form.get(one) ?? "")]))
  const name = field(form, "name", Administration.Name)
  if (name === null) return { problem: "name", typed }
  const siteId = field(form, "id", Administration.SiteId)
  if (siteId === null) return { problem: "id", typed }
  const url = field(form, "url", Administration.SiteUrl)
  if (url === null) return { problem: "url", typed }
  return yield* (yield* Sites).addWithKey({ unitId, siteId, name, url }).pipe(
    Effect.as<Outcome>({ added: siteId }),
    Effect.catchIf(
      ({ reason }) => reason._tag === "UniqueViolation",
      () => Effect.succeed<Outcome>({ problem: "taken", typed })
    )
  )
})

/** What to paste into a site's pages, and what has come of it in the last hour. *Units*: `seenAt` in UTC milliseconds. */
export const setup = Effect.fn("Sites.setup")(function* ({ unitId }: Person, siteId: string) {
  const place = { unitId, siteId: Ids.SiteId.make(siteId) }
  const seen = yield* (yield* Sites).seen(place, (yield* Clock.currentTimeMillis) - HOUR)
  return { snippet: yield* snippetOf(place), pages: types.map((type) => ({ type, seenAt: seen.get(type) ?? null })) }
})
