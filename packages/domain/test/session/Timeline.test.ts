import { describe, expect, it } from "@effect/vitest"
import { type Activity, OrderBook, type ReportedOrder, Rules, Site, Timeline } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { api, at, cart, login, modify, page, product, sale } from "../journey.ts"
import { numbers, shuffled } from "./chance.ts"
import { Incremental, type Piece } from "./Incremental.ts"
import { Cases, caseSize } from "./journeys.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }

const normalized = ({ sessions, outcomes }: Site.Sessionized): Site.Sessionized => ({
  sessions: sessions.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
  outcomes: outcomes.toSorted((a, b) => (a.key < b.key ? -1 : 1))
})

/** Batches of 1 to 5 pieces in any order, a third of the pieces twice. */
const batches = (
  pieces: ReadonlyArray<Piece>,
  below: (bound: number) => number
): ReadonlyArray<ReadonlyArray<Piece>> => {
  const mixed = shuffled([...pieces, ...pieces.filter(() => below(3) === 0)], below)
  const size = 1 + below(5)
  return Array.from({ length: Math.ceil(mixed.length / size) }, (_, at) => mixed.slice(at * size, at * size + size))
}

const advance = (timeline: Timeline.Timeline, news: Timeline.News) => Timeline.advance(Rules.defaults, timeline, news)
const grown = (...events: ReadonlyArray<Activity.Activity>) => advance(Timeline.empty, { events })
const placing = (...orders: ReadonlyArray<ReportedOrder.ReportedOrder>): Timeline.News => ({
  site: { book: OrderBook.make([], orders), orders: orders.map((order) => ({ order, sessionId: null })) }
})
const read = (timeline: Timeline.Timeline) => Timeline.read(Rules.defaults, timeline)

describe(`the incremental form, ${lawRuns} cases from seed ${lawSeed}`, () => {
  it.prop(
    "agrees with the whole, however the pieces arrive",
    [Cases],
    ([{ rules, events, orders, now, shuffle }]) => {
      const site = new Incremental(rules)
      for (const batch of batches([...events, ...orders], numbers(shuffle))) site.hear(batch)
      expect(normalized(site.read(now))).toEqual(normalized(Site.sessionize(rules, { events, orders }, now)))
    },
    options
  )

  it.prop(
    "agrees with the whole, however much of it is forgotten in between",
    [Cases],
    ([{ rules, events, orders, now, shuffle }]) => {
      const below = numbers(shuffle)
      const site = new Incremental(rules)
      for (const batch of batches([...events, ...orders], below)) {
        site.hear(batch)
        site.forget(below(4) * 3_600_000)
      }
      expect(normalized(site.read(now))).toEqual(normalized(Site.sessionize(rules, { events, orders }, now)))
    },
    options
  )

  it.prop(
    "leaves every earlier version as it was",
    [Cases],
    ([{ rules, events, orders, shuffle }]) => {
      const below = numbers(shuffle)
      const site = new Incremental(rules)
      const versions: Array<readonly [Timeline.Timeline, string]> = []
      for (const batch of batches([...events, ...orders], below)) {
        site.hear(batch)
        for (const timeline of site.timelines.values()) {
          if (below(2) === 0) versions.push([timeline, JSON.stringify(Timeline.read(rules, timeline))])
        }
      }
      for (const [timeline, then] of versions) expect(JSON.stringify(Timeline.read(rules, timeline))).toBe(then)
    },
    options
  )
})

describe("what the incremental form forgets", () => {
  const threeSessions = () => grown(sale("10:00", "O1"), page("12:00"), page("12:10"), page("14:00"))
  const forgetful = () => Timeline.forget(threeSessions(), at("13:00"))

  it("is the events of sessions that ended before an instant, and nothing that they amounted to", () => {
    const after = forgetful()
    expect(after.forgotten).toBe(2)
    expect(after.closed.map(({ from, to }) => to - from)).toEqual([0, 0])
    expect(read(after)).toEqual(read(threeSessions()))
    expect(Timeline.forget(after, at("13:30"))).toBe(after)
  })

  it("is missed by what touches those sessions, and by nothing else", () => {
    const reachesBack = (news: Timeline.News) => Timeline.reachesBack(forgetful(), news)
    expect(reachesBack({ events: [page("13:59")] })).toBe(true)
    expect(reachesBack({ events: [page("14:01")] })).toBe(false)
    const book = OrderBook.make(threeSessions().pages, [])
    const ordered = (clock: string) => ({ site: { book, orders: [{ order: api("A1", clock), sessionId: null }] } })
    expect(reachesBack(ordered("12:05"))).toBe(true)
    expect(reachesBack(ordered("14:05"))).toBe(false)
    // Somebody else reported the order first: the sale page was no purchase.
    expect(reachesBack({ site: { book: OrderBook.empty, orders: [] } })).toBe(true)
    expect(Timeline.reachesBack(threeSessions(), { events: [page("09:00")] })).toBe(false)
  })

  it("does not hinder what follows", () => {
    const after = advance(forgetful(), { events: [page("14:05"), page("16:00")] })
    const whole = advance(threeSessions(), { events: [page("14:05"), page("16:00")] })
    expect(read(after)).toEqual(read(whole))
  })
})

