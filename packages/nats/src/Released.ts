import type { Delivery, Receipt } from "@spoor/queue"
import { factsOf } from "./Receipts.ts"

/**
 * What this process gave back and has not seen since.
 *
 * To the server a message that was given back is not acknowledged, like one in somebody's hands, and depth tells the two
 * apart. What another process gives back counts as taken until it comes again.
 */
export class Released {
  private readonly until = new Map<string, number>()
  private readonly ackWait: number

  /** `ackWait` in milliseconds. */
  constructor(ackWait: number) {
    this.ackWait = ackWait
  }

  /** Another process may take it from `visibleAt` on, so it is remembered for one `ackWait` more. */
  remember(deliveries: ReadonlyArray<Delivery>, visibleAt: number): void {
    for (const { receipt } of deliveries) this.until.set(keyOf(receipt), visibleAt + this.ackWait)
  }

  forget(deliveries: ReadonlyArray<Delivery>): void {
    for (const { receipt } of deliveries) this.until.delete(keyOf(receipt))
  }

  count(channel: string, now: number): number {
    for (const [key, until] of this.until) if (until <= now) this.until.delete(key)
    return [...this.until.keys()].filter((key) => key.startsWith(`${channel}:`)).length
  }
}

const keyOf = (receipt: Receipt): string => {
  const { channel, sequence } = factsOf(receipt)
  return `${channel}:${sequence}`
}
