/**
 * An id without what gateways change between the answer to a submission and the receipt: blanks around it, case,
 * leading zeros, and the number of a part (`id$n`).
 *
 * Whoever remembers submissions remembers them under this, and asks with `candidates`.
 */
export const normal = (id: string): string =>
  withoutPart(id.trim())
    .toLowerCase()
    .replace(/^0+(?=.)/, "")

/**
 * Under which ids a submission may be remembered, the likeliest first.
 *
 * The same number may be hexadecimal in the answer and decimal in the receipt, or the other way round; digits alone say
 * nothing about which it is. So a candidate is only a hint: gateway, phone and age have to agree.
 * *Source*: sms/gateways R10; Vonage, "SMPP DLR format"; jasmin #616.
 */
export const candidates = (id: string): ReadonlyArray<string> => {
  const given = normal(id)
  if (given === "") return []
  const readings = [given, hexToDecimal(given), decimalToHex(given)]
  return [...new Set(readings.filter((reading) => reading !== null))]
}

/** The part of a long message that an id names, counted from what the gateway counts from; null if it names none. */
export const partOf = (id: string): number | null => {
  const part = partPattern.exec(id.trim())?.[1]
  return part === undefined ? null : Number(part)
}

const partPattern = /\$(\d{1,3})$/

const withoutPart = (id: string): string => id.replace(partPattern, "")

/** 16 octets as hexadecimal digits: longer ones are not numbers that somebody converts. */
const hexToDecimal = (id: string): string | null => (/^[\da-f]{1,32}$/.test(id) ? BigInt(`0x${id}`).toString() : null)

const decimalToHex = (id: string): string | null => (/^\d{1,39}$/.test(id) ? BigInt(id).toString(16) : null)
