import { FilterUrl, type Log } from "@spoor/domain"
import { type Kept, personalFieldsOf, type SavedView, SavedViews, type ViewReader } from "@spoor/postgres"
import { Effect } from "effect"
import type { Column } from "#lib/log/Column.ts"
import { nameLengthMax, type Problem, problems, type ViewItem, type ViewsView } from "#lib/log/View.ts"
import type { Person } from "./Auth.ts"
import { isMasked } from "./Rights.ts"

/** A log's views for somebody at an address whose table has these columns. */
export const of = Effect.fn("LogViews.of")(function* (
  person: Person,
  log: Log.Log,
  search: URLSearchParams,
  columns: ReadonlyArray<Column>
) {
  const reader = readerOf(person)
  const kept = yield* Effect.flatMap(SavedViews, ({ of }) => of(reader, log))
  const items = kept.filter(({ query }) => !isMasked(person) || !asksHidden(log, query)).map(itemOf(reader))
  const open = items.find(({ id }) => String(id) === search.get("view")) ?? null
  const views: ViewsView = {
    items,
    open,
    isChanged: open !== null && open.query !== questionOf(log, search, columns),
    problem: problems.find((problem) => problem === search.get("problem")) ?? null
  }
  return views
})

/**
 * Does what a form asks: keeps a view, changes or removes it. Gives the address to go on at: that of the view, or where the
 * form came from, saying there what is wrong.
 *
 * *Shape*: `save` is "new", or "again" for the question of view `id`; `rename` and `remove` name it too.
 */
export const act = Effect.fn("LogViews.act")(function* (person: Person, log: Log.Log, form: FormData, address: URL) {
  const views = yield* SavedViews
  const reader = readerOf(person)
  const name = textOf(form, "name").trim().normalize("NFC").slice(0, nameLengthMax).toWellFormed()
  const id = Number.parseInt(textOf(form, "id"), 10) || 0
  const isShared = form.has("shared")
  const query = textOf(form, "query").slice(0, queryLengthMax)
  const isNamed = form.has("remove") || textOf(form, "save") === "again"
  if (!isNamed && name === "") return saying(address, "unnamed")
  if (form.has("remove")) return at(address, yield* views.remove(reader, log, id), "")
  if (form.has("rename")) return at(address, yield* views.change(reader, log, id, { name, isShared }), null)
  const question = asked(log, new URLSearchParams(query))
  return textOf(form, "save") === "again"
    ? at(address, yield* views.change(reader, log, id, { query: question }), question)
    : at(address, yield* views.add(reader, log, { name, isShared, query: question }), question)
})

/** Whether a question asks by what is hidden from some. */
const asksHidden = (log: Log.Log, query: string): boolean =>
  [...new URLSearchParams(query).keys()].some((name) => personalFieldsOf(log).includes(name.replace("-", "")))

/** What an address asks of its log, with the columns that its table has: what a view keeps. */
export const questionOf = (log: Log.Log, search: URLSearchParams, columns: ReadonlyArray<Column>): string => {
  const full = new URLSearchParams(search)
  full.set("columns", columns.flatMap(({ key, isShown }) => (isShown ? [key] : [])).join(","))
  return asked(log, full)
}

/** Longer addresses are refused by servers on their way. */
const queryLengthMax = 4_096

/** Of all parameters those that ask something, in one order, so that equal questions read the same. */
const asked = (log: Log.Log, search: URLSearchParams): string =>
  new URLSearchParams(
    [...FilterUrl.names(log), "columns"].flatMap((name) => {
      const values = search.getAll(name).filter((value) => value.trim() !== "")
      return values.length === 0 ? [] : [[name, values.join(",")] as [string, string]]
    })
  ).toString()

const readerOf = ({ unitId, userId, role }: Person): ViewReader => ({
  unitId,
  userId,
  isAdministrator: role === "administrator"
})

const itemOf =
  ({ userId, isAdministrator }: ViewReader) =>
  ({ ownerId, ownerEmail, ...view }: SavedView): ViewItem => ({
    ...view,
    owner: ownerId === userId ? null : ownerEmail,
    isRemovable: ownerId === userId || (view.isShared && isAdministrator)
  })

/** Where a form leads: `question` null stays at the address, "" leaves the view that is gone. */
const at = (address: URL, kept: Kept, question: string | null): URL => {
  if (kept._tag !== "kept") return saying(address, kept._tag)
  const next = new URL(address)
  if (question === null) return next
  if (question === "") next.searchParams.delete("view")
  else next.search = `?${question}&view=${kept.id}`
  return next
}

const saying = (address: URL, problem: Problem): URL => {
  const next = new URL(address)
  next.searchParams.set("problem", problem)
  return next
}

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === "string" ? value : ""
}
