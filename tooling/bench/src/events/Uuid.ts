import type * as Chance from "./Chance.ts"

const HEX = Buffer.from("0123456789abcdef", "latin1")
const DASH = 0x2d
const dashes = new Set([8, 13, 18, 23])
const digitsAt = Array.from({ length: 36 }, (_, place) => place).filter((place) => !dashes.has(place))
const text = Buffer.alloc(36, DASH)

/**
 * A UUIDv7 of this instant, 36 characters.
 *
 * The text is read out of a buffer because a string put together by `+` or a template is a rope inside V8: whoever
 * hashes it first would pay for flattening it, which no string out of JSON or a database asks for.
 * *Source*: RFC 9562, 5.7.
 */
export const make = (chance: Chance.Chance, at: number): string => {
  const words = [Math.floor(at / 0x1_0000), ((at % 0x1_0000) << 16) | 0x7000 | (chance.word() & 0xfff)]
  words.push((chance.word() & 0x3fff_ffff) | 0x8000_0000, chance.word())
  for (let digit = 0; digit < 32; digit++) {
    text[digitsAt[digit]!] = HEX[(words[digit >> 3]! >>> (28 - (digit & 7) * 4)) & 0xf]!
  }
  return text.toString("latin1")
}
