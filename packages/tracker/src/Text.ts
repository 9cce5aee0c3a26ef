/** Limits of the door, in UTF-16 code units: a longer text would have the event rejected as `too-large`. */
export const idLengthMax = 128
export const nameLengthMax = 512
export const urlLengthMax = 2048
export const emailLengthMax = 254

/**
 * Text that the door can store: trimmed, cut to the limit, without NUL and without halves of surrogate pairs
 * (a cut may leave one). Numbers count as text, because shops write ids both ways. Nothing left: undefined.
 */
export const clip = (value: unknown, lengthMax: number): string | undefined => {
  if (typeof value !== "string" && typeof value !== "number") return undefined
  const text = String(value)
    .trim()
    .slice(0, lengthMax)
    .replace(/\0|[\uD800-\uDFFF]/gu, "")
  return text === "" ? undefined : text
}

export const readEmail = (value: unknown): string | undefined => {
  const email = clip(value, emailLengthMax + 1)
  return email !== undefined && email.length <= emailLengthMax && /^[^\s@]+@[^\s@]+$/.test(email)
    ? email.toLowerCase()
    : undefined
}

export type Fields = Readonly<Record<string, unknown>>

export const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null

/** Pages are full of broken JSON: what cannot be read is absent. */
export const parse = (json: string | null | undefined): unknown => {
  try {
    return json ? JSON.parse(json) : undefined
  } catch {
    return undefined
  }
}
