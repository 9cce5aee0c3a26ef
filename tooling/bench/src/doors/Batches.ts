import type { Activity } from "@spoor/domain"
import type { Options } from "../Bench.ts"
import * as Shop from "../events/Shop.ts"

/** Events in one request, as a busy server's client sends them. */
export const batchEvents = 100

/** A request's body, in bytes as they go over the wire. */
export type Body = Uint8Array

/** The bench's events as trackers send them, moved to the present so that no clock is wrong. */
export const bodies = (
  { events, seed }: Pick<Options, "events" | "seed">,
  writeKey: string,
  days?: number
): ReadonlyArray<Body> => {
  const arrivals = Shop.arrivals(seed, events - (events % batchEvents), days)
  const sentAt = Date.now()
  const shift = sentAt - arrivals.at(-1)!.receivedAt
  const made: Array<Body> = []
  for (let from = 0; from < arrivals.length; from += batchEvents) {
    const batch = arrivals.slice(from, from + batchEvents).map((activity) => onWire(activity, shift))
    made.push(Buffer.from(JSON.stringify({ writeKey, sentAt, events: batch })))
  }
  return made
}

/** A tracker says what the page is called, and where the visitor came from. */
const onWire = (event: Activity.Activity, shift: number) => ({
  id: event.id,
  visitorId: event.visitorId,
  type: event.type,
  at: event.occurredAt + shift,
  sequence: event.sequence,
  url: `${event.url}?utm_source=newsletter&utm_campaign=2026-11`,
  title: `${event.product?.name ?? "Everything for your kitchen"} | Shop`,
  referrer: event.referrer ?? "https://shop.example/c/kitchen",
  device: event.device,
  email: event.email,
  logout: event.logout,
  product: event.product,
  cart: event.cart,
  order: event.order
})
