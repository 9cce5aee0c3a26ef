import * as Fill from "./Fill.ts"
import { Duration } from "effect"
import { attendedFor, type Resolved } from "./Limits.ts"
import { channelOf, channelsOf, type Delivery, type Depth, type Message, Receipt, type Topic } from "./Message.ts"
import type { TakeOptions } from "./Queue.ts"

interface Entry extends Message {
  readonly sequence: number
  readonly bytes: number
  readonly appendedAt: number
  readonly attempt: number
  readonly hiddenUntil: number
  readonly isTaken: boolean
}

/** The memory queue without time, faults and waiting. *Units*: instants in UTC milliseconds. */
export class MemoryStore {
  /** By sequence; a map keeps the order in which keys came, which is the order of sequences. */
  private readonly entries = new Map<number, Entry>()
  private readonly ids = new Set<string>()
  private readonly takers = new Map<string, number>()
  private readonly limits: Resolved
  private bytes = 0
  private sequence = 0

  constructor(limits: Resolved) {
    this.limits = limits
  }

  /** Keeps all that is new and answers true, or keeps nothing. */
  append(messages: ReadonlyArray<Message>, now: number, isFull: boolean): boolean {
    const fresh = this.fresh(messages)
    const bytes = fresh.reduce((sum, message) => sum + Buffer.byteLength(message.body), 0)
    const isOver =
      isFull || this.entries.size + fresh.length > this.limits.messagesMax || this.bytes + bytes > this.limits.bytesMax
    if (fresh.length > 0 && isOver) return false
    for (const message of fresh) this.add(message, now)
    return true
  }

  hasRoom(isFull: boolean): boolean {
    return !isFull && this.entries.size < this.limits.messagesMax && this.bytes < this.limits.bytesMax
  }

  fill(isFull: boolean): Fill.Fill {
    return Fill.of({ messages: this.entries.size, bytes: this.bytes }, this.limits, isFull ? 0 : Infinity)
  }

  /** `isDoubled` is asked once per message: is it to stay there for the next taker? */
  take(options: TakeOptions, now: number, isDoubled: () => boolean): ReadonlyArray<Delivery> {
    const deliveries: Array<Delivery> = []
    let bytes = 0
    for (const entry of this.entries.values()) {
      if (channelOf(entry) !== channelOf(options) || entry.hiddenUntil > now) continue
      bytes += entry.bytes
      const isEnough = deliveries.length >= options.messagesMax || bytes > options.bytesMax
      if (deliveries.length > 0 && isEnough) break
      const taken = { ...entry, attempt: entry.attempt + 1, hiddenUntil: now + this.limits.ackWait, isTaken: true }
      this.entries.set(entry.sequence, isDoubled() ? { ...taken, hiddenUntil: now, isTaken: false } : taken)
      deliveries.push(delivery(taken))
    }
    return deliveries
  }

  acknowledge(deliveries: ReadonlyArray<Delivery>): void {
    for (const { receipt } of deliveries) {
      const entry = this.held(receipt)
      if (entry === undefined) continue
      this.entries.delete(entry.sequence)
      this.ids.delete(key(entry))
      this.bytes -= entry.bytes
    }
  }

  release(deliveries: ReadonlyArray<Delivery>, visibleAt: number, now: number): void {
    for (const { receipt } of deliveries) {
      const entry = this.held(receipt)
      if (entry?.isTaken && entry.hiddenUntil > now)
        this.entries.set(entry.sequence, { ...entry, hiddenUntil: visibleAt, isTaken: false })
    }
  }

  depth(topic: Topic, lane: number | undefined, now: number): Depth {
    const channels = new Set(channelsOf(topic, lane))
    const entries = [...this.entries.values()].filter((entry) => channels.has(channelOf(entry)))
    const taken = entries.filter((entry) => entry.isTaken && entry.hiddenUntil > now).length
    const [oldest] = entries
    return { waiting: entries.length - taken, taken, ...(oldest ? { oldestAppendedAt: oldest.appendedAt } : {}) }
  }

  attend(taker: string, now: number): ReadonlyArray<string> {
    this.takers.set(taker, now)
    for (const [one, seenAt] of this.takers) {
      if (seenAt < now - Duration.toMillis(attendedFor)) this.takers.delete(one)
    }
    return [...this.takers.keys()].sort()
  }

  leave(taker: string): void {
    this.takers.delete(taker)
  }

  private fresh(messages: ReadonlyArray<Message>): ReadonlyArray<Message> {
    const seen = new Set<string>()
    return messages
      .map((message) => ({ ...message, id: message.id.toWellFormed(), body: message.body.toWellFormed() }))
      .filter((message) => !this.ids.has(key(message)) && !seen.has(key(message)) && seen.add(key(message)))
  }

  private add(message: Message, now: number): void {
    const sequence = ++this.sequence
    const bytes = Buffer.byteLength(message.body)
    const state = { attempt: 0, hiddenUntil: now, isTaken: false }
    this.entries.set(sequence, { ...message, ...state, sequence, bytes, appendedAt: now })
    this.ids.add(key(message))
    this.bytes += bytes
  }

  /** The message whose last delivery this receipt names. */
  private held(receipt: Receipt): Entry | undefined {
    const entry = this.entries.get(Number(receipt.split(".")[0]))
    return entry !== undefined && receiptOf(entry) === receipt ? entry : undefined
  }
}

const key = (message: Message): string => `${channelOf(message)}:${message.id}`

const receiptOf = (entry: Entry): Receipt => Receipt.make(`${entry.sequence}.${entry.attempt}`)

const delivery = (entry: Entry): Delivery => ({
  id: entry.id,
  body: entry.body,
  appendedAt: entry.appendedAt,
  attempt: entry.attempt,
  receipt: receiptOf(entry)
})
