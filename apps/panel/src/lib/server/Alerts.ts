import type { Source, Window } from "@spoor/postgres"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** How long a source may be still, in its usual gaps, before anybody looks whether that is usual. */
const gapsMax = 30
const stillMin = 10 * MINUTE
const stillMax = 12 * HOUR

/** A shop sleeps at night: silence is news only where this many of the last seven days were not silent at the same time. */
const daysCompared = 7
const daysMin = 5

/** Fewer requests or failures say nothing of a rate. */
const requestsMin = 20
const failuresMin = 10

/**
 * The stretches in which a source that has been still for long would have had to write on the days before; null while its
 * stillness is nothing to ask about. *Units*: milliseconds.
 */
export const comparable = ({ kind, lastAt, usualGap }: Source, now: number): ReadonlyArray<Window> | null => {
  if (kind === "gateway" || lastAt === null || usualGap === null) return null
  const still = Math.min(stillMax, Math.max(stillMin, gapsMax * usualGap))
  if (now - lastAt < still) return null
  return Array.from({ length: daysCompared }, (_, index) => {
    const to = now - (index + 1) * DAY
    return { from: to - still, to }
  })
}

/** *Shape*: `present` counts the `comparable` stretches in which something was written. */
export const isSilent = (present: number): boolean => present >= daysMin

/** Whether an hour's requests failed much more often than they use to. */
export const isFailing = (
  now: { readonly total: number; readonly failed: number },
  usual: { readonly total: number; readonly failed: number }
): boolean => {
  const share = now.total === 0 ? 0 : now.failed / now.total
  const before = usual.total === 0 ? 0 : usual.failed / usual.total
  return now.total >= requestsMin && share >= Math.max(0.05, 2 * before)
}

/** Whether an hour had many more failed messages than the hours of the week before it. */
export const isSurging = (now: number, weekBefore: number): boolean =>
  now >= failuresMin && now >= (3 * weekBefore) / (7 * 24)

export const lastHour = (now: number): Window => ({ from: now - HOUR, to: now })
export const weekBefore = (now: number): Window => ({ from: now - HOUR - 7 * DAY, to: now - HOUR })
