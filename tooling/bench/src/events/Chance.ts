/** A stream of chance. The same seed and stream give the same words on every machine and in every run. */
export interface Chance {
  /** *Units*: a whole number of 32 bits, at least 0. */
  readonly word: () => number
}

/** Two counters with different strides are mixed: 64 bits of state, so that streams do not meet. No secrets. */
export const of = (seed: number, stream: number): Chance => {
  let slow = scatter(seed ^ scatter(stream))
  let fast = scatter(slow ^ scatter(stream + 0x2f0b4a87))
  return {
    word: () => {
      slow = (slow + 0x9e3779b9) | 0
      fast = (fast + 0x6c8e9cf5) | 0
      return scatter(slow ^ scatter(fast)) >>> 0
    }
  }
}

/** *Units*: at least 0, less than 1. */
export const next = (chance: Chance): number => chance.word() / 0x1_0000_0000

export const isTrue = (chance: Chance, probability: number): boolean => next(chance) < probability

/** *Units*: at least `least`, less than `most`. */
export const between = (chance: Chance, least: number, most: number): number => least + next(chance) * (most - least)

/** A whole number, at least 0 and less than `limit`. */
export const below = (chance: Chance, limit: number): number => Math.floor(next(chance) * limit)

/** Many short and few long waits. */
export const exponential = (chance: Chance, mean: number): number => -mean * Math.log(1 - next(chance))

/** One of the options, each as likely as its weight says. */
export const weigh = <A>(chance: Chance, options: readonly [Weighted<A>, ...ReadonlyArray<Weighted<A>>]): A => {
  let total = 0
  for (const [weight] of options) total += weight
  let left = next(chance) * total
  for (const [weight, option] of options) if ((left -= weight) < 0) return option
  return options[0][1]
}
export type Weighted<A> = readonly [weight: number, option: A]

const scatter = (input: number): number => {
  let bits = input
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return bits ^ (bits >>> 16)
}
