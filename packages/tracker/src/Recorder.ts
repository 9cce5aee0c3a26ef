import type { Delivery } from "./Delivery.ts"
import type { Outbox } from "./Outbox.ts"
import type { Store } from "./Store.ts"
import { clip, nameLengthMax, urlLengthMax } from "./Text.ts"
import type { ActivityType, Subject, TrackedEvent } from "./Wire.ts"

/** When and where something happened; fixed at that moment, though the event may be recorded a little later. */
export interface Stamp {
  readonly id: string
  readonly at: number
  readonly sequence: number
  readonly url: string
  readonly referrer: string
}

export interface Deps {
  readonly visitorId: string
  readonly device: TrackedEvent["device"]
  readonly makeId: () => string
  readonly now: () => number
  readonly store: Store
  readonly outbox: Outbox
  readonly delivery: Delivery
  /** The e-mail known in this tab, if any. */
  readonly email: () => string | undefined
}

const sequenceKey = "spoor_sequence"

/** Makes events and hands them to the outbox. */
export const makeRecorder = (deps: Deps) => ({
  /**
   * The sequence counts per browser, so that events of one millisecond stay in order. Two tabs may take the same number:
   * then the event ids decide (sessions.md 1.3).
   */
  stamp: (url: string, referrer: string): Stamp => {
    const sequence = (Number(deps.store.get(sequenceKey)) || 0) + 1
    deps.store.set(sequenceKey, String(sequence))
    return { id: deps.makeId(), at: deps.now(), sequence, url, referrer }
  },
  record: (type: ActivityType, stamp: Stamp, subject: Subject, logout?: true): void => {
    deps.outbox.append({
      id: stamp.id,
      visitorId: deps.visitorId,
      type,
      at: stamp.at,
      sequence: stamp.sequence,
      email: deps.email(),
      logout,
      url: stamp.url.slice(0, urlLengthMax),
      title: clip(document.title, nameLengthMax),
      referrer: clip(stamp.referrer, urlLengthMax),
      device: deps.device,
      product: subject.product,
      cart: subject.cart,
      order: subject.order
    })
    deps.delivery.schedule()
  }
})

export type Recorder = ReturnType<typeof makeRecorder>
