import * as Chance from "@spoor/bench/chance"
import * as Shop from "@spoor/bench/shop"
import { type Activity, Rules } from "@spoor/domain"

/** Items in one request: new events, copies of events that were sent before or stand beside them, and one that is wrong. */
const perBatch = 100
const doubledPerBatch = 5
const invalidPerBatch = 1
const newPerBatch = perBatch - doubledPerBatch - invalidPerBatch

/** The shop's day passes in 48 minutes, so that outcomes come due while a run lasts. */
const haste = 30

/** The default rules in the same haste. Nothing is late by them: what late events change depends on when they came. */
export const rules: Rules.Rules = {
  inactivity: Rules.defaults.inactivity / haste,
  grace: Rules.defaults.grace / haste,
  repeatWindow: Rules.defaults.repeatWindow / haste,
  recoveryWindow: Rules.defaults.recoveryWindow / haste,
  allowedLateness: Rules.defaults.allowedLateness
}

/** How long after its last event a session's outcome is due, at the latest. *Units*: milliseconds. */
export const settledAfter = rules.inactivity + rules.grace

/**
 * What trackers send, whole requests without the key and the time of sending.
 *
 * *Shape*: every batch is the JSON of `itemsPerBatch` events, `rejectedPerBatch` of them wrong; `ids` are those of the
 * events that are good, each once. *Units*: `lastAt` in UTC milliseconds.
 */
export interface Traffic {
  readonly batches: ReadonlyArray<string>
  readonly ids: ReadonlySet<string>
  readonly lastAt: number
}

export const itemsPerBatch = perBatch
export const rejectedPerBatch = invalidPerBatch

/** About `count` items, the latest of which happened at `lastAt`. The same seed gives the same items, at other times. */
export const make = (seed: number, count: number, lastAt: number): Traffic => {
  const chance = Chance.of(seed, 0x7fff_0010)
  const amount = Math.max(1, Math.round(count / perBatch))
  const events = arrivals(seed, amount * newPerBatch)
  const shift = lastAt - events.reduce((latest, { occurredAt }) => Math.max(latest, occurredAt), 0)
  const texts = events.map((event) => JSON.stringify(onWire(event, shift)))
  const batches = Array.from({ length: amount }, (_, batch) => {
    const end = (batch + 1) * newPerBatch
    const items = texts.slice(end - newPerBatch, end)
    for (let left = doubledPerBatch; left > 0; left--) {
      // Half of the copies follow at once, as when an answer was lost; the others come when nobody remembers them.
      const from = Chance.isTrue(chance, 0.5) ? Math.max(0, end - 2 * newPerBatch) : 0
      const copy = texts[from + Chance.below(chance, end - from)]!
      const first = items.indexOf(copy) + 1
      items.splice(first + Chance.below(chance, items.length + 1 - first), 0, copy)
    }
    items.splice(Chance.below(chance, items.length + 1), 0, wrong[Chance.below(chance, wrong.length)]!)
    return `[${items.join()}]`
  })
  return { batches, ids: new Set(events.map(({ id }) => id)), lastAt }
}

/** One of each reason of rejection that an item of a browser's can have, but for size. */
const wrong = [
  "42",
  '{"id":"w1","type":"VisitOnWebsite"}',
  '{"id":"w2","visitorId":"v","type":"Ping"}',
  '{"id":"w3","visitorId":"v","type":"VisitOnWebsite","at":"yesterday"}',
  '{"id":"w4","visitorId":"v","type":"VisitOnWebsite","title":"\\u0000"}',
  '{"id":"w5","visitorId":"v","type":"VisitOnWebsite","receivedAt":"2026-01-01T00:00:00Z"}'
]

const DAY = 86_400_000

/**
 * In order of arrival, each event once; 2 % arrive up to 4 minutes late.
 *
 * A shop's day ends with hardly anybody there. Here it begins and ends at its busiest moment, so that many sessions have just
 * ended when the run begins.
 */
const arrivals = (seed: number, count: number): ReadonlyArray<Activity.Activity> => {
  const all = Shop.arrivals(seed, Math.ceil(count / (1 - Shop.doubledShare)) + 1, 1)
  const midday = all[all.length >> 1]!.occurredAt
  const turned = (at: number) => Math.floor((at <= midday ? at + DAY : at) / haste)
  const seen = new Set<string>()
  return all
    .filter(({ id }) => !seen.has(id) && seen.add(id))
    .slice(0, count)
    .map((event) => {
      const occurredAt = turned(event.occurredAt)
      return { ...event, occurredAt, receivedAt: occurredAt + (event.receivedAt - event.occurredAt) / haste }
    })
    .sort((a, b) => a.receivedAt - b.receivedAt)
}

const onWire = (
  { receivedAt: _received, siteId: _site, clientAt: _client, occurredAt, ...event }: Activity.Activity,
  shift: number
) => ({
  ...event,
  at: occurredAt + shift
})
