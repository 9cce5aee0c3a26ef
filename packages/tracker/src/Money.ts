/** Major units as pages and GA4 write them (12.5, "12,50") to minor units (1250). */
export const toMinor = (amount: unknown, currency: string | undefined): number | undefined => {
  if (currency === undefined || !isCurrency.test(currency)) return undefined
  if (typeof amount !== "number" && typeof amount !== "string") return undefined
  const text = String(amount).replace(/\s/g, "").replace(",", ".")
  // The point is moved in the text, because 1.005 * 100 is 100.49999999999999.
  const minor = text === "" ? NaN : Math.round(Number(`${text}e${digits(currency)}`))
  return Number.isFinite(minor) ? minor : undefined
}

export const readCurrency = (value: unknown): string | undefined =>
  typeof value === "string" && /^[a-z]{3}$/i.test(value.trim()) ? value.trim().toUpperCase() : undefined

const isCurrency = /^[A-Z]{3}$/

/** *Source*: ISO 4217. Not Intl: browsers show a Hungarian price without the hundredths that its minor unit has. */
const digits = (currency: string): number => {
  if ("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".includes(currency)) return 0
  return "BHD IQD JOD KWD LYD OMR TND".includes(currency) ? 3 : "CLF UYW".includes(currency) ? 4 : 2
}
