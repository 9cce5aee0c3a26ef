import { Schema } from "effect"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const milliseconds = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

/**
 * What a site may decide about its sessions and outcomes.
 *
 * *Units*: milliseconds.
 * *Source*: sessions.md 3.1, 5.1, 5.4, 5.5 and 6.1.
 */
export const Rules = Schema.Struct({
  /** T: a longer gap begins a new session. 1 minute to 4 hours, default 30 minutes. */
  inactivity: milliseconds(MINUTE, 4 * HOUR),
  /** G: how long after its close a session's abandonment waits for a purchase. 0 to 24 hours, default 10 minutes. */
  grace: milliseconds(0, DAY),
  /** R: the same cart left again within this is a repeat. 0 to 365 days, default 24 hours. */
  repeatWindow: milliseconds(0, 365 * DAY),
  /** W: a purchase within this after an abandonment recovers it. 0 to 365 days, default 7 days. */
  recoveryWindow: milliseconds(0, 365 * DAY),
  /** L: events later than this after their session's end change no emitted outcome. 0 to 365 days, default 24 hours. */
  allowedLateness: milliseconds(0, 365 * DAY)
})
export interface Rules extends Schema.Schema.Type<typeof Rules> {
  /** The rules before these, oldest first, where there were any (ADR 0032). */
  readonly former?: ReadonlyArray<Former>
}

/** Rules that are no longer in force. *Units*: `until`, in UTC milliseconds, is when the next ones came into force. */
export interface Former {
  readonly until: number
  readonly rules: Schema.Schema.Type<typeof Rules>
}

/**
 * The rules of a session, or of an order without one: those that were in force when it began. Without former ones they
 * are the rules themselves.
 */
export const inForce = (rules: Rules, begin: number): Rules =>
  rules.former?.find(({ until }) => begin < until)?.rules ?? rules

export const defaults: Rules = {
  inactivity: 30 * MINUTE,
  grace: 10 * MINUTE,
  repeatWindow: DAY,
  recoveryWindow: 7 * DAY,
  allowedLateness: DAY
}

/** The version of the rules' text: it rises when sessions.md changes what is computed. */
export const version = 1

/** A session lasts at most this long after its start (sessions.md 3.3). */
export const sessionLengthMax = DAY

/** A session holds at most this many events (sessions.md 3.3). */
export const sessionEventsMax = 10_000
