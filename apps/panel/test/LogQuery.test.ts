import { describe, expect, it } from "vitest"
import { readActivity, readId, readTurn, recognise } from "../src/lib/server/LogQuery.ts"

const sites = [{ siteId: "shop" }]
const activity = (query: string) => readActivity(new URLSearchParams(query), sites)

describe("a log's address", () => {
  it("gives the filters that it names and nothing else", () => {
    expect(activity("type=ModifyCart&email=Anna@Example.com&site=shop&unit=7")).toEqual({
      site: "shop",
      type: "ModifyCart",
      email: "anna@example.com",
      visitor: undefined,
      session: undefined
    })
  })

  it.each(["type=nothing", "site=other", "email=", "email=%00", `visitor=${"x".repeat(321)}`])(
    "ignores %s",
    (query) => {
      expect(Object.values(activity(query)).every((value) => value === undefined)).toBe(true)
    }
  )

  it("turns pages by a row's time and ID", () => {
    const turn = (query: string) => readTurn(new URLSearchParams(query))
    expect(turn("older=1795498217106.42")).toEqual({ direction: "older", cursor: { at: 1795498217106, id: 42 } })
    expect(turn("newer=-5.1")).toEqual({ direction: "newer", cursor: { at: -5, id: 1 } })
    for (const broken of ["", "older=x", "older=1", "newer=1.2.3", "older=1.2;drop", "older=9999999999999999.1"]) {
      expect(turn(broken)).toEqual({ direction: "newest" })
    }
  })

  it("takes only whole numbers for log IDs", () => {
    expect(["12", "0", "x", "1e3", "-1", "1.0", "9".repeat(16)].map(readId)).toEqual([
      12,
      0,
      null,
      null,
      null,
      null,
      null
    ])
  })
})

describe("the search field", () => {
  it.each([
    ["123", { _tag: "Row", id: "123" }],
    ["Anna@Example.com", { _tag: "Filter", name: "email", value: "anna@example.com" }],
    ["shop:018f-1", { _tag: "Filter", name: "session", value: "shop:018f-1" }],
    ["other:018f-1", { _tag: "Filter", name: "visitor", value: "other:018f-1" }],
    ["018f-77", { _tag: "Filter", name: "visitor", value: "018f-77" }]
  ])("knows what %s is", (text, meant) => {
    expect(recognise(text, sites)).toEqual(meant)
  })
})