describe("what the incremental form reads again", () => {
  const threeSessions = () => grown(page("10:00"), page("12:00"), page("12:10"), page("14:00"))

  it("appends to the last session without touching the others", () => {
    const three = threeSessions()
    const after = advance(three, { events: [page("14:10")] })
    expect(after.closed).toBe(three.closed)
    expect(after.open?.events).toBe(three.open?.events)
    expect(read(after).sessions.map(({ eventIds }) => eventIds.length)).toEqual([1, 2, 2])
    expect(read(three).sessions.map(({ eventIds }) => eventIds.length)).toEqual([1, 2, 1])
  })

  it("lets two futures grow out of one state", () => {
    const three = threeSessions()
    const [one, other] = [page("14:10", { id: "x" }), page("14:20", { id: "y" })].map((event) =>
      advance(three, { events: [event] })
    )
    expect(read(one ?? three).sessions.at(-1)?.eventIds).toEqual(["ann@14:00", "x"])
    expect(read(other ?? three).sessions.at(-1)?.eventIds).toEqual(["ann@14:00", "y"])
  })

  it("lets two futures close sessions of their own", () => {
    const three = threeSessions()
    const futures = ["16:00", "17:00"].map((clock) => advance(three, { events: [page(clock)] }))
    expect(futures.map((future) => read(future).sessions.map(({ startedAt }) => startedAt))).toEqual(
      ["16:00", "17:00"].map((last) => ["10:00", "12:00", "14:00", last].map((clock) => at(clock)))
    )
    expect(read(three).sessions).toHaveLength(3)
  })

  it("reads only the session again in which a late event lies", () => {
    const three = threeSessions()
    const after = advance(three, { events: [page("12:05")] })
    expect(after.closed[0]).toBe(three.closed[0])
    expect(after.closed[1]).not.toBe(three.closed[1])
    expect(after.open?.events).toBe(three.open?.events)
    expect(read(after).sessions.map(({ eventIds }) => eventIds.length)).toEqual([1, 3, 1])
  })

  it("reads two sessions again that a late event bridges, and none that follows", () => {
    const before = grown(page("10:00"), page("10:50"), page("12:00"), page("14:00"))
    const after = advance(before, { events: [page("10:25")] })
    expect(after.count).toBe(2)
    expect(after.closed[1]).toBe(before.closed[2])
    expect(read(after).sessions[0]?.eventIds).toEqual(["ann@10:00", "ann@10:25", "ann@10:50"])
  })

  it("reads on where a purchase is another one than before", () => {
    const before = grown(sale("10:00", null), sale("11:00", null), page("13:00"))
    const after = advance(before, { events: [product("10:20", "mug")] })
    expect(read(before).purchases.map(({ eventId }) => eventId)).toEqual(["ann@10:00"])
    expect(read(after).purchases.map(({ eventId }) => eventId)).toEqual(["ann@10:00", "ann@11:00"])
  })

  it.each([
    ["an inferred one", [page("09:50"), sale("10:00", null)], page("09:55")],
    ["a named one, though its session has another ID", [sale("10:00", "O1")], page("09:55")],
    ["none", [page("10:00")], page("09:55")]
  ])("takes over unread what follows the same purchase: %s", (_, first, late) => {
    const before = grown(...first, sale("11:00", null, { id: "again" }), page("13:00"))
    const after = advance(before, { events: [late] })
    expect(after.closed[1]).toBe(before.closed[1])
  })

  it("is empty for a visitor of whom nothing is known", () => {
    expect(read(Timeline.empty)).toEqual({ sessions: [], purchases: [] })
    expect(advance(Timeline.empty, {})).toBe(Timeline.empty)
    expect(Timeline.empty).toMatchObject({ closed: [], count: 0, open: null, pages: [], orders: [] })
  })

  it("knows in which session an event lies", () => {
    const events = ["10:00", "10:10", "12:00", "12:10", "14:00", "14:10"].map((clock) => page(clock))
    const timeline = grown(...events)
    const sessions = events.map((event) => Timeline.chapterAt(timeline, event).session.id)
    expect(sessions).toEqual(["10:00", "10:00", "12:00", "12:00", "14:00", "14:00"].map((clock) => `shop:ann@${clock}`))
  })

  it("knows the sale pages that name an order, and no others", () => {
    const { pages, book } = grown(page("10:00"), sale("10:01", null), sale("10:02", "O1"))
    expect(pages.map(({ id }) => id)).toEqual(["ann@10:02"])
    expect(book.orders).toEqual([])
  })

  it("reads nothing again where reports change nothing that was read", () => {
    const before = grown(sale("10:00", "O1"), page("12:00"), sale("14:00", "O1"), page("16:00"))
    expect(advance(before, { events: [sale("16:01", "O2")] }).closed).toBe(before.closed)
    const placed = advance(before, placing(api("O3", "12:01")))
    const again = { ...placing(api("O3", "12:01")), events: [page("16:02")] }
    expect(advance(placed, again).closed).toBe(placed.closed)
  })

  it("reads only the session again in which a report changes something", () => {
    const before = grown(page("08:00"), sale("10:00", null), page("10:01"), page("12:00"), page("14:00"))
    const after = advance(before, placing(api("O1", "10:00:30")))
    expect(after.closed[0]).toBe(before.closed[0])
    expect(after.closed[1]).not.toBe(before.closed[1])
    expect(after.closed[2]).toBe(before.closed[2])
  })

  it("takes an order by API after the last event without reading anything again", () => {
    const before = grown(modify("10:00", cart(["mug", 1])))
    const after = advance(before, placing(api("O1", "10:05")))
    expect(after.open).toBe(before.open)
    expect(read(after).sessions[0]?.left).not.toBeNull()
    // The session goes on past the order, which then was in it.
    expect(read(advance(after, { events: [page("10:06")] })).sessions[0]).toMatchObject({ left: null, segments: 1 })
  })

  it("takes an order away again that belongs elsewhere", () => {
    const before = grown(modify("10:00", cart(["mug", 1])), page("10:01"))
    const bought = advance(before, placing(api("O1", "10:00:30")))
    expect(read(bought).sessions[0]?.left).toBeNull()
    expect(read(advance(bought, placing()))).toEqual(read(before))
  })

  it("forgets a purchase that another visitor reported first", () => {
    const before = grown(sale("10:00", "O1"), page("10:01"))
    expect(read(before).purchases).toHaveLength(1)
    const elsewhere = { id: "bob@09:00", occurredAt: 0, sequence: 0, orderId: api("O1", "09:00").orderId }
    const site = { book: OrderBook.make([...before.pages, elsewhere], []), orders: [] }
    expect(read(advance(before, { site })).purchases).toEqual([])
  })
})

