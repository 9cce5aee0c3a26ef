import { describe, expect, it } from "@effect/vitest"
import { OrderBook, Rules, Site } from "../../src/index.ts"
import { api, login, muchLater, only, page, read, sale } from "../journey.ts"

describe("what is known of a site", () => {
  it("keeps the first of two reports of an order by API", () => {
    const reports = [990, 880].map((value) => api("O1", "10:00", { visitor: "ann", value, currency: "PLN" }))
    expect(only(read([page("09:59"), ...reports]).outcomes)).toMatchObject({ value: 990 })
  })

  it("knows of sale pages whose visitors are not given", () => {
    const events = [sale("10:00", "O1")]
    const otherPages = [sale("09:59", "O1", { visitor: "bob" })].flatMap((event) => OrderBook.reportOf(event) ?? [])
    expect(Site.sessionize(Rules.defaults, { events, otherPages }, muchLater).outcomes).toEqual([])
    expect(Site.sessionize(Rules.defaults, { events }, muchLater).outcomes).toHaveLength(1)
  })

  it("gives an order by e-mail to a visitor who has the e-mail, among others who do not", () => {
    const events = [
      page("10:00", { visitor: "bob" }),
      login("10:00", "ann@example.test"),
      login("10:01", "eve@example.test", { visitor: "eve" })
    ]
    expect(only(read([...events, api("O1", "10:05", { email: "ann@example.test" })]).outcomes)).toMatchObject({
      visitorId: "ann",
      sessionId: "shop:ann@10:00"
    })
  })
})
