import type { Outcome } from "./Outcome.ts"
import type { Rules } from "./Rules.ts"
import * as Site from "./Site.ts"

/** Which outcomes other rules would have made of the same events. *Shape*: `unchanged` as the other rules see them. */
export interface Answer {
  readonly added: ReadonlyArray<Outcome>
  readonly removed: ReadonlyArray<Outcome>
  readonly unchanged: ReadonlyArray<Outcome>
}

/** What the outcomes of one site would be under other rules. *Source*: sessions.md 7. */
export const ask = (input: Site.Input, rules: Rules, others: Rules, now: number): Answer =>
  compare(Site.sessionize(rules, input, now).outcomes, Site.sessionize(others, input, now).outcomes)

/** Two sets of outcomes by their keys: the same key is the same outcome, even if it is due at another time. */
export const compare = (before: ReadonlyArray<Outcome>, after: ReadonlyArray<Outcome>): Answer => {
  const had = keysOf(before)
  const has = keysOf(after)
  return {
    added: after.filter(({ key }) => !had.has(key)),
    removed: before.filter(({ key }) => !has.has(key)),
    unchanged: after.filter(({ key }) => had.has(key))
  }
}

const keysOf = (outcomes: ReadonlyArray<Outcome>): ReadonlySet<string> => new Set(outcomes.map(({ key }) => key))
