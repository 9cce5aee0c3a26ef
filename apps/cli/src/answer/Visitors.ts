import { Activity } from "@spoor/domain"
import { Result } from "effect"
import type { Collector } from "../input/Collector.ts"
import * as Line from "../input/Line.ts"
import { Spool } from "../input/Spool.ts"

/** One visitor's events, in total order. *Shape*: `number` as the collector gave it. */
export interface Visitor {
  readonly number: number
  readonly events: ReadonlyArray<Activity.Activity>
}

/** How much of an input that is not sorted is sorted in memory at once. *Units*: bytes of lines. 32 MiB. */
const binBytesMax = 32 * 1024 * 1024

/** Each bin is an open file. */
const binsMax = 128

/**
 * The second pass: the accepted events again, visitor by visitor. One that is wanted no longer need not be decoded.
 *
 * An input that is not sorted by visitor is first divided into bins, by the visitors' numbers.
 */
export class Visitors implements Disposable {
  private readonly collector: Collector
  private readonly bins: ReadonlyArray<Spool>

  constructor(collector: Collector, binBytes = binBytesMax) {
    const { isSorted, events } = collector
    const count = Math.min(binsMax, Math.ceil(events.size / binBytes))
    this.collector = collector
    this.bins = isSorted || count <= 1 ? [] : divided(collector, count)
  }

  /** In the order of their numbers. */
  *read(isWanted: (visitor: number) => boolean = () => true): Generator<Visitor> {
    const { isSorted, events } = this.collector
    if (isSorted) yield* following(events, isWanted)
    else for (const bin of this.bins.length === 0 ? [events] : this.bins) yield* gathered(bin, isWanted)
  }

  [Symbol.dispose](): void {
    for (const bin of this.bins) bin[Symbol.dispose]()
  }
}

const divided = ({ events, visitors }: Collector, count: number): ReadonlyArray<Spool> => {
  const bins = Array.from({ length: count }, () => new Spool())
  for (const frame of events.frames()) bins[Math.floor((frame.visitor / visitors) * count)]!.appendFrame(frame)
  return bins
}

/** Visitors whose events follow each other. */
function* following(spool: Spool, isWanted: (visitor: number) => boolean): Generator<Visitor> {
  let [number, events] = [-1, new Array<Activity.Activity>()]
  for (const { visitor, bytes } of spool.frames()) {
    if (visitor !== number) {
      if (events.length > 0) yield { number, events: inOrder(events) }
      number = visitor
      events = []
    }
    if (isWanted(visitor)) decodeInto(events, bytes)
  }
  if (events.length > 0) yield { number, events: inOrder(events) }
}

/** Visitors whose events are anywhere in the spool. */
function* gathered(spool: Spool, isWanted: (visitor: number) => boolean): Generator<Visitor> {
  const visitors = new Map<number, Array<Activity.Activity>>()
  for (const { visitor, bytes } of spool.frames()) {
    if (!isWanted(visitor)) continue
    let events = visitors.get(visitor)
    if (events === undefined) visitors.set(visitor, (events = []))
    decodeInto(events, bytes)
  }
  for (const [number, events] of [...visitors].sort(([a], [b]) => a - b)) yield { number, events: inOrder(events) }
}

const decodeInto = (events: Array<Activity.Activity>, bytes: Buffer): void => {
  for (const text of bytes.toString().split("\n")) {
    if (text === "") continue
    const line = Result.getOrThrow(Line.decode(text))
    if (!Line.isOrder(line)) events.push(line)
  }
}

/** A visitor's events in total order, in which they mostly are already. */
export const inOrder = (events: Array<Activity.Activity>): ReadonlyArray<Activity.Activity> => {
  for (let index = 1; index < events.length; index++) {
    if (Activity.compare(events[index - 1]!, events[index]!) > 0) return events.sort(Activity.compare)
  }
  return events
}
