import { Schema } from "effect"
import type * as SmsLog from "../log/SmsLog.ts"
import type { Instant } from "../session/Time.ts"

/**
 * What is known of a message.
 *
 * - `submitted`: it was handed to the gateway.
 * - `provisional`: the gateway does not know; a better report may still come.
 * - `delivered` and `failed`: final. A message that once failed for good stays so, whatever is reported later.
 */
export const Standing = Schema.Literals(["submitted", "provisional", "delivered", "failed"])
export type Standing = typeof Standing.Type

/** What one report says; `intermediate` is on its way, `submitted` what the sender says of its own sending. */
export const Said = Schema.Literals(["submitted", "intermediate", "provisional", "delivered", "failed"])
export type Said = typeof Said.Type

/**
 * A message as the adapter remembers it.
 *
 * *Shape*: `isRegistered` says that its sender told of it: nothing more will be known. `dueAt` is when it is logged with what is known by
 * then, null while nothing waits; `isLogged` says that its row is there.
 */
export interface Message {
  readonly standing: Standing
  readonly phone: SmsLog.Phone | null
  readonly sender: string | null
  readonly isRegistered: boolean
  readonly dueAt: Instant | null
  readonly isLogged: boolean
}

/**
 * *Shape*: `isRegistration` says that it is the sender's own word. `waitUntil` is until when something provisional is not believed,
 * `holdUntil` until when a failure that lacks a fact waits for that word; null logs it at once.
 */
export interface News {
  readonly said: Said
  readonly isRegistration: boolean
  readonly phone: SmsLog.Phone | null
  readonly sender: string | null
  readonly waitUntil: Instant | null
  readonly holdUntil: Instant | null
}

/**
 * What follows from a report.
 *
 * *Shape*: `message` is null where nothing is worth remembering; `isBlamed` says that this report is the one that the row will tell of,
 * `isNoted` that it is kept beside, `isDue` that the row is to be written now.
 */
export interface Step {
  readonly message: Message | null
  readonly isBlamed: boolean
  readonly isNoted: boolean
  readonly isDue: boolean
}

/**
 * Takes a report into account. In whatever order reports come and however often, a message that failed for good is due exactly once, and one
 * that did not never is.
 *
 * *Source*: gateways.md R7, R11 to R14.
 */
export const evolve = (before: Message | undefined, news: News): Step => {
  const known: Message = {
    standing: before?.standing ?? "submitted",
    isRegistered: news.isRegistration || (before?.isRegistered ?? false),
    dueAt: before?.dueAt ?? null,
    isLogged: before?.isLogged ?? false,
    phone: before?.phone ?? news.phone,
    sender: before?.sender ?? news.sender
  }
  if (before?.standing === "failed") return afterFailure(known, news)
  switch (news.said) {
    case "intermediate":
      return { ...nothing, message: before === undefined ? null : known }
    case "submitted":
      return { ...nothing, message: known }
    case "delivered":
      return { ...nothing, message: { ...known, standing: "delivered", dueAt: null } }
    case "provisional":
      if (known.standing !== "submitted") return { ...nothing, message: known }
      return { ...nothing, message: { ...known, standing: "provisional", dueAt: news.waitUntil }, isBlamed: true }
    case "failed":
      return blame(known, news.holdUntil)
  }
}

/** The time is up: what waits is believed, and logged with what is known. */
export const expire = (message: Message): Message => ({ ...message, standing: "failed", dueAt: null, isLogged: true })

const nothing = { isBlamed: false, isNoted: false, isDue: false }

const blame = (known: Message, holdUntil: Instant | null): Step => {
  const isHeld = holdUntil !== null && !isComplete(known)
  const message: Message = { ...known, standing: "failed", dueAt: isHeld ? holdUntil : null, isLogged: !isHeld }
  return { message, isBlamed: true, isNoted: true, isDue: !isHeld }
}

const afterFailure = (known: Message, news: News): Step => {
  const isDue = !known.isLogged && isComplete(known)
  return {
    message: isDue ? { ...known, dueAt: null, isLogged: true } : known,
    isBlamed: false,
    isNoted: news.said !== "submitted" && news.said !== "intermediate",
    isDue
  }
}

const isComplete = ({ isRegistered, phone, sender }: Message): boolean =>
  isRegistered || (phone !== null && sender !== null)

/** How a gateway's IDs are compared: in every spelling that gateways are known to use, or letter by letter. */
export const IdProfile = Schema.Literals(["auto", "exact"])
export type IdProfile = typeof IdProfile.Type

/**
 * The names under which a message is remembered and found.
 *
 * *Shape*: `names` are the message's own. `guesses` are the same numbers in the other notation: such a hit counts only together with the same
 * phone.
 */
export interface Names {
  readonly names: ReadonlyArray<string>
  readonly guesses: ReadonlyArray<string>
}

/**
 * The names that a gateway's IDs (`ids`) and the sender's own (`refs`) give a message.
 *
 * Gateways answer a submission with one spelling and report with another: other case, padded with zeros, decimal for hexadecimal, and each
 * part under an ID of its own (`id$2`).
 * *Source*: gateways.md R10; jasmin issue 616; Vonage's "What is Nexmo's SMPP DLR format".
 */
export const namesOf = (
  ids: ReadonlyArray<string>,
  refs: ReadonlyArray<string>,
  profile: IdProfile = "auto"
): Names => {
  const own = refs.map((ref) => `r:${ref}`)
  if (profile === "exact") return { names: distinct([...own, ...ids.map((id) => `m:${id.trim()}`)]), guesses: [] }
  const plain = ids.map(plainOf)
  const guesses = plain.flatMap(otherNotations).map((id) => `m:${id}`)
  const names = distinct([...own, ...plain.map((id) => `m:${id}`)])
  return { names, guesses: distinct(guesses).filter((guess) => !names.includes(guess)) }
}

const plainOf = (id: string): string =>
  id
    .trim()
    .replace(/\$\d{1,3}$/u, "")
    .toLowerCase()
    .replace(/^0+(?=.)/u, "")

/** *Units*: digits; nobody converts what is longer than 16 octets. */
const hexadecimal = /^[0-9a-f]{1,32}$/u
const decimal = /^\d{1,39}$/u

const otherNotations = (id: string): ReadonlyArray<string> => [
  ...(hexadecimal.test(id) ? [BigInt(`0x${id}`).toString()] : []),
  ...(decimal.test(id) ? [BigInt(id).toString(16)] : [])
]

const distinct = (values: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(values)]
