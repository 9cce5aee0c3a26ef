/** A stream of chance. The same names give the same stream, on every machine and in every run. */
export interface Chance {
  /** *Units*: at least 0, less than 1. */
  readonly next: () => number
}

/**
 * The stream of these names.
 *
 * Two counters with different strides are mixed: 64 bits of state, so that thousands of visitors do not meet in one
 * stream. Good enough for a demo's visitors, not for secrets.
 */
export const of = (...names: ReadonlyArray<string | number>): Chance => {
  const name = names.join("\u001f")
  let slow = digest(name, 0x811c9dc5)
  let fast = digest(name, 0x2f0b4a87)
  return {
    next: () => {
      slow = (slow + 0x9e3779b9) | 0
      fast = (fast + 0x6c8e9cf5) | 0
      return (scatter(slow ^ scatter(fast)) >>> 0) / 0x1_0000_0000
    }
  }
}

export const isTrue = (chance: Chance, probability: number): boolean => chance.next() < probability

export const between = (chance: Chance, least: number, most: number): number => least + chance.next() * (most - least)

/** A whole number, both ends included. */
export const whole = (chance: Chance, least: number, most: number): number =>
  Math.floor(between(chance, least, most + 1))

export const pick = <A>(chance: Chance, options: readonly [A, ...ReadonlyArray<A>]): A =>
  options[whole(chance, 0, options.length - 1)] ?? options[0]

/** One of the options, each as likely as its weight says. */
export const weigh = <A>(chance: Chance, options: readonly [Weighted<A>, ...ReadonlyArray<Weighted<A>>]): A => {
  let left = chance.next() * options.reduce((sum, [weight]) => sum + weight, 0)
  return (options.find(([weight]) => (left -= weight) < 0) ?? options[0])[1]
}
export type Weighted<A> = readonly [weight: number, option: A]

/** 0, 1, 2, … each step as likely as `onward` says, so short runs are common and long ones happen. */
export const run = (chance: Chance, onward: number, most: number): number => {
  let length = 0
  while (length < most && isTrue(chance, onward)) length++
  return length
}

/** How long people take over things: half of them less than `median`, a few much longer. */
export const linger = (chance: Chance, median: number, spread = 0.8): number => {
  const normal = Math.sqrt(-2 * Math.log(1 - chance.next())) * Math.cos(2 * Math.PI * chance.next())
  return median * Math.exp(spread * normal)
}

/** *Units*: `length` in hexadecimal digits. */
export const hex = (chance: Chance, length: number): string =>
  Array.from({ length }, () => whole(chance, 0, 15).toString(16)).join("")

const digest = (text: string, start: number): number => {
  let state = start
  for (let index = 0; index < text.length; index++) state = Math.imul(state ^ text.charCodeAt(index), 0x01000193)
  return scatter(state)
}

const scatter = (input: number): number => {
  let bits = input
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d)
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b)
  return bits ^ (bits >>> 16)
}
