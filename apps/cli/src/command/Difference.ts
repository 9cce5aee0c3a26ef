import type { Outcome } from "@spoor/domain"
import * as Output from "../Output.ts"

/**
 * What other rules change, outcome by outcome: an outcome is the same one while its ID is the same (sessions.md 5).
 *
 * *Shape*: a line has its `kind`, the `outcome` under the new rules, or, removed, under the old ones. Where an unchanged
 * one has another time, session or link, `was` is what it was.
 */
export class Difference {
  private added = 0
  private removed = 0
  private unchanged = 0
  private moved = 0

  /** Compares all outcomes of one visitor, or of whatever else has its IDs for itself. */
  lines(before: ReadonlyArray<Outcome.Outcome>, after: ReadonlyArray<Outcome.Outcome>): string {
    const gone = new Map(before.map((outcome) => [outcome.key, outcome]))
    let lines = ""
    for (const outcome of after) {
      const was = gone.get(outcome.key)
      gone.delete(outcome.key)
      lines += was === undefined ? this.add(outcome) : this.keep(was, outcome)
    }
    for (const outcome of gone.values()) lines += this.remove(outcome)
    return lines
  }

  summary(): string {
    const { added, removed, unchanged, moved } = this
    return `${added} added, ${removed} removed, ${unchanged} unchanged, ${moved} of them with another time, session or link.`
  }

  private add(outcome: Outcome.Outcome): string {
    this.added++
    return Output.line({ kind: "added", outcome: Output.outcomeFields(outcome) })
  }

  private remove(outcome: Outcome.Outcome): string {
    this.removed++
    return Output.line({ kind: "removed", outcome: Output.outcomeFields(outcome) })
  }

  private keep(before: Outcome.Outcome, after: Outcome.Outcome): string {
    this.unchanged++
    const [was, outcome] = [Output.outcomeFields(before), Output.outcomeFields(after)]
    if (JSON.stringify(was) === JSON.stringify(outcome)) return Output.line({ kind: "unchanged", outcome })
    this.moved++
    return Output.line({ kind: "unchanged", outcome, was })
  }
}
