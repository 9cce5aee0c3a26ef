import { Context, Effect, Layer } from "effect"

/** The most requests that are remembered; the oldest are forgotten first. */
const rememberedMax = 100_000

/**
 * Signed requests that were kept already, for as long as their signatures are good.
 *
 * It saves work and no more: what a request says is told apart by the worker, in every process and for longer. *Units*: UTC milliseconds.
 */
export class Replays extends Context.Service<
  Replays,
  {
    readonly isKnown: (gatewayId: number, nonce: string, now: number) => boolean
    /** Once the queue has what it says. */
    readonly remember: (gatewayId: number, nonce: string, until: number) => void
  }
>()("@spoor/sms/Replays") {
  static readonly layer = Layer.effect(
    Replays,
    Effect.sync(() => {
      const known = new Map<string, number>()
      const isKnown = (gatewayId: number, nonce: string, now: number): boolean =>
        (known.get(`${gatewayId} ${nonce}`) ?? 0) > now
      const remember = (gatewayId: number, nonce: string, until: number): void => {
        const name = `${gatewayId} ${nonce}`
        known.delete(name)
        known.set(name, until)
        if (known.size > rememberedMax) known.delete(known.keys().next().value ?? "")
      }
      return Replays.of({ isKnown, remember })
    })
  )
}
