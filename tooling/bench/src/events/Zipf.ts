/**
 * Draws ranks from 0 on, rank r with a probability proportional to 1 / (r + 1): few come all the time, most come once.
 *
 * *Shape*: `draw` takes a number of at least 0 and less than 1.
 * *Source*: Zipf's law with exponent 1.
 */
export interface Zipf {
  readonly draw: (part: number) => number
}

export const make = (ranks: number): Zipf => {
  const reached = new Float64Array(ranks)
  let total = 0
  for (let rank = 0; rank < ranks; rank++) reached[rank] = total += 1 / (rank + 1)
  return { draw: (part) => firstAbove(reached, part * total) }
}

/** The first place whose value is above the limit, in ascending values; the last place if there is none. */
const firstAbove = (values: Float64Array, limit: number): number => {
  let low = 0
  let high = values.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (values[middle]! > limit) high = middle
    else low = middle + 1
  }
  return low
}
