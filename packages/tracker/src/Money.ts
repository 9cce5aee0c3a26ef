/** Major units as pages and GA4 write them (12.5, "12,50") to minor units (1250). *Source*: ISO 4217, through Intl. */
export const toMinor = (amount: unknown, currency: string | undefined): number | undefined => {
  if (currency === undefined || (typeof amount !== "number" && typeof amount !== "string")) return undefined
  const text = String(amount).replace(/\s/g, "").replace(",", ".")
  const digits = exponent(currency)
  // The point is moved in the text, because 1.005 * 100 is 100.49999999999999.
  const minor = text === "" || digits === undefined ? NaN : Math.round(Number(`${text}e${digits}`))
  return Number.isFinite(minor) ? minor : undefined
}

export const readCurrency = (value: unknown): string | undefined =>
  typeof value === "string" && /^[a-z]{3}$/i.test(value.trim()) ? value.trim().toUpperCase() : undefined

const exponent = (currency: string): number | undefined => {
  try {
    return new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits
  } catch {
    return undefined
  }
}
