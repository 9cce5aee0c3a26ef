import {
  FilterError,
  FilterFields,
  FilterText,
  FilterUrl,
  HttpStatus,
  type Log,
  type LogFilter,
  type LogRow,
  Preset,
  SmsError,
  TimeRange
} from "@spoor/domain"
import { personalFieldsOf } from "@spoor/postgres"
import { Result } from "effect"
import type { Chip, Choice, FilterView, Menu } from "#lib/log/Filter.ts"
import type { Locale } from "#lib/text/Format.ts"

/**
 * Where a reader stands: what days and clocks of a range mean, in which words, and whether what is personal is hidden from them.
 */
export interface Standpoint {
  readonly now: number
  readonly timeZone: string
  readonly locale: Locale
  readonly isMasked: boolean
}

type Sites = ReadonlyArray<{ readonly siteId: string; readonly name: string }>

/** A filter that can be asked, and the range that it means at this moment. */
export interface Asked<L extends Log.Log> {
  readonly filter: LogFilter.FilterOf<L>
  readonly interval: { readonly from: number | null; readonly to: number | null }
  readonly isMasked: boolean
}

/** *Shape*: without `problem` the address was understood; with it, what is asked is the rest of the address. */
export interface Read<L extends Log.Log> extends Asked<L> {
  readonly problem: string | null
}

/** The filter that an address holds (the grammar of `FilterUrl`). A field that cannot be asked is left out, and its siblings are kept. */
export const read = <L extends Log.Log>(log: L, search: URLSearchParams, at: Standpoint): Read<L> => {
  const { isMasked } = at
  const { hidden, parameters } = isMasked ? withoutHidden(log, [...search]) : { hidden: null, parameters: [...search] }
  const { filter, wrong } = understood(log, parameters)
  const problem = wrong ?? hidden
  const { range } = filter
  const always = { filter, interval: { from: null, to: null }, problem: problem?.[at.locale] ?? null, isMasked }
  if (range === undefined) return always
  const interval = TimeRange.resolve(range, { now: at.now, zone: at.timeZone })
  return Result.isFailure(interval)
    ? { ...always, problem: emptyRange[at.locale] }
    : { ...always, interval: interval.success }
}

/** *Shape*: `wrong` says what is wrong with the first of those fields that are left out. */
const understood = <L extends Log.Log>(
  log: L,
  parameters: FilterUrl.Parameters
): { readonly filter: LogFilter.FilterOf<L>; readonly wrong: LogRow.Label | null } => {
  const decoded = FilterUrl.decode(log, parameters)
  if (Result.isSuccess(decoded)) return { filter: decoded.success, wrong: null }
  const { failure } = decoded
  const rest = without(parameters, [failure.field])
  // A field that no parameter names would be wrong again.
  const { filter } = understood(log, rest.length < parameters.length ? rest : [])
  return { filter, wrong: FilterError.sentence(failure) }
}

const without = (parameters: FilterUrl.Parameters, fields: ReadonlyArray<string>): FilterUrl.Parameters =>
  parameters.filter(([name]) => !fields.includes(fieldOf(name)))

const fieldOf = (name: string): string => name.replace(/^-/, "")

/** Who may not see a value cannot ask by it either: a number of rows would tell it letter by letter. */
const withoutHidden = (log: Log.Log, parameters: FilterUrl.Parameters) => {
  const fields = personalFieldsOf(log)
  const named = fields.find((field) =>
    parameters.some(([name, value]) => fieldOf(name) === field && value.trim() !== "")
  )
  const label = named === undefined ? undefined : syntaxes(log)[named]?.label
  return { hidden: label === undefined ? null : hiddenField(label), parameters: without(parameters, fields) }
}

const hiddenField = ({ pl, en }: LogRow.Label) => ({
  pl: `Twoja rola nie widzi tych danych, więc nie może też po nich filtrować: ${pl}.`,
  en: `Your role does not see these data, so it cannot filter by them either: ${en}.`
})

const emptyRange = {
  pl: "W tym przedziale czasu nie mieści się żadna chwila: koniec jest przed początkiem.",
  en: "No moment lies in this range: it ends before it begins."
}

/**
 * The address of what was typed into the search field, added to the filters that are there; or why it cannot be.
 *
 * *Shape*: "Row" names a log ID.
 */
export const find = (log: Log.Log, typed: string, search: URLSearchParams, sites: Sites, locale: Locale) => {
  const text = typed.trim()
  if (/^#?\d{1,15}$/.test(text) && !(hasStatus(log) && /^[1-5]\d\d$/.test(text))) {
    return { _tag: "Row", id: text.replace("#", "") } as const
  }
  const parsed = FilterText.parse(log, recognised(log, text, sites))
  if (Result.isFailure(parsed)) {
    return { _tag: "Problem", problem: FilterError.sentence(parsed.failure)[locale] } as const
  }
  // The columns and the view stay with whoever asks something else.
  const names = new Set([...FilterUrl.names(log), "columns", "view"])
  const next = new URLSearchParams([...search].filter(([name]) => names.has(name)))
  for (const [name, value] of FilterUrl.encode(parsed.success)) {
    const before = next.get(name)
    const isRange = name === "range" || name === "from" || name === "to" || name === "tz"
    next.set(name, before === null || isRange ? value : `${before},${value}`)
  }
  return { _tag: "Filter", search: next } as const
}

const hasStatus = (log: Log.Log): boolean => log === "api" || log === "panel"

