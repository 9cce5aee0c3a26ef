import { Ids } from "@spoor/domain"
import type { Keyset } from "@spoor/postgres"
import { redirect } from "@sveltejs/kit"
import { activityTypes, outcomeTypes } from "#lib/text/Types.ts"

/** The parameters of a log's address; the first four narrow it, the last two turn its pages. */
const LENGTH_MAX = 320

/** One parameter, trimmed; undefined when it is absent, empty, or nothing that could stand in the database. */
const read = (search: URLSearchParams, name: string): string | undefined => {
  const value = search.get(name)?.trim() ?? ""
  return value === "" || value.length > LENGTH_MAX || value.includes("\u0000") || !value.isWellFormed()
    ? undefined
    : value
}

const readOne = <Value extends string>(
  search: URLSearchParams,
  name: string,
  values: ReadonlyArray<Value>
): Value | undefined => values.find((value) => value === search.get(name))

/** What every log of a customer's doing can be filtered by. E-mails are stored lower-cased (sessions.md 2.5). */
const readCustomer = (search: URLSearchParams) => ({
  email: read(search, "email")?.toLowerCase(),
  visitor: read(search, "visitor"),
  session: read(search, "session")
})

export const readActivity = <SiteId extends string>(
  search: URLSearchParams,
  sites: ReadonlyArray<{ readonly siteId: SiteId }>
) => ({
  site: readOne(
    search,
    "site",
    sites.map(({ siteId }) => siteId)
  ),
  type: readOne(search, "type", activityTypes),
  ...readCustomer(search)
})

export const readSessionEvents = (search: URLSearchParams) => ({
  type: readOne(search, "type", outcomeTypes),
  ...readCustomer(search)
})

/** Which page: `older` and `newer` hold the row to go on from, as "milliseconds.id". */
export const readTurn = (search: URLSearchParams): Keyset.Turn => {
  for (const direction of ["older", "newer"] as const) {
    const match = /^(-?\d{1,15})\.(\d{1,15})$/.exec(search.get(direction) ?? "")
    if (match !== null) return { direction, cursor: { at: Number(match[1]), id: Number(match[2]) } }
  }
  return { direction: "newest" }
}

/** A log ID from an address; null when it can be none. */
export const readId = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null)

/**
 * What the search field means by its text: a log ID, an e-mail, a session ID (it begins with one of the sites), or else
 * a visitor ID.
 */
export const recognise = (text: string, sites: ReadonlyArray<{ readonly siteId: string }>) => {
  if (/^\d{1,15}$/.test(text)) return { _tag: "Row", id: text } as const
  if (/^[^\s@]+@[^\s@]+$/.test(text)) return { _tag: "Filter", name: "email", value: text.toLowerCase() } as const
  const isSession = sites.some(({ siteId }) => Ids.partsOf(text)?.siteId === siteId)
  return { _tag: "Filter", name: isSession ? "session" : "visitor", value: text } as const
}

/** Sends on to what the search field found, if it was used: the row itself, or the list with one more filter. */
export const redirectFound = (
  path: string,
  search: URLSearchParams,
  filter: Record<string, string | undefined>,
  sites: ReadonlyArray<{ readonly siteId: string }>
): void => {
  const wanted = read(search, "find")
  if (wanted === undefined) return
  const found = recognise(wanted, sites)
  if (found._tag === "Row") redirect(303, `${path}/${found.id}`)
  const given = Object.entries({ ...filter, [found.name]: found.value })
  redirect(
    303,
    `${path}?${new URLSearchParams(given.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))}`
  )
}
