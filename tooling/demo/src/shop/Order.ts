import { type Basket, decode, encode } from "./Basket.ts"

/** What was bought, as the thank-you page shows it. */
export interface Order {
  readonly number: string
  readonly basket: Basket
}

/**
 * Order numbers for ever: hundredths of a second of the year, and never the same twice in one process. A restart takes
 * longer than that, so numbers do not repeat without anything being stored.
 */
export const makeNumbers = () => {
  let last = 0
  return (now: number): string => {
    const year = new Date(now).getUTCFullYear()
    const ticks = Math.max(Math.floor((now - Date.UTC(year, 0)) / 10), last + 1)
    last = ticks
    return numberOf(year, ticks)
  }
}

/** *Units*: `ticks` in hundredths of a second since the year began. */
export const numberOf = (year: number, ticks: number): string => `ZAM-${year}-${String(ticks).padStart(10, "0")}`

export const toCookie = ({ number, basket }: Order): string => `${number}~${encode(basket)}`

export const fromCookie = (text: string): Order | undefined => {
  const [number = "", basket = ""] = text.split("~")
  return /^ZAM-\d{4}-\d{10}$/.test(number) ? { number, basket: decode(basket) } : undefined
}
