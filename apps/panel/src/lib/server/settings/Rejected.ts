import { Rejection } from "@spoor/domain"
import { type KeptRejection, type RejectedCursor, RejectedItems } from "@spoor/postgres"
import { Effect } from "effect"
import type { Person } from "../Auth.ts"
import { laidOut } from "./Sent.ts"

/** Items of one page. */
const rowsMax = 25

const reasons = Rejection.RejectionReason.literals

/** What the unit's doors did not keep, newest first, as an address narrows it. */
export const list = Effect.fn("Rejected.list")(function* ({ unitId }: Person, search: URLSearchParams) {
  const { page } = yield* RejectedItems
  const reason = reasons.find((one) => one === search.get("reason"))
  const site = search.get("site") ?? ""
  const filter = { reason, ...(site === "" ? {} : { site }) }
  const found = yield* page(unitId, filter, { after: cursorOf(search.get("older")), rowsMax: rowsMax + 1 })
  const shown = found.slice(0, rowsMax)
  const last = shown.at(-1)
  return {
    reasons,
    chosen: { reason: reason ?? "", site },
    isFirst: !search.has("older"),
    items: shown.map(itemOf),
    older: found.length > rowsMax && last !== undefined ? `${last.receivedAt}.${last.id}` : null
  }
})

const itemOf = ({ door, id, item, pointer, reason, receivedAt, siteId }: KeptRejection) => ({
  id,
  door,
  siteId,
  reason,
  pointer,
  receivedAt,
  item: laidOut(item)
})

const cursorOf = (text: string | null): RejectedCursor | undefined => {
  const [, at, id] = /^(\d{1,15})\.(\d{1,15})$/.exec(text ?? "") ?? []
  return at === undefined ? undefined : { at: Number(at), id: Number(id) }
}
