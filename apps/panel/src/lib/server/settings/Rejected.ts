import { Rejection } from "@spoor/domain"
import { type KeptRejection, type RejectedCursor, RejectedItems, RejectedReplays } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"
import { laidOut } from "./Sent.ts"

/** Items of one page. */
const rowsMax = 25

const reasons = Rejection.RejectionReason.literals

/** What came of a form. The worker reads the items; how far it is stands above the list. */
export type Outcome = { readonly problem: "busy" | "gone" } | { readonly asked: true }

/** What the unit's doors did not keep, newest first, as an address narrows it. */
export const list = Effect.fn("Rejected.list")(function* ({ unitId }: Person, search: URLSearchParams) {
  const { page } = yield* RejectedItems
  const reason = reasons.find((one) => one === search.get("reason"))
  const site = search.get("site") ?? ""
  const filter = { reason, ...(site === "" ? {} : { site }) }
  const found = yield* page(unitId, filter, { after: cursorOf(search.get("older")), rowsMax: rowsMax + 1 })
  const shown = found.slice(0, rowsMax)
  const last = shown.at(-1)
  const replay = yield* (yield* RejectedReplays).last(unitId)
  return {
    replay: replay === null ? null : { ...replay, ids: replay.ids?.length ?? null },
    reasons,
    chosen: { reason: reason ?? "", site },
    isFirst: !search.has("older"),
    items: shown.map(itemOf),
    older: found.length > rowsMax && last !== undefined ? `${last.receivedAt}.${last.id}` : null
  }
})

const ItemId = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1e15 }))

/** Has one item, or all that an address shows, read again. */
export const replay = Effect.fn("Rejected.replay")(function* (
  { unitId }: Person,
  form: FormData
): Effect.fn.Return<
  Outcome,
  Effect.Error<ReturnType<RejectedReplays["Service"]["ask"]>>,
  RejectedItems | RejectedReplays
> {
  const { ask } = yield* RejectedReplays
  const { page } = yield* RejectedItems
  const id = field(form, "id", ItemId)
  const reason = reasons.find((one) => one === form.get("reason"))
  const site = String(form.get("site") ?? "")
  const filter = id === null ? { reason, ...(site === "" ? {} : { site }) } : { ids: [id] }
  if ((yield* page(unitId, filter, { rowsMax: 1 })).length === 0) return { problem: "gone" }
  return (yield* ask(unitId, filter, yield* Clock.currentTimeMillis)) ? { asked: true } : { problem: "busy" }
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
