import { Item, Platform } from "@spoor/contracts"
import { type Entry, kinds, type PersonTurn, type Who } from "@spoor/postgres"
import { Ids } from "@spoor/domain"
import { Option, Schema } from "effect"

/** What an address asks for: nobody yet, somebody, the owner of a session, or what could not be read. */
export type Asked =
  | { readonly _tag: "Nobody" }
  | { readonly _tag: "Who"; readonly who: Who }
  | { readonly _tag: "Session"; readonly id: string }
  | { readonly _tag: "Problem"; readonly by: Who["by"]; readonly typed: string }

/** Reads `email`, `visitor`, `phone`, `session`, or `find`, whose value says by its shape what it is. */
export const read = (search: URLSearchParams): Asked => {
  for (const by of ["email", "visitor", "phone"] as const) {
    const typed = search.get(by)
    if (typed !== null && typed.trim() !== "") return asWho(by, typed)
  }
  const session = search.get("session")
  if (session !== null && session !== "") return { _tag: "Session", id: session }
  return readTyped(search.get("find") ?? "")
}

/** Reads what was typed into the one field for all three. */
export const readTyped = (typed: string): Exclude<Asked, { readonly _tag: "Session" }> =>
  typed.trim() === "" ? { _tag: "Nobody" } : asWho(shapeOf(typed), typed)

const decodeEmail = Schema.decodeUnknownOption(Item.EmailFromWire)
const decodeVisitor = Schema.decodeUnknownOption(Ids.VisitorId)
const decodePhone = Schema.decodeUnknownOption(Platform.PhoneFromWire)

const decoders: { readonly [By in Who["by"]]: (text: string) => Option.Option<Who> } = {
  email: (text) => Option.map(decodeEmail(text), (value) => ({ by: "email", value })),
  visitor: (text) => Option.map(decodeVisitor(text), (value) => ({ by: "visitor", value })),
  phone: (text) => Option.map(decodePhone(text), (value) => ({ by: "phone", value }))
}

const asWho = (by: Who["by"], typed: string): Exclude<Asked, { readonly _tag: "Nobody" | "Session" }> =>
  Option.match(decoders[by](typed.trim().normalize("NFC")), {
    onNone: () => ({ _tag: "Problem", by, typed }),
    onSome: (who) => ({ _tag: "Who", who })
  })

/** An e-mail has an @, a phone a plus or two zeros; whatever else is a browser. */
const shapeOf = (typed: string): Who["by"] => {
  if (typed.includes("@")) return "email"
  return /^\s*(\+|00)[\d\s().-]{5,}$/.test(typed) ? "phone" : "visitor"
}

/** Where in the timeline: `older` and `newer` hold an entry as "kind.milliseconds.id". */
export const readTurn = (search: URLSearchParams): PersonTurn => {
  for (const direction of ["older", "newer"] as const) {
    const [, kind, at, id] = /^([a-z-]+)\.(-?\d{1,15})\.(\d{1,15})$/.exec(search.get(direction) ?? "") ?? []
    const known = kinds.find((name) => name === kind)
    if (known !== undefined) return { direction, cursor: { kind: known, at: Number(at), id: Number(id) } }
  }
  return { direction: "newest" }
}

export const cursorOf = ({ kind, at, id }: Entry): string => `${kind}.${at}.${id}`
