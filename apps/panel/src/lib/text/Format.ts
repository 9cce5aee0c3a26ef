import { Money } from "@spoor/domain"
import type { Amount } from "#lib/session/Story.ts"
import * as m from "#lib/paraglide/messages.js"

export type Locale = "pl" | "en"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** British English: the day before the month, and 24 hours, as the shops' people are used to. */
const tags: Record<Locale, string> = { pl: "pl-PL", en: "en-GB" }

/** Intl's formatters are slow to make and a table needs thousands of results, so each is made once. */
const once = <Options, Made>(make: (tag: string, options: Options) => Made) => {
  const made = new Map<string, Made>()
  return (locale: Locale, options: Options): Made => {
    const key = `${locale}${JSON.stringify(options)}`
    const known = made.get(key) ?? make(tags[locale], options)
    made.set(key, known)
    return known
  }
}

const dates = once((tag, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, options))
const numbers = once((tag, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(tag, options))
const relatives = once((tag, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(tag, options))

export const number = (value: number, locale: Locale): string =>
  numbers(locale, { maximumFractionDigits: 2 }).format(value)

/** *Units*: minor units; how many make a major one is the currency's own, whatever Intl shows of them. A code that is none stands as it is. */
export const money = ({ value, currency }: Amount, locale: Locale): string => {
  if (!/^[A-Z]{3}$/.test(currency)) return `${number(value, locale)} ${currency}`
  return numbers(locale, { style: "currency", currency }).format(value / 10 ** Money.digits(currency))
}

/**
 * Relative under a day, else date and time in the reader's zone; the year only when it is another one. The reader's "now" may be half a
 * minute behind, so what is a little ahead of it has just been.
 */
export const moment = (at: number, now: number, locale: Locale, timeZone: string): string => {
  const age = now - at
  if (age < -MINUTE || age >= DAY) return stamp(at, now, locale, timeZone)
  if (age < MINUTE) return m.just_now()
  const relative = relatives(locale, { style: "short" })
  return age < HOUR
    ? relative.format(-Math.floor(age / MINUTE), "minute")
    : relative.format(-Math.floor(age / HOUR), "hour")
}

/** Date and time to the minute; the year only when it is another one. */
export const stamp = (at: number, now: number, locale: Locale, timeZone: string): string => {
  const isSameYear = year(at, timeZone) === year(now, timeZone)
  return dates(locale, {
    timeZone,
    day: "numeric",
    month: "short",
    ...(!isSameYear && { year: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23"
  }).format(at)
}

const year = (at: number, timeZone: string): string => dates("en", { timeZone, year: "numeric" }).format(at)

/** A stretch of time in whole days where it has some, else a date and two times. *Units*: UTC milliseconds; `to` is its end. */
export const stretch = (from: number, to: number, locale: Locale, timeZone: string): string => {
  if (to - from < LONG) {
    const isFine = to - from < MINUTE
    return `${day(from, locale, timeZone)}, ${hands(from, isFine, locale, timeZone)} – ${hands(to, isFine, locale, timeZone)}`
  }
  const [first, last] = [day(from, locale, timeZone), day(to - 1, locale, timeZone)]
  return first === last ? first : `${first} – ${last}`
}

/** From here on a stretch of time is told in days: the shortest day has 22 hours. */
const LONG = 22 * HOUR

/** One end of a longer stretch of time that is cut into parts of this length. */
export const edge = (at: number, length: number, locale: Locale, timeZone: string): string =>
  length < LONG
    ? `${day(at, locale, timeZone)}, ${hands(at, length < MINUTE, locale, timeZone)}`
    : day(at, locale, timeZone)

const day = (at: number, locale: Locale, timeZone: string): string =>
  dates(locale, { timeZone, day: "numeric", month: "short", year: "numeric" }).format(at)

const hands = (at: number, isFine: boolean, locale: Locale, timeZone: string): string =>
  dates(locale, {
    timeZone,
    hour: "2-digit",
    minute: "2-digit",
    ...(isFine && { second: "2-digit" }),
    hourCycle: "h23"
  }).format(at)

/** Date and time to the second, for a drawer. */
export const exact = (at: number, locale: Locale, timeZone: string): string =>
  dates(locale, {
    timeZone,
    day: "numeric",
    month: "short",
    year: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    hourCycle: "h23"
  }).format(at)

export const clock = (at: number, locale: Locale, timeZone: string): string =>
  dates(locale, { timeZone, hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" }).format(at)

/** "2026-11-24 14:32:05.123", the same for every reader. */
export const utc = (at: number): string => new Date(at).toISOString().replace("T", " ").replace("Z", "")

/** The zone's offset now, as "UTC+1". */
export const offset = (at: number, timeZone: string): string => {
  const parts = dates("en", { timeZone, timeZoneName: "shortOffset" }).formatToParts(at)
  return (parts.find(({ type }) => type === "timeZoneName")?.value ?? "UTC").replace("GMT", "UTC")
}

/** A time span in its largest whole unit. *Units*: milliseconds. */
export const span = (value: number, locale: Locale): string => {
  const [unit, size] = units.find(([, size]) => value >= size && value % size === 0) ?? (["second", 1_000] as const)
  return numbers(locale, { style: "unit", unit, unitDisplay: "short" }).format(value / size)
}

const units = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", MINUTE]
] as const

/** What is left of an address when its site is known: the path, the query and the fragment. */
export const pathOf = (url: string): string => {
  if (!URL.canParse(url)) return url
  const { pathname, search, hash } = new URL(url)
  return `${pathname}${search}${hash}`
}

/** Only http and https may become links: anything could stand in a stored address (ASVS V1.2.2). */
export const isWebAddress = (url: string): boolean =>
  URL.canParse(url) && ["http:", "https:"].includes(new URL(url).protocol)
