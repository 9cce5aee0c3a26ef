import type { Duration } from "effect"
import { Array, Effect } from "effect"

/**
 * Tells waiting takers of this process that something may have become available.
 *
 * It counts its rings, so that one between looking and waiting is not lost.
 */
export class Signal {
  private rings = 0
  private readonly waiting = new Set<() => void>()

  ring(): void {
    this.rings++
    const woken = [...this.waiting]
    this.waiting.clear()
    for (const wake of woken) wake()
  }

  /** Looks until it finds something: at once, after every ring, and `interval` after the last look. */
  until<A, E>(
    look: Effect.Effect<ReadonlyArray<A>, E>,
    interval: Duration.Input
  ): Effect.Effect<Array.NonEmptyReadonlyArray<A>, E> {
    const count = () => this.rings
    const after = (seen: number) => this.after(seen)
    return Effect.gen(function* () {
      while (true) {
        const seen = count()
        const found = yield* look
        if (Array.isReadonlyArrayNonEmpty(found)) return found
        yield* Effect.timeoutOption(after(seen), interval)
      }
    })
  }

  private after(seen: number): Effect.Effect<void> {
    return Effect.callback((resume) => {
      if (this.rings !== seen) return resume(Effect.void)
      const wake = () => resume(Effect.void)
      this.waiting.add(wake)
      return Effect.sync(() => {
        this.waiting.delete(wake)
      })
    })
  }
}
