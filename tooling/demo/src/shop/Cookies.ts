/** The shop's own cookies; none is readable by scripts. */
export type Name = "koszyk" | "konto" | "wiesci" | "zamowienie"

export type Cookies = ReadonlyMap<string, string>

export const parse = (header: string | undefined): Cookies =>
  new Map(
    (header ?? "").split(";").map((part) => {
      const [name = "", value = ""] = part.trim().split("=", 2)
      return [name, decode(value)] as const
    })
  )

/** *Units*: `days`; 0 deletes. */
export const write = (name: Name, value: string, days: number): string =>
  `${name}=${encodeURIComponent(value)}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${days * 24 * 60 * 60}`

const decode = (value: string): string => {
  try {
    return decodeURIComponent(value)
  } catch {
    return ""
  }
}
