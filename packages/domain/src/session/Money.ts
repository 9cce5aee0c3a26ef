/** Currencies whose minor unit is not a hundredth. *Source*: ISO 4217, amendment 179, list one. */
const digitsOf: ReadonlyMap<string, number> = new Map([
  ...["BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV"].map(
    (currency) => [currency, 0] as const
  ),
  ...["XAF", "XOF", "XPF"].map((currency) => [currency, 0] as const),
  ...["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"].map((currency) => [currency, 3] as const),
  ...["CLF", "UYW"].map((currency) => [currency, 4] as const)
])

/** How many digits of a major unit the minor unit has: 2 for PLN, 0 for JPY. An unknown code has 2, like nearly all. */
export const digits = (currency: string): number => digitsOf.get(currency) ?? 2

/**
 * An amount in major units, as shops write it (19.99, "19,99"), in minor ones (1999); undefined for what is no amount.
 *
 * Halves are rounded away from zero. The point is moved in the text, because 1.005 * 100 is 100.49999999999999.
 */
export const toMinor = (amount: number | string, currency: string): number | undefined => {
  const text = String(amount).replace(/\s/g, "").replace(",", ".")
  const [, sign, mantissa, exponent = "0"] = /^([+-]?)(\d+\.?\d*|\.\d+)(?:e([+-]?\d{1,3}))?$/i.exec(text) ?? []
  if (mantissa === undefined) return undefined
  const minor = Math.round(Number(`${mantissa}e${Number(exponent) + digits(currency)}`))
  if (!Number.isSafeInteger(minor)) return undefined
  return sign === "-" && minor > 0 ? -minor : minor
}