/** A value whose shape says which field it is of need not be written with the field's name. */
const recognised = (log: Log.Log, text: string, sites: Sites): string => {
  if (/[:"]/.test(text) && !sites.some(({ siteId }) => text.startsWith(`${siteId}:`))) return text
  if (/\s/.test(text)) return /^\+?[\d\s()-]{7,}$/.test(text) && log === "sms" ? `phone:"${text}"` : text
  const has = (name: string) => FilterFields.fields[log] !== undefined && name in FilterFields.fields[log]
  const is = (name: string, value = text) => `${name}:"${value}"`
  if (has("email") && text.includes("@")) return text.endsWith("*") ? `email:${text}` : is("email")
  if (has("status") && /^[1-5](\d\d|xx)$/i.test(text)) return `status:${text}`
  if (has("phone") && /^(\+|00)\d{6,}$/.test(text)) return is("phone")
  if (has("ip") && /^(\d+\.){3}\d+$|^[0-9a-f:]+:[0-9a-f:]*$/i.test(text)) return is("ip")
  if (has("url") && text.startsWith("/")) return `url:*${text.includes("*") ? `"${text}"` : text}*`
  if (has("session") && sites.some(({ siteId }) => text.startsWith(`${siteId}:`))) return is("session")
  if (has("visitor") && /\d/.test(text) && text.length >= 8) return is("visitor")
  if (has("request") && /^[0-9a-f-]{36}$/i.test(text)) return is("request")
  return text
}

/** What the filter bar shows: a chip for every term, and the fields that can still be asked. */
export const view = <L extends Log.Log>(
  log: L,
  { filter, problem, isMasked }: Read<L>,
  sites: Sites,
  locale: Locale
): FilterView => ({
  problem,
  chips: FilterUrl.encode(filter).flatMap(([param, value]) => chipOf(log, param, value, sites, locale)),
  menus: menusOf(log, sites, locale).filter(({ name }) => !isMasked || !personalFieldsOf(log).includes(name)),
  range: rangeOf(filter.range, locale),
  presets: Preset.Preset.literals.map((value) => ({ value, label: Preset.labels[value][locale] }))
})

const ofRange = new Set(["range", "from", "to", "tz"])

const chipOf = (log: Log.Log, param: string, value: string, sites: Sites, locale: Locale): ReadonlyArray<Chip> => {
  if (ofRange.has(param)) return []
  const isNegated = param.startsWith("-")
  const name = isNegated ? param.slice(1) : param
  const syntax = syntaxes(log)[name] ?? FilterFields.word
  const choices = choicesOf(log, name, sites, locale)
  const shown = choices === null || name === "status" ? value : value.split(",").map(labelIn(choices)).join(", ")
  return [{ param, label: syntax.label[locale], isNegated, value: shown }]
}

const labelIn = (choices: ReadonlyArray<Choice>) => (value: string) => {
  const label = choices.find((choice) => choice.value === value)?.label ?? ""
  return label === "" ? value : label
}

const syntaxes = (log: Log.Log): Readonly<Record<string, (typeof FilterFields)["word"]>> => FilterFields.fields[log]

/** The site of *Website activity* stands above the table, not among the filters. */
const menusOf = (log: Log.Log, sites: Sites, locale: Locale): ReadonlyArray<Menu> =>
  Object.entries(syntaxes(log)).flatMap(([name, { label, allowed }]) =>
    name === "site" && (log === "activity" || sites.length < 2)
      ? []
      : [{ name, label: label[locale], choices: choicesOf(log, name, sites, locale), example: allowed[0] ?? "" }]
  )

const choicesOf = (log: Log.Log, name: string, sites: Sites, locale: Locale): ReadonlyArray<Choice> | null => {
  const { kind, allowed } = syntaxes(log)[name] ?? FilterFields.word
  if (name === "site") return sites.map(({ siteId, name }) => ({ value: siteId, label: name }))
  if (kind === "status") return statusChoices(log === "panel" ? "panel" : "api", locale)
  if (kind === "flag")
    return [
      { value: "yes", label: yes[locale] },
      { value: "no", label: no[locale] }
    ]
  if (name === "category") return allowed.map((value) => ({ value, label: categories[value]?.[locale] ?? value }))
  if (name === "permanence") return allowed.map((value) => ({ value, label: permanences[value]?.[locale] ?? value }))
  return kind === "choice" ? allowed.map((value) => ({ value, label: "" })) : null
}

const yes = { pl: "Tak", en: "Yes" }
const no = { pl: "Nie", en: "No" }
const categories: Readonly<Record<string, LogRow.Label>> = SmsError.categoryNames
const permanences: Readonly<Record<string, LogRow.Label>> = {
  permanent: { pl: "trwały", en: "permanent" },
  temporary: { pl: "chwilowy", en: "temporary" },
  unknown: { pl: "nieznana", en: "unknown" }
}

/** The classes that go wrong or well, then the codes that this log explains itself. */
const statusChoices = (log: HttpStatus.StatusLog, locale: Locale): ReadonlyArray<Choice> => [
  ...[200, 300, 400, 500].map((code) => ({
    value: `${code / 100}xx`,
    label: HttpStatus.meaning(log, code + 99).className[locale]
  })),
  ...HttpStatus.codesOf(log).map((code) => ({ value: String(code), label: HttpStatus.meaning(log, code).name }))
]

const rangeOf = (range: TimeRange.TimeRange | undefined, locale: Locale): FilterView["range"] => {
  if (range === undefined) return null
  const zone = range.zone ?? null
  const placed = (label: string) => (zone === null ? label : `${label}, ${zone}`)
  if ("preset" in range) {
    return { label: placed(Preset.labels[range.preset][locale]), preset: range.preset, from: "", to: "", zone }
  }
  return {
    label: placed(`${wall(range.from)} – ${wall(range.to)}`),
    preset: null,
    from: range.from ?? "",
    to: range.to ?? "",
    zone
  }
}

/** A moment as a person reads it: without the letter between day and time. */
const wall = (moment: string | undefined): string => moment?.replace("T", " ") ?? "…"
