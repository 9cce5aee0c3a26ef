import { describe, expect, it } from "vitest"
import { cursorOf, read, readTurn } from "#lib/server/PersonQuery.ts"

const asked = (query: string) => read(new URLSearchParams(query))

describe("what the address of a person asks for", () => {
  it.each([
    ["email=Anna%40Example.PL", { _tag: "Who", who: { by: "email", value: "anna@example.pl" } }],
    ["phone=0048%20600%20700-800", { _tag: "Who", who: { by: "phone", value: "+48600700800" } }],
    ["visitor=600700800", { _tag: "Who", who: { by: "visitor", value: "600700800" } }],
    ["find=%20anna%40example.pl%20", { _tag: "Who", who: { by: "email", value: "anna@example.pl" } }],
    ["find=%2B48%20600%20700%20800", { _tag: "Who", who: { by: "phone", value: "+48600700800" } }],
    ["find=0198c5a2-7c41", { _tag: "Who", who: { by: "visitor", value: "0198c5a2-7c41" } }],
    ["session=sklep%3Aa1", { _tag: "Session", id: "sklep:a1" }],
    ["find=%20", { _tag: "Nobody" }],
    ["email=anna", { _tag: "Problem", by: "email", typed: "anna" }],
    ["phone=12", { _tag: "Problem", by: "phone", typed: "12" }],
    ["visitor=a%00b", { _tag: "Problem", by: "visitor", typed: "a\u0000b" }],
    [`find=${"x".repeat(65)}`, { _tag: "Problem", by: "visitor", typed: "x".repeat(65) }]
  ])("reads %s", (query, expected) => {
    expect(asked(query)).toEqual(expected)
  })

  it("goes on from the entry that it names, and from the newest where it names none", () => {
    const cursor = { kind: "session-events", at: -5, id: 7 } as const
    expect(readTurn(new URLSearchParams({ older: cursorOf(cursor) }))).toEqual({ direction: "older", cursor })
    expect(readTurn(new URLSearchParams({ newer: "session.1.2.3" }))).toEqual({ direction: "newest" })
    expect(readTurn(new URLSearchParams({ older: "activity.1.2" }))).toEqual({ direction: "newest" })
  })
})
