import { type Log, LogRow } from "@spoor/domain"
import { LogReader } from "@spoor/postgres"
import { error, redirect } from "@sveltejs/kit"
import { Effect, Option, Schema } from "effect"
import type { Locale } from "#lib/text/Format.ts"
import type { Person } from "./Auth.ts"
import { find } from "./LogFilters.ts"
import type { Reading } from "./LogScreen.ts"
import { isMasked, seenBy } from "./Rights.ts"
import { run } from "./runtime.ts"

/** What the frame around a log has read already. */
interface Frame {
  readonly unit: { readonly timeZone: string }
  readonly sites: Reading["sites"]
  readonly locale: Locale
}

export const readingOf = (person: Person, { unit, sites, locale }: Frame): Reading => ({
  person,
  unitId: person.unitId,
  sites,
  timeZone: unit.timeZone,
  locale,
  isMasked: isMasked(person)
})

/**
 * Sends on to what the search field found, if it was used: the row itself, or the list with one more filter.
 *
 * *Shape*: what could not be understood comes back, to be shown beside the field.
 */
export const findOrGoOn = (
  log: Log.Log,
  path: string,
  search: URLSearchParams,
  { sites, locale }: Reading
): { readonly typed: string; readonly problem: string | null } => {
  const typed = search.get("find") ?? ""
  if (typed.trim() === "") return { typed: "", problem: null }
  const found = find(log, typed, search, sites, locale)
  if (found._tag === "Problem") return { typed, problem: found.problem }
  if (found._tag === "Row") redirect(303, `${path}/${found.id}`)
  redirect(303, `${path}?${found.search}`)
}

/** One row as its drawer shows it. Another unit's row looks like one that does not exist. */
export const detailOf = async <L extends Log.Log, Shown>(
  log: L,
  person: Person,
  id: string,
  show: (row: Log.RowOf<L>) => Shown
): Promise<Shown> => {
  const known = Schema.decodeOption(LogRow.LogId)(id)
  const row = Option.isNone(known)
    ? null
    : await run(Effect.flatMap(LogReader, (reader) => reader.find(person.unitId, log, known.value)))
  return row === null ? error(404, "Not found") : seenBy(person)(show(row))
}
