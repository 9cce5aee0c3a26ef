import { Context, Effect, Layer } from "effect"

/** A gateway may be so far ahead of its pace. *Units*: seconds. */
const burst = 2

/**
 * A bucket of calls for each gateway, so that one that runs wild does not take the queue from the others. *Source*: gateways.md R21.
 *
 * Each process has its own: it guards the process. *Units*: `rate` in calls per second, `now` in UTC milliseconds.
 */
export class Throttle extends Context.Service<
  Throttle,
  { readonly isOver: (gatewayId: number, rate: number, now: number) => boolean }
>()("@spoor/sms/Throttle") {
  static readonly layer = Layer.effect(
    Throttle,
    Effect.sync(() => {
      const buckets = new Map<number, { readonly calls: number; readonly at: number }>()
      const isOver = (gatewayId: number, rate: number, now: number): boolean => {
        const { at, calls } = buckets.get(gatewayId) ?? { calls: rate * burst, at: now }
        const left = Math.min(rate * burst, calls + (Math.max(0, now - at) * rate) / 1_000)
        buckets.set(gatewayId, { calls: left < 1 ? left : left - 1, at: now })
        return left < 1
      }
      return Throttle.of({ isOver })
    })
  )
}
