import { describe, expect, it } from "vitest"
import { find, read, view } from "../src/lib/server/LogFilters.ts"
import { readId, readTurn } from "../src/lib/server/LogQuery.ts"

const sites = [
  { siteId: "shop", name: "Shop" },
  { siteId: "outlet", name: "Outlet" }
]
const at = { now: Date.UTC(2026, 10, 24, 12), timeZone: "Europe/Warsaw", locale: "en", isMasked: false } as const

describe("a log's address", () => {
  it("gives the filters that it names and leaves the rest alone", () => {
    const { filter, problem } = read("activity", new URLSearchParams("type=ModifyCart&email=Anna@x.pl&unit=7"), at)
    expect(problem).toBeNull()
    expect(filter).toEqual({
      log: "activity",
      type: { any: ["ModifyCart"], none: [] },
      email: { any: [{ op: "is", value: "anna@x.pl" }], none: [] }
    })
  })

  it.each(["type=nothing", "email=%00", `visitor=${"x".repeat(321)}`, "range=never", "from=2026-02-30"])(
    "says what is wrong with %s, and leaves it out",
    (query) => {
      const { filter, problem } = read("activity", new URLSearchParams(query), at)
      expect(problem).toMatch(/\w/)
      expect(filter).toEqual({ log: "activity" })
    }
  )

  it.each(["type=nothing", "-type=nothing,ModifyCart", "email=%00", "range=never", "type=x&range=y&from=z"])(
    "keeps what stands beside %s",
    (query) => {
      const beside = { log: "activity", site: { any: ["shop"], none: [] }, visitor: { any: [], none: ["v"] } }
      const { filter, problem } = read("activity", new URLSearchParams(`site=shop&${query}&-visitor=v`), at)
      expect(problem).toMatch(/\w/)
      expect(filter).toEqual(beside)
    }
  )

  it("leaves out what the reader must not see, and keeps the rest", () => {
    const masked = { ...at, isMasked: true }
    const { filter, problem } = read("activity", new URLSearchParams("-email=a*&type=ModifyCart"), masked)
    expect(problem).toMatch(/Your role .* e-mail/)
    expect(filter).toEqual({ log: "activity", type: { any: ["ModifyCart"], none: [] } })
    const wrong = read("activity", new URLSearchParams("email=%00&type=nothing"), masked)
    expect(wrong.problem).toMatch(/"type"/)
    expect(wrong.filter).toEqual({ log: "activity" })
    expect(read("activity", new URLSearchParams("type=ModifyCart&email="), masked).problem).toBeNull()
  })

  it("reads days in the reader's zone", () => {
    const { interval } = read("api", new URLSearchParams("range=yesterday"), at)
    expect(interval).toEqual({ from: Date.UTC(2026, 10, 22, 23), to: Date.UTC(2026, 10, 23, 23) })
  })

  it("says that a range holds nothing", () => {
    expect(read("api", new URLSearchParams("from=2026-11-02&to=2026-11-01"), at).problem).toMatch(/ends before/)
  })

  it("turns pages by a row's time and ID", () => {
    const turn = (query: string) => readTurn(new URLSearchParams(query))
    expect(turn("older=1795498217106.42")).toEqual({ direction: "older", cursor: { at: 1795498217106, id: 42 } })
    expect(turn("newer=-5.1")).toEqual({ direction: "newer", cursor: { at: -5, id: 1 } })
    for (const broken of ["", "older=x", "older=1", "newer=1.2.3", "older=1.2;drop", "older=9999999999999999.1"]) {
      expect(turn(broken)).toEqual({ direction: "newest" })
    }
  })

  it("takes only whole numbers for log IDs", () => {
    expect(["12", "0", "x", "1e3", "-1", "1.0"].map(readId)).toEqual([12, 0, null, null, null, null])
  })
})

describe("the search field", () => {
  const typed = (log: Parameters<typeof find>[0], text: string, search = "") => {
    const found = find(log, text, new URLSearchParams(search), sites, "en")
    return found._tag === "Filter" ? decodeURIComponent(String(found.search)) : found
  }

  it.each([
    ["activity", "Anna@Example.com", "email=anna@example.com"],
    ["activity", "anna@*", "email=anna@*"],
    ["activity", "shop:018f-1", "session=shop:018f-1"],
    ["activity", "018f-7712", "visitor=018f-7712"],
    ["activity", "/koszyk", "url=*/koszyk*"],
    ["activity", "kubek", "text=kubek"],
    ["api", "404", "status=404"],
    ["api", "5xx", "status=5xx"],
    ["api", "203.0.113.7", "ip=203.0.113.7"],
    ["sms", "+48 600 700 800", "phone=+48600700800"],
    ["panel", "status:5xx -ip:10.0.0.1", "status=5xx&-ip=10.0.0.1"]
  ] as const)("on %s knows what %s is", (log, text, search) => {
    expect(typed(log, text)).toBe(search)
  })

  it("takes a number for a log ID", () => {
    expect(typed("activity", "123")).toEqual({ _tag: "Row", id: "123" })
    expect(typed("api", "#404")).toEqual({ _tag: "Row", id: "404" })
  })

  it("adds to the filters that are there, and replaces the range", () => {
    expect(typed("api", "status:404 range:today", "status=5xx&range=yesterday&older=1.2")).toBe(
      "status=5xx,404&range=today"
    )
  })

  it("says what is wrong", () => {
    expect(typed("api", "colour:red")).toMatchObject({ _tag: "Problem" })
    expect(typed("api", 'url:"/a')).toMatchObject({ _tag: "Problem" })
  })
})

describe("the search field", () => {
  it("keeps the columns and the view of the address that it adds a filter to", () => {
    const search = new URLSearchParams("columns=url&view=7&older=1.2&status=404")
    const found = find("api", "10.0.0.1", search, sites, "en")
    expect(found._tag === "Filter" && String(found.search)).toBe("columns=url&view=7&status=404&ip=10.0.0.1")
  })
})

describe("the filter bar", () => {
  const shown = (query: string) => view("api", read("api", new URLSearchParams(query), at), sites, "en")

  it("has a chip for every term, and the range apart from them", () => {
    const { chips, range } = shown("status=5xx&-ip=10.0.0.1&range=today")
    expect(chips).toEqual([
      { param: "status", label: "Status", isNegated: false, value: "5xx" },
      { param: "-ip", label: "IP address", isNegated: true, value: "10.0.0.1" }
    ])
    expect(range).toEqual({ label: "Today", preset: "today", from: "", to: "", zone: null })
  })

  it("names the zone of a range that is not read in the unit's", () => {
    const { range } = view("api", read("api", new URLSearchParams("from=2026-11-01T08:30&tz=UTC"), at), sites, "en")
    expect(range?.label).toBe("2026-11-01 08:30 – …, UTC")
  })

  it("offers every field of the log, closed ones with their values", () => {
    const { menus } = shown("")
    expect(menus.map(({ name }) => name)).toEqual(["url", "method", "status", "key", "ip", "request"])
    expect(menus.find(({ name }) => name === "status")?.choices).toContainEqual({ value: "5xx", label: "Server error" })
  })
})
