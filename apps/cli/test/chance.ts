/** A generator of numbers below a bound, from a seed (the multiplier and increment of Numerical Recipes). */
export const numbers = (seed: number) => {
  let state = seed >>> 0
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * bound)
  }
}

export const shuffled = <A>(items: ReadonlyArray<A>, below: (bound: number) => number): Array<A> => {
  const rest = [...items]
  return items.flatMap(() => rest.splice(below(rest.length), 1))
}
