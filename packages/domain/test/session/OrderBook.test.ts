import { describe, expect, it } from "@effect/vitest"
import { type Activity, OrderBook, type ReportedOrder } from "../../src/index.ts"
import { api, page, sale } from "../journey.ts"

/** What the book of these pages and orders says. */
const book = (pages: ReadonlyArray<Activity.Activity>, ...orders: ReadonlyArray<ReportedOrder.ReportedOrder>) => {
  const made = OrderBook.make(
    pages.flatMap((event) => OrderBook.reportOf(event) ?? []),
    orders
  )
  return { pages: [...made.pages], orders: made.orders.map(({ orderId }) => orderId) }
}

describe("which report of an order came first (sessions.md 4.2)", () => {
  it("is none where there is none", () => {
    expect(book([])).toEqual({ pages: [], orders: [] })
    expect({ pages: [...OrderBook.empty.pages], orders: OrderBook.empty.orders }).toEqual({ pages: [], orders: [] })
  })

  it("is the earliest page, whoever saw it and in whatever order they are given", () => {
    const pages = [sale("10:01", "O1"), sale("10:00", "O1", { visitor: "bob" }), sale("10:02", "O1")]
    expect(book(pages).pages).toEqual([["O1", "bob@10:00"]])
    expect(book(pages.toReversed()).pages).toEqual([["O1", "bob@10:00"]])
  })

  it("is of two pages of one instant the first in total order", () => {
    const [second, first] = [sale("10:00", "O1", { sequence: 1 }), sale("10:00", "O1", { id: "z" })]
    expect(book([second, first]).pages).toEqual([["O1", "z"]])
    expect(book([first, second]).pages).toEqual([["O1", "z"]])
  })

  it("is a page up to 5 minutes after the order by API, else the order", () => {
    expect(book([sale("10:05", "O1")], api("O1", "10:00"))).toEqual({ pages: [["O1", "ann@10:05"]], orders: [] })
    expect(book([sale("10:05:00.001", "O1")], api("O1", "10:00"))).toEqual({ pages: [], orders: ["O1"] })
    expect(book([sale("09:00", "O1")], api("O1", "10:00"))).toEqual({ pages: [["O1", "ann@09:00"]], orders: [] })
  })

  it("is told for each order of its own; those by API stand in order of time, then of their IDs", () => {
    const orders = [api("O4", "11:00"), api("O3", "11:00"), api("O2", "10:00")]
    expect(book([sale("10:00", "O1")], ...orders)).toEqual({
      pages: [["O1", "ann@10:00"]],
      orders: ["O2", "O3", "O4"]
    })
  })
})

describe("what reports an order", () => {
  it("is a sale page that names one", () => {
    expect(OrderBook.reportOf(sale("10:00", "O1", { sequence: 7 }))).toEqual({
      id: "ann@10:00",
      occurredAt: sale("10:00", "O1").occurredAt,
      sequence: 7,
      orderId: "O1"
    })
  })

  it("is no other", () => {
    expect(OrderBook.reportOf(sale("10:00", null))).toBeUndefined()
    expect(OrderBook.reportOf(page("10:00", { order: "O1" }))).toBeUndefined()
  })
})
