import { Time } from "@spoor/domain"
import { Option, Schema } from "effect"

const decodeInstant = Schema.decodeUnknownOption(Time.InstantFromWire)

/**
 * An instant as a line gives it, or NaN where it is none.
 *
 * What it means is said by the domain's `Time.InstantFromWire`. Only the form that machines write is read here: every
 * line has one, and it takes a tenth of the time.
 * *Units*: UTC milliseconds.
 */
export const parse = (wire: number | string): number => {
  const instant = typeof wire === "string" && wire.length === canonicalLength ? parseCanonical(wire) : NaN
  return Number.isNaN(instant) ? Option.getOrElse(decodeInstant(wire), () => NaN) : instant
}

/** ISO 8601 in UTC with milliseconds: "2026-03-02T10:00:00.000Z". */
const canonicalLength = 24

const parseCanonical = (text: string): number => {
  const isShaped =
    text.charCodeAt(4) === HYPHEN &&
    text.charCodeAt(7) === HYPHEN &&
    text.charCodeAt(10) === T &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    text.charCodeAt(19) === DOT &&
    text.charCodeAt(23) === Z
  if (!isShaped) return NaN
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 7)
  const day = digits(text, 8, 10)
  const hour = digits(text, 11, 13)
  const minute = digits(text, 14, 16)
  const second = digits(text, 17, 19)
  // Days that only some months have, and years that `Date.UTC` takes for 19xx, are left to the domain.
  const isPlain =
    year >= 100 && month >= 1 && month <= 12 && day >= 1 && day <= 28 && hour <= 23 && minute <= 59 && second <= 59
  return isPlain ? Date.UTC(year, month - 1, day, hour, minute, second, digits(text, 20, 23)) : NaN
}

const HYPHEN = 45
const DOT = 46
const ZERO = 48
const COLON = 58
const T = 84
const Z = 90

const digits = (text: string, from: number, to: number): number => {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - ZERO
    if (digit < 0 || digit > 9) return NaN
    value = value * 10 + digit
  }
  return value
}

/** As the domain's `Time.formatInstant`, in a twentieth of the time: every line of output has some. */
export const format = (instant: number): string => {
  const day = Math.floor(instant / DAY)
  const rest = instant - day * DAY
  const seconds = Math.floor(rest / 1_000)
  const minutes = Math.floor(seconds / 60)
  const clock = `${two[Math.floor(minutes / 60)]}:${two[minutes % 60]}:${two[seconds % 60]}`
  return `${dateOf(day)}T${clock}.${three[rest % 1_000]}Z`
}

const DAY = 86_400_000

const two = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"))
const three = Array.from({ length: 1_000 }, (_, value) => String(value).padStart(3, "0"))

const dateOf = (day: number): string => {
  let date = dates.get(day)
  if (date === undefined) {
    if (dates.size >= datesMax) dates.clear()
    date = Time.formatInstant(day * DAY).slice(0, -"T00:00:00.000Z".length)
    dates.set(day, date)
  }
  return date
}

/** The days that were written last: all of them in most inputs. */
const dates = new Map<number, string>()
const datesMax = 10_000
