import { DateTime, Duration, Effect, Option, Random } from "effect"

/**
 * How long to wait after the first failure, the second, and so on: ten attempts within about three days.
 *
 * *Source*: Standard Webhooks 1.0.0, "Deliverability and reliability".
 */
const delays = [
  Duration.seconds(5),
  Duration.minutes(5),
  Duration.minutes(30),
  Duration.hours(2),
  Duration.hours(5),
  Duration.hours(10),
  Duration.hours(14),
  Duration.hours(20),
  Duration.hours(24)
]

/** A delay may be a fifth longer or shorter, so that what failed together does not come back together. */
const jitter = 0.2

/** The longest pause that a subscriber may ask for. */
const retryAfterMax = Duration.hours(24)

/** When the next attempt is due, no sooner than the subscriber asked for; null when this was the last. *Units*: UTC milliseconds. */
export const next = Effect.fnUntraced(function* (attempts: number, now: number, pausedUntil: number | null) {
  const delay = delays[attempts - 1]
  if (delay === undefined) return null
  const share = yield* Random.nextBetween(1 - jitter, 1 + jitter)
  return Math.max(now + Math.round(Duration.toMillis(delay) * share), pausedUntil ?? now)
})

/**
 * Until when a subscriber asked for a pause; null where it did not, or what it said is neither seconds nor a date.
 *
 * *Units*: UTC milliseconds. *Source*: RFC 9110, section 10.2.3.
 */
export const pausedUntil = (retryAfter: string | null, now: number): number | null => {
  if (retryAfter === null) return null
  const text = retryAfter.trim()
  const until = /^\d{1,9}$/.test(text)
    ? now + Number(text) * 1_000
    : /[A-Za-z]/.test(text)
      ? Option.getOrNull(Option.map(DateTime.make(text), DateTime.toEpochMillis))
      : null
  return until === null || until <= now ? null : Math.min(until, now + Duration.toMillis(retryAfterMax))
}
