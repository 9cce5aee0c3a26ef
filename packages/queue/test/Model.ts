import { Schema } from "effect"
import type { Delivery, Message } from "../src/Message.ts"

const upTo = (maximum: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum }))

/** One step against a queue. `batch` counts back from the batch taken last, so that old receipts come up too. */
export const Operation = Schema.Union([
  Schema.Struct({ do: Schema.Literal("append"), names: Schema.Array(upTo(12)).check(Schema.isMaxLength(6)) }),
  Schema.Struct({ do: Schema.Literal("take"), messagesMax: upTo(4), bytesMax: upTo(12) }),
  Schema.Struct({ do: Schema.Literal("acknowledge"), batch: upTo(3) }),
  Schema.Struct({ do: Schema.Literal("release"), batch: upTo(3), delay: upTo(2000) }),
  Schema.Struct({ do: Schema.Literal("pass"), duration: upTo(2000) })
])
export type Operation = typeof Operation.Type

/** Bodies of 0 to 9 bytes, so that the limits of a take bite at many places. */
export const message = (name: number): Message => ({
  id: `m${name}`,
  topic: "activity",
  body: "x".repeat((name * 7) % 10)
})

interface Kept {
  readonly message: Message
  readonly appendedAt: number
  readonly attempt: number
  readonly hiddenUntil: number
  readonly isTaken: boolean
}

export type Expected = Omit<Delivery, "receipt">

/** What a queue promises, said in the plainest way: one list, and time as an argument in milliseconds. */
export class Model {
  private kept: ReadonlyArray<Kept> = []
  private readonly limits: { readonly ackWait: number; readonly messagesMax: number }

  constructor(limits: { readonly ackWait: number; readonly messagesMax: number }) {
    this.limits = limits
  }

  append(messages: ReadonlyArray<Message>, now: number): "kept" | "full" {
    const fresh = new Map<string, Message>()
    for (const one of messages) if (!this.kept.some(({ message: known }) => known.id === one.id)) fresh.set(one.id, one)
    if (fresh.size > 0 && this.kept.length + fresh.size > this.limits.messagesMax) return "full"
    const state = { appendedAt: now, attempt: 0, hiddenUntil: now, isTaken: false }
    this.kept = [...this.kept, ...[...fresh.values()].map((one) => ({ message: one, ...state }))]
    return "kept"
  }

  take(messagesMax: number, bytesMax: number, now: number): ReadonlyArray<Expected> {
    const taken: Array<Kept> = []
    for (const one of this.kept.filter(({ hiddenUntil }) => hiddenUntil <= now)) {
      const bytes = [...taken, one].reduce((sum, { message }) => sum + message.body.length, 0)
      if (taken.length > 0 && (taken.length >= messagesMax || bytes > bytesMax)) break
      taken.push(one)
    }
    const hiddenUntil = now + this.limits.ackWait
    this.change(taken.map(expected), (one) => ({ ...one, attempt: one.attempt + 1, hiddenUntil, isTaken: true }))
    return taken.map((one) => ({ ...expected(one), attempt: one.attempt + 1 }))
  }

  acknowledge(deliveries: ReadonlyArray<Expected>): void {
    this.kept = this.kept.filter((one) => !deliveries.some((delivery) => isLast(delivery, one)))
  }

  release(deliveries: ReadonlyArray<Expected>, hiddenUntil: number, now: number): void {
    this.change(deliveries, (one) =>
      one.isTaken && one.hiddenUntil > now ? { ...one, hiddenUntil, isTaken: false } : one
    )
  }

  depth(now: number) {
    const taken = this.kept.filter(({ hiddenUntil, isTaken }) => isTaken && hiddenUntil > now).length
    const [oldest] = this.kept
    return { waiting: this.kept.length - taken, taken, ...(oldest ? { oldestAppendedAt: oldest.appendedAt } : {}) }
  }

  private change(deliveries: ReadonlyArray<Expected>, evolve: (one: Kept) => Kept): void {
    this.kept = this.kept.map((one) => (deliveries.some((delivery) => isLast(delivery, one)) ? evolve(one) : one))
  }
}

const expected = ({ appendedAt, attempt, message }: Kept): Expected => ({
  id: message.id,
  body: message.body,
  appendedAt,
  attempt
})

/** The appearance of an id is told by its instant: in the law no id is appended twice at the same one. */
const isLast = (delivery: Expected, one: Kept): boolean =>
  delivery.id === one.message.id && delivery.appendedAt === one.appendedAt && delivery.attempt === one.attempt
