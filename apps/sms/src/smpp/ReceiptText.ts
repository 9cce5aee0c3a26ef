import { Zone } from "@spoor/domain"
import { DateTime } from "effect"

/**
 * What the text of a receipt says, verbatim.
 *
 * *Shape*: null for what it does not say. `head` is the text without what comes of the message itself. `isWhole`: it
 * says so much, in the way of receipts, that nobody writes that by chance.
 */
export interface ReceiptText {
  readonly id: string | null
  readonly stat: string | null
  readonly err: string | null
  readonly phone: string | null
  readonly submitted: string | null
  readonly done: string | null
  readonly head: string
  readonly isWhole: boolean
}

/**
 * Reads the text of a receipt in the forms that gateways send; total, any text may come.
 *
 * The keys may be in any case and order, and missing. `pattern` is for a gateway of another form: its named groups id,
 * stat, err, phone, submitted and done are taken as they are; where it does not match, the usual forms are tried.
 * *Source*: SMPP 3.4, Appendix B (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=167).
 */
export const parse = (text: string, pattern: RegExp | null = null): ReceiptText =>
  byPattern(text, pattern) ?? byPattern(text, commas) ?? byKeys(text)

/** How far into a text keys are looked for. A receipt has some 130 characters. */
const lengthMax = 1_000

/**
 * A list in place of keys: code, done, submitted, nothing, phone, id, reference.
 *
 * *Source*: the one example known, https://www.mail-archive.com/devel@kannel.org/msg02229.html; a gateway that orders
 * its fields otherwise needs a pattern of its own.
 */
const commas =
  /^(?<err>[\da-z]{1,4}),(?<done>\d{10,14})?,(?<submitted>\d{10,14})?,[^,]*,\+?(?<phone>\d{5,15}),(?<id>[^,\s]{1,65})(?:,|$)/i

const byPattern = (text: string, pattern: RegExp | null): ReceiptText | null => {
  const groups = pattern?.exec(text.slice(0, lengthMax).trim())?.groups
  if (groups === undefined) return null
  const said = (name: string): string | null => nonEmpty(groups[name])
  const read = {
    id: said("id"),
    stat: said("stat"),
    err: said("err"),
    phone: said("phone"),
    submitted: said("submitted"),
    done: said("done")
  }
  return { ...read, head: JSON.stringify(read), isWhole: true }
}

const keys = /(?<![\da-z])(text|id|sub|dlvrd|submit[ _-]?date|done[ _-]?date|stat(?:us)?|err(?:or)?)\s*:/gi

const byKeys = (text: string): ReceiptText => {
  const head = withoutMessage(text.slice(0, lengthMax))
  const found = [...head.matchAll(keys)]
  const values = new Map<string, string>()
  for (const [index, match] of found.entries()) {
    const name = canonical(match[1]!)
    const value = withoutStranger(head.slice(match.index + match[0].length, found[index + 1]?.index))
    if (!values.has(name) && name !== "text") values.set(name, value)
  }
  const said = (name: string): string | null => nonEmpty(values.get(name))
  const [id, stat] = [firstWord(said("id")), firstWord(said("stat")) ?? loneState(head)]
  const rest = ["sub", "dlvrd", "submitdate", "donedate", "err"].filter((name) => values.has(name))
  return {
    id,
    stat,
    err: said("err"),
    phone: null,
    submitted: said("submitdate"),
    done: said("donedate"),
    head,
    isWhole: id !== null && stat !== null && rest.length > 0
  }
}

/** What comes of the message may say anything, also "stat:", and is nobody's business: it is cut off where it begins. */
const withoutMessage = (text: string): string => {
  const begins = [...text.matchAll(keys)].find((match) => canonical(match[1]!) === "text")
  if (begins === undefined) return text.trim()
  const before = text.slice(0, begins.index).trim()
  // A gateway that puts it first: what is to be known comes after it, and the message is what stands before the next key.
  if (/(?<![\da-z])(?:id|stat)/i.test(before)) return before
  const after = begins.index + begins[0].length
  const next = [...text.slice(after).matchAll(keys)][0]
  return next === undefined ? before : `${before} ${text.slice(after + next.index)}`.trim()
}

/** A value ends also where a key begins that we do not know. */
const withoutStranger = (value: string): string => value.replace(/\s[a-z][\w-]*:.*$/is, "").trim()

const canonical = (key: string): string => {
  const name = key.toLowerCase().replace(/[ _-]/, "")
  return name === "status" ? "stat" : name === "error" ? "err" : name
}

/** A state whose key was left out, as in `done date:180903120816 DELIVRD err:000`. *Source*: ksmppd #108. */
const loneState = (head: string): string | null =>
  /(?:^|\s)(DELIVRD|UNDELIV|EXPIRED|REJECTD|DELETED|ACCEPTD|ENROUTE|UNKNOWN)(?=\s|$)/.exec(head)?.[1] ?? null

const firstWord = (value: string | null): string | null => nonEmpty(value?.split(/[\s,;]/, 1)[0])

const nonEmpty = (value: string | undefined): string | null => (value === undefined || value === "" ? null : value)

/**
 * The instant of a date of a receipt; null if it is none.
 *
 * *Shape*: YYMMDDhhmm, with seconds or without, also with the century, and whatever between the digits. It names no
 * zone: `zone` is the gateway's.
 * *Units*: UTC milliseconds.
 */
export const instantOf = (date: string | null, zone: DateTime.TimeZone.Named): number | null => {
  const digits = (date ?? "").replace(/\D/g, "")
  const forms =
    digits.length === 10 ? [`20${digits}00`] : digits.length === 12 ? [`20${digits}`, `${digits}00`] : [digits]
  const wall = forms.map(wallOf).find((read) => read !== null) ?? null
  return wall === null ? null : Zone.instantOf(wall, zone)
}

const wallOf = (digits: string): Zone.Wall | null => {
  const parts = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(digits)?.slice(1).map(Number)
  if (parts === undefined) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts
  const isOne = year >= 2000 && month >= 1 && month <= 12 && day >= 1 && day <= daysOf(year, month)
  return isOne && hour < 24 && minute < 60 && second < 60 ? { year, month, day, hour, minute, second } : null
}

const daysOf = (year: number, month: number): number =>
  DateTime.toPartsUtc(DateTime.makeUnsafe({ year, month: month + 1, day: 0 })).day