describe("late pieces that change what sessions after them mean", () => {
  const email = "ann@example.test"
  /** What a site says that heard the late piece last, and one that knew it all along. */
  const both = (early: ReadonlyArray<Piece>, ...late: ReadonlyArray<Piece>) => {
    const site = new Incremental(Rules.defaults)
    site.hear(early)
    site.hear(late)
    const all = [...early, ...late]
    const events = all.filter((piece) => "type" in piece)
    const orders = all.filter((piece) => "orderId" in piece)
    return [normalized(site.read(Infinity)), normalized(Site.sessionize(Rules.defaults, { events, orders }, Infinity))]
  }
  // The order belongs to the session at 10:00, and comes while nothing but sale pages followed what was bought there.
  const later = [sale("11:30", null), api("O1", "11:35", { email }), sale("11:40", null), page("14:00")]

  it.each<readonly [string, ReadonlyArray<Piece>, Piece]>([
    [
      "names the purchase before an order does",
      [login("10:00", email), sale("10:01", null), ...later],
      sale("10:02", "O9")
    ],
    [
      "puts the purchase before into another session",
      [login("10:00", email), page("10:20"), sale("10:40", null), ...later],
      page("10:30", { logout: true })
    ],
    ["is an order between two sessions", [modify("10:00", cart(["mug", 1])), page("12:00")], api("O1", "10:05")],
    [
      "is in a session after which an order came",
      [modify("10:00", cart(["mug", 1])), api("O1", "10:10"), page("12:00"), page("14:00")],
      page("10:05")
    ],
    ["is the first of all", [page("10:00"), page("12:00")], page("08:00")],
    ["is the first of all, and joins", [page("10:00"), page("12:00")], page("09:50")],
    ["bridges the last two", [page("08:00"), page("10:00"), page("10:50")], page("10:25")],
    ["is a tie with the first of a session", [page("10:00"), page("12:00", { id: "b" })], page("12:00", { id: "a" })],
    ["is a tie with the last of all", [page("10:00"), page("10:05", { id: "b" })], page("10:05", { id: "a" })]
  ])("%s", (_, early, late) => {
    const [heard, whole] = both(early, late)
    expect(heard).toEqual(whole)
  })

  it("gives an order to another session when that turns out to have its e-mail", () => {
    const early = [login("10:00", email), page("12:00"), page("14:00"), api("O1", "15:00", { email }), page("16:00")]
    const [heard, whole] = both(early, login("12:01", email))
    expect(heard).toEqual(whole)
    expect(whole?.outcomes).toMatchObject([{ orderId: "O1", sessionId: "shop:ann@12:00" }])
  })

  it("is read from the first of several that came at once", () => {
    const early = [sale("10:00", "O1"), page("10:01"), page("12:00"), page("14:00")]
    const [heard, whole] = both(early, page("12:05"), sale("09:59", "O1", { visitor: "bob" }))
    expect(heard).toEqual(whole)
    expect(whole?.outcomes.map(({ visitorId }) => visitorId)).toEqual(["bob"])
  })
})
