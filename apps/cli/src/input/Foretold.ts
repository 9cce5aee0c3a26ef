import type { Activity } from "@spoor/domain"
import { Scratch } from "./Scratch.ts"

/** What is answered of a visitor whose own events are all that is known. *Shape*: events in the order of the lines. */
export type Foretell = (events: Array<Activity.Activity>) => string

/**
 * What visitors' own events say, told while they are at hand: only where orders or other visitors' pages have a say in
 * it, a visitor must be read again. Needs an input that is sorted by visitor.
 */
export class Foretold implements Disposable {
  private readonly scratch = new Scratch()
  private readonly foretell: Foretell
  private lengths = new Uint32Array(1024)
  private visitor = -1
  private events: Array<Activity.Activity> = []

  constructor(foretell: Foretell) {
    this.foretell = foretell
  }

  /** *Shape*: visitors one after the other, from 0. */
  see(visitor: number, event: Activity.Activity): void {
    if (visitor !== this.visitor) this.end()
    this.visitor = visitor
    this.events.push(event)
  }

  /** Nothing follows: tells of the last visitor. */
  end(): void {
    if (this.events.length === 0) return
    if (this.visitor === this.lengths.length) this.grow()
    this.lengths[this.visitor] = this.scratch.appendText(this.foretell(this.events))
    this.events = []
  }

  /** All that was told, but of some visitors what is told now. */
  *tell(isRetold: (visitor: number) => boolean, retold: Iterator<string>): Generator<string | Uint8Array> {
    let [from, to] = [0, 0]
    for (let visitor = 0; visitor <= this.visitor; visitor++) {
      const length = this.lengths[visitor]!
      if (isRetold(visitor)) {
        yield* this.scratch.blocks(from, to)
        yield retold.next().value
        from = to + length
      }
      to += length
    }
    yield* this.scratch.blocks(from, to)
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]()
  }

  private grow(): void {
    const { lengths } = this
    this.lengths = new Uint32Array(lengths.length * 2)
    this.lengths.set(lengths)
  }
}
