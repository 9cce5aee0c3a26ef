import { describe, expect, it } from "@effect/vitest"
import { Buffer } from "node:buffer"
import { Cutter, lineBytesMax } from "../../src/input/Cutter.ts"
import { numbers } from "../chance.ts"

/** What is taken of bytes that arrive in pieces: each line in brackets, and what is refused. */
const cut = (pieces: ReadonlyArray<Uint8Array>): ReadonlyArray<string> => {
  const taken: Array<string> = []
  const cutter = new Cutter({
    lines: (text) => {
      expect(text.endsWith("\n")).toBe(true)
      for (const line of text.slice(0, -1).split("\n")) taken.push(`[${line}]`)
    },
    refuse: (reason) => taken.push(reason)
  })
  for (const piece of pieces) cutter.push(piece)
  cutter.end()
  return taken
}

const bytes = (...parts: ReadonlyArray<string | ReadonlyArray<number>>): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from(part))))

describe("lines", () => {
  const cases: ReadonlyArray<readonly [what: string, input: Uint8Array, taken: ReadonlyArray<string>]> = [
    ["end with a line feed", bytes("a\nb\n"), ["[a]", "[b]"]],
    ["the last may do without", bytes("a\nb"), ["[a]", "[b]"]],
    ["may be empty", bytes("\n\na\n"), ["[]", "[]", "[a]"]],
    ["keep a carriage return, which JSON takes for white space", bytes("a\r\nb\r\n"), ["[a\r]", "[b\r]"]],
    ["may begin with a byte order mark", bytes([0xef, 0xbb, 0xbf], "a\nb\n"), ["[a]", "[b]"]],
    ["keep a mark that is not at the beginning", bytes("a\n", [0xef, 0xbb, 0xbf], "b\n"), ["[a]", "[\ufeffb]"]],
    ["may have characters of any length", bytes("ż€😀\n"), ["[ż€😀]"]],
    [
      "that are no UTF-8 are refused, and only these",
      bytes("a\n", [0xff], "\nb\n", [0xc5], "\nc"),
      ["[a]", "malformed", "[b]", "malformed", "[c]"]
    ],
    ["with an encoded surrogate are no UTF-8", bytes([0xed, 0xa0, 0x80], "\n"), ["malformed"]],
    ["may be none", bytes(), []]
  ]
  it.each(cases)("%s", (_, input, taken) => {
    expect(cut([input])).toEqual(taken)
    // One byte after the other, so that all that stands together is torn apart.
    expect(cut([...input].map((byte) => Uint8Array.of(byte)))).toEqual(taken)
  })

  it("are the same however the bytes arrive", () => {
    const below = numbers(7)
    const input = bytes("ż\n\n", [0xff, 0x0a], "a".repeat(100), "\r\nend")
    for (let round = 0; round < 200; round++) {
      const pieces: Array<Uint8Array> = []
      for (let from = 0; from < input.length;) {
        const to = from + below(9)
        pieces.push(input.subarray(from, to))
        from = to
      }
      expect(cut(pieces)).toEqual(cut([input]))
    }
  })

  it.each([
    ["of the greatest length are taken", 0, ["[a]", `[${"x".repeat(lineBytesMax)}]`, "[b]"]],
    ["that are longer by one byte are refused", 1, ["[a]", "too-large", "[b]"]]
  ])("%s", (_, more, taken) => {
    const input = bytes("a\n", "x".repeat(lineBytesMax + more), "\nb")
    expect(cut([input])).toEqual(taken)
    const pieces = Array.from({ length: Math.ceil(input.length / 65_536) }, (_, at) =>
      input.subarray(at * 65_536, (at + 1) * 65_536)
    )
    expect(cut(pieces)).toEqual(taken)
  })

  it("that are longer in bytes only are refused, too", () => {
    expect(cut([bytes("ż".repeat(lineBytesMax / 2 + 1), "\nb")])).toEqual(["too-large", "[b]"])
  })
})
