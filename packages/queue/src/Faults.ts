import { Duration, Effect } from "effect"
import type { QueueUnavailable } from "./QueueUnavailable.ts"

type Reason = QueueUnavailable["reason"]

/**
 * What a memory queue shall do wrong, told while it runs. Each fault waits for its turn and is used up by it.
 *
 * One instance belongs to one layer.
 */
export class Faults {
  private readonly appends: Array<{ readonly reason: Reason; readonly isKept: boolean }> = []
  private acknowledgementsLost = 0
  private deliveriesDoubled = 0
  private slowness = Duration.zero
  private fullness = false

  /**
   * The next `count` appends fail.
   *
   * `isKept`: the messages are kept all the same, like those of a server that dies before it answers (default no).
   */
  failAppends(count: number, options: { readonly reason?: Reason; readonly isKept?: boolean } = {}) {
    const fault = { reason: options.reason ?? "io", isKept: options.isKept ?? false }
    return Effect.sync(() => {
      for (let index = 0; index < count; index++) this.appends.push(fault)
    })
  }

  /** The next `count` acknowledgements succeed and do nothing, so that their messages come again. */
  loseAcknowledgements(count: number) {
    return Effect.sync(() => {
      this.acknowledgementsLost += count
    })
  }

  /** The next `count` messages taken stay there for the next taker too, who gets them as the next attempt. */
  doubleDeliveries(count: number) {
    return Effect.sync(() => {
      this.deliveriesDoubled += count
    })
  }

  /** From now on everything first takes this long, every look of a waiting take included. */
  delay(duration: Duration.Input) {
    return Effect.sync(() => {
      this.slowness = Duration.fromInputUnsafe(duration)
    })
  }

  /** From now on every append of anything new fails with `full`, or no longer. */
  setFull(isFull: boolean) {
    return Effect.sync(() => {
      this.fullness = isFull
    })
  }

  get isFull(): boolean {
    return this.fullness
  }

  get slow(): Effect.Effect<void> {
    return Effect.suspend(() => (Duration.isZero(this.slowness) ? Effect.void : Effect.sleep(this.slowness)))
  }

  nextAppend() {
    return this.appends.shift()
  }

  isAcknowledgementLost(): boolean {
    return this.acknowledgementsLost > 0 && this.acknowledgementsLost-- > 0
  }

  isDeliveryDoubled(): boolean {
    return this.deliveriesDoubled > 0 && this.deliveriesDoubled-- > 0
  }
}
