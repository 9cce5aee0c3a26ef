import { describe, expect, it } from "@effect/vitest"
import type { Outcome } from "../../src/index.ts"
import { type Activity, Cart, Lateness, Ledger, Rules, Site } from "../../src/index.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { api, at, cart, DAY, HOUR, login, MINUTE, modify, only, page, product, sale } from "../journey.ts"
import { numbers, shuffled } from "./chance.ts"
import { type Case, Cases, caseSize } from "./journeys.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed, size: caseSize } }

interface Row {
  readonly outcome: Outcome.Outcome
  readonly isHistoric: boolean
  readonly superseded: Extract<Ledger.Change, { _tag: "Supersede" }> | null
}

/** The ledger as a reader sees it: every change appended or added to the row that stands under its key. */
const apply = (rows: ReadonlyArray<Row>, changes: ReadonlyArray<Ledger.Change>): ReadonlyArray<Row> =>
  changes.reduce<ReadonlyArray<Row>>((ledger, change) => {
    if (change._tag === "Emit") return [...ledger, { ...change, superseded: null }]
    return ledger.map((row) => {
      if (row.superseded !== null || row.outcome.key !== change.key) return row
      if (change._tag === "Supersede") return { ...row, superseded: change }
      const { visitorId, email, recoveredBy } = change
      const { outcome } = row
      return {
        ...row,
        outcome:
          outcome.type === "FinalizedTransaction"
            ? { ...outcome, visitorId, email }
            : { ...outcome, email, recoveredBy }
      }
    })
  }, rows)

const standing = (rows: ReadonlyArray<Row>): ReadonlyArray<Ledger.Standing> =>
  rows.flatMap(({ outcome, superseded }) => (superseded === null ? [standingOf(outcome)] : []))

const standingOf = (outcome: Outcome.Outcome): Ledger.Standing => ({
  siteId: outcome.siteId,
  key: outcome.key,
  visitorId: outcome.visitorId,
  email: outcome.email,
  recoveredBy: outcome.type === "FinalizedTransaction" ? null : outcome.recoveredBy,
  evidence: outcome.evidence,
  cart: outcome.type === "AbandonedBrowse" ? null : outcome.cart
})

/** What was bought is of the event that says so; what was left is the same in any order of its lines. */
const sorted = (rows: ReadonlyArray<Ledger.Standing>) =>
  rows
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ cart, ...row }) => ({
      ...row,
      left: row.key.startsWith("cart:") && cart ? [Cart.fingerprint(cart), Cart.value(cart), cart.currency] : null
    }))

/** What the rules say of these events, all of them and those in time. */
const compute = ({ rules, orders }: Pick<Case, "rules" | "orders">, events: Case["events"]): Ledger.Computed => {
  const late = Lateness.lateIds(rules, events)
  const of = (some: Case["events"]) => Site.sessionize(rules, { events: some, orders }, Infinity).outcomes
  const outcomes = of(events)
  return { late, outcomes, onTime: late.size === 0 ? outcomes : of(events.filter(({ id }) => !late.has(id))) }
}

interface Arrival {
  readonly events: ReadonlyArray<Activity.Activity>
  readonly now: number
}

/** The events in batches, in any order, each batch received after all that it tells of and after the one before. */
const arrivals = ({ events, shuffle }: Case, pause: number): ReadonlyArray<Arrival> => {
  const below = numbers(shuffle)
  const mixed = below(2) === 0 ? events : shuffled(events, below)
  const size = 1 + below(4)
  let now = 0
  return Array.from({ length: Math.ceil(mixed.length / size) }, (_, index) => {
    const batch = mixed.slice(index * size, index * size + size)
    now = Math.max(now + below(pause), ...batch.map(({ occurredAt }) => occurredAt))
    const receivedAt = now
    return { events: batch.map((event) => ({ ...event, receivedAt })), now }
  })
}

/** A ledger that is kept up to date batch by batch, and what was known at the end. */
const kept = (given: Case, pause: number) => {
  let rows: ReadonlyArray<Row> = []
  const events: Array<Activity.Activity> = []
  const journal: Array<Ledger.Change> = []
  for (const { events: batch, now } of arrivals(given, pause)) {
    events.push(...batch)
    const changes = Ledger.reconcile(given.rules, standing(rows), compute(given, events), now)
    rows = apply(rows, changes)
    journal.push(...changes)
  }
  return { rows, events, journal }
}

const patient = (given: Case): Case => ({ ...given, rules: { ...given.rules, allowedLateness: 365 * DAY } })

describe(`the ledger, ${lawRuns} cases from seed ${lawSeed}`, () => {
  it.prop(
    "ends with what is computed, however the events came",
    [Cases],
    ([case_]) => {
      const given = patient(case_)
      const { rows, events } = kept(given, HOUR)
      const computed = compute(given, events)
      const after = apply(rows, Ledger.reconcile(given.rules, standing(rows), computed, Infinity))
      expect(sorted(standing(after))).toEqual(sorted(computed.outcomes.map(standingOf)))
    },
    options
  )

  it.prop(
    "replays from its journal to the same rows",
    [Cases],
    ([given]) => {
      const { rows, journal } = kept(given, DAY)
      expect(apply([], journal)).toEqual(rows)
    },
    options
  )

  it.prop(
    "has nothing to add a second time, and one row that stands for a key",
    [Cases],
    ([given]) => {
      const { rows, events } = kept(given, DAY)
      const now = Math.max(0, ...events.map(({ receivedAt }) => receivedAt))
      expect(Ledger.reconcile(given.rules, standing(rows), compute(given, events), now)).toEqual([])
      const keys = standing(rows).map(({ key }) => key)
      expect(new Set(keys).size).toBe(keys.length)
    },
    options
  )

  it.prop(
    "emits nothing before it is due, and nothing twice while it stands",
    [Cases],
    ([given]) => {
      let rows: ReadonlyArray<Row> = []
      const events: Array<Activity.Activity> = []
      for (const { events: batch, now } of arrivals(given, DAY)) {
        events.push(...batch)
        const changes = Ledger.reconcile(given.rules, standing(rows), compute(given, events), now)
        for (const change of changes) if (change._tag === "Emit") expect(change.outcome.at).toBeLessThanOrEqual(now)
        rows = apply(rows, changes)
      }
    },
    options
  )

  it.prop(
    "is not changed by events that come too late: they only add historic rows",
    [Cases],
    ([given]) => {
      const { rows, events } = kept(patient(given), HOUR)
      const receivedAt = Math.max(0, ...events.map((event) => event.occurredAt)) + 30 * DAY
      const rules = { ...given.rules, allowedLateness: DAY }
      const settled = Ledger.reconcile(rules, standing(rows), compute({ ...given, rules }, events), receivedAt)
      const before = apply(rows, settled)
      const late = events.slice(0, 3).map((event) => modifyCopy(event, receivedAt))
      const changes = Ledger.reconcile(
        rules,
        standing(before),
        compute({ ...given, rules }, [...events, ...late]),
        receivedAt
      )
      expect(changes.filter((change) => change._tag !== "Emit")).toEqual([])
      for (const change of changes) expect(change).toMatchObject({ isHistoric: true })
    },
    options
  )
})

const modifyCopy = (event: Activity.Activity, receivedAt: number): Activity.Activity => ({
  ...modify("10:00", cart(["late", 1]), { id: `late-${event.id}`, visitor: event.visitorId }),
  occurredAt: event.occurredAt + 1,
  receivedAt
})

describe("what a late event does to a row", () => {
  const rules = Rules.defaults
  const left = modify("10:00", cart(["mug", 1]))
  const emitted = (events: ReadonlyArray<Activity.Activity>, now: number) =>
    apply([], Ledger.reconcile(rules, [], compute({ rules, orders: [] }, events), now))
  const then = (rows: ReadonlyArray<Row>, events: ReadonlyArray<Activity.Activity>, now: number) =>
    Ledger.reconcile(rules, standing(rows), compute({ rules, orders: [] }, events), now)

  it("supersedes it, and says what took its place", () => {
    const rows = emitted([left], at("10:41"))
    const bought = sale("10:05", "O1", { receivedAt: at("11:00") })
    expect(then(rows, [left, bought], at("11:00"))).toMatchObject([
      { _tag: "Supersede", key: "cart:shop:ann@10:00", reason: "no-longer-computed", replacedBy: "order:shop:O1" },
      { _tag: "Emit", isHistoric: false }
    ])
  })

  it("supersedes it with nothing in its place", () => {
    const rows = emitted([left], at("10:41"))
    const emptied = modify("10:05", cart(), { receivedAt: at("11:00") })
    expect(then(rows, [left, emptied], at("11:00"))).toEqual([
      { _tag: "Supersede", key: "cart:shop:ann@10:00", reason: "no-longer-computed", replacedBy: null }
    ])
  })

  it("replaces a cart by the one that was left after it", () => {
    const rows = emitted([left], at("10:41"))
    const other = modify("10:01", cart(["cup", 1]), { receivedAt: at("11:00") })
    expect(then(rows, [left, other], at("11:00"))).toMatchObject([
      { _tag: "Supersede", replacedBy: "cart:shop:ann@10:01" },
      { _tag: "Emit", outcome: { key: "cart:shop:ann@10:01" } }
    ])
  })

  it("says which of several took its place: the one under its key, before any other", () => {
    const ann = sale("10:00", "O2")
    const bob = [sale("09:58", "O1", { visitor: "bob" }), sale("09:59", "O2", { visitor: "bob" })]
    expect(then(emitted([ann], at("10:00")), [ann, ...bob], at("10:01"))).toMatchObject([
      { _tag: "Supersede", key: "order:shop:O2", replacedBy: "order:shop:O2" },
      { _tag: "Emit", outcome: { key: "order:shop:O1" } },
      { _tag: "Emit", outcome: { key: "order:shop:O2" } }
    ])
  })

  it("says which of several took its place: the one that rests on its event, before others of the session", () => {
    const inferred = sale("10:00", null)
    const before = [sale("09:58", "O1"), product("09:59", "mug")]
    const named = [...before, inferred, sale("10:01", "O2")]
    expect(then(emitted([inferred], at("10:00")), named, at("10:01"))).toMatchObject([
      { _tag: "Supersede", key: "sale:shop:ann@10:00", replacedBy: "order:shop:O2" },
      { _tag: "Emit", outcome: { key: "order:shop:O1" } },
      { _tag: "Emit", outcome: { key: "order:shop:O2" } }
    ])
  })

  it("says of nothing in another session that it took its place", () => {
    const rows = emitted([left], at("10:41"))
    const events = [left, modify("10:05", cart()), sale("10:06", "O1", { visitor: "bob" })]
    const orders = [api("O2", "10:07", {})]
    expect(Ledger.reconcile(rules, standing(rows), compute({ rules, orders }, events), at("11:00"))).toMatchObject([
      { _tag: "Supersede", key: "cart:shop:ann@10:00", replacedBy: null },
      { _tag: "Emit", outcome: { key: "order:shop:O2" } },
      { _tag: "Emit", outcome: { key: "order:shop:O1" } }
    ])
  })

  it.each([
    ["one event more", ["ann@10:00", "ann@10:01"]],
    ["another event", ["ann@09:59"]],
    ["the second event of two", ["ann@09:59", "ann@10:00"]]
  ])("replaces a purchase that rested on %s", (_, evidence) => {
    const bought = emitted([sale("10:00", "O1")], at("10:00"))
    const rows = standing(bought).map((row) => ({ ...row, evidence }))
    expect(
      Ledger.reconcile(rules, rows, compute({ rules, orders: [] }, [sale("10:00", "O1")]), at("10:01"))
    ).toMatchObject([
      { _tag: "Supersede", key: "order:shop:O1", reason: "reported-earlier" },
      { _tag: "Emit", outcome: { key: "order:shop:O1" } }
    ])
  })

  it("lets it stand when the session only turns out to be longer: nobody is told twice", () => {
    const rows = emitted([left], at("10:41"))
    const viewed = page("10:20", { receivedAt: at("10:45") })
    expect(then(rows, [left, viewed], at("10:45"))).toEqual([])
    expect(then(rows, [left, viewed], at("11:01"))).toEqual([])
  })

  it("names an inferred purchase with an entry of its own", () => {
    const inferred = sale("10:00", null)
    const named = sale("10:01", "O1")
    expect(then(emitted([inferred], at("10:00")), [inferred, named], at("10:01"))).toMatchObject([
      { _tag: "Supersede", key: "sale:shop:ann@10:00", reason: "purchase-named", replacedBy: "order:shop:O1" },
      { _tag: "Emit", outcome: { key: "order:shop:O1", at: at("10:00") } }
    ])
  })

  it("replaces a purchase under its key when another page reported it earlier", () => {
    const bob = sale("09:59", "O1", { visitor: "bob" })
    const ann = sale("10:00", "O1")
    expect(then(emitted([ann], at("10:00")), [ann, bob], at("10:01"))).toMatchObject([
      { _tag: "Supersede", key: "order:shop:O1", reason: "reported-earlier", replacedBy: "order:shop:O1" },
      { _tag: "Emit", outcome: { visitorId: "bob" } }
    ])
  })

  it("replaces a purchase under its key when another page named it earlier", () => {
    const events = [sale("10:00", null), sale("10:02", "O1")]
    const rows = emitted(events, at("10:02"))
    expect(then(rows, [...events, sale("10:01", "O1")], at("10:03"))).toMatchObject([
      { _tag: "Supersede", key: "order:shop:O1", reason: "reported-earlier", replacedBy: "order:shop:O1" },
      { _tag: "Emit", outcome: { evidence: ["ann@10:00", "ann@10:01"] } }
    ])
  })

  it("replaces a cart under its key when differences before its last one turn up", () => {
    const add = (clock: string, quantity: number) =>
      modify(clock, undefined, {
        cartChange: { op: "add", currency: "PLN", item: { id: "mug", quantity, unitPrice: 1000 } }
      })
    const last = add("10:00", 1)
    const rows = emitted([last], at("10:41"))
    expect(then(rows, [last, add("09:59", 2)], at("10:42"))).toMatchObject([
      {
        _tag: "Supersede",
        key: "cart:shop:ann@10:00",
        reason: "no-longer-computed",
        replacedBy: "cart:shop:ann@10:00"
      },
      { _tag: "Emit", outcome: { cart: cart(["mug", 3]) } }
    ])
    expect(then(rows, [last, add("09:59", 0)], at("10:42"))).toEqual([])
  })

  it("adds an e-mail, and what recovered it", () => {
    const rows = emitted([left], at("10:41"))
    const back = [left, sale("12:00", "O1", { email: "ann@example.test" })]
    expect(then(rows, back, at("12:00"))).toMatchObject([
      { _tag: "Amend", email: "ann@example.test", recoveredBy: "order:shop:O1" },
      { _tag: "Emit" }
    ])
  })

  describe("of an order by API that names only an e-mail", () => {
    const orders = [api("O1", "10:30", { email: "ann@example.test" })]
    const known = (clock: string, visitor: string) => login(clock, "ann@example.test", { visitor })
    const changes = (before: ReadonlyArray<Activity.Activity>, after: ReadonlyArray<Activity.Activity>) => {
      const rows = apply([], Ledger.reconcile(rules, [], compute({ rules, orders }, before), at("11:00")))
      return Ledger.reconcile(rules, standing(rows), compute({ rules, orders }, after), at("11:01"))
    }

    it("adds the visitor whose session it turns out to be", () => {
      expect(changes([], [known("10:00", "ann")])).toEqual([
        {
          _tag: "Amend",
          key: "order:shop:O1",
          visitorId: "ann",
          email: "ann@example.test",
          recoveredBy: null
        }
      ])
    })

    it("replaces it when it turns out to be another visitor's", () => {
      expect(changes([known("10:00", "ann")], [known("10:00", "ann"), known("10:10", "bob")])).toMatchObject([
        { _tag: "Supersede", key: "order:shop:O1", reason: "order-moved", replacedBy: "order:shop:O1" },
        { _tag: "Emit", outcome: { key: "order:shop:O1", visitorId: "bob" } }
      ])
    })

    it("replaces it when no session can have it any more", () => {
      const logout = page("10:10", { logout: true })
      const back = [page("10:00"), known("12:00", "ann")]
      expect(changes(back, [...back, logout])).toMatchObject([
        { _tag: "Supersede", reason: "order-moved" },
        { _tag: "Emit", outcome: { visitorId: null, session: null } }
      ])
    })
  })

  it("records as historic what is computed more than L after it was due", () => {
    const due = at("10:40")
    expect(emitted([left], due + DAY)).toMatchObject([{ isHistoric: false }])
    expect(emitted([left], due + DAY + 1)).toMatchObject([{ isHistoric: true }])
  })

  it("records as historic what an import of history amounts to", () => {
    expect(emitted([{ ...left, isHistory: true }], at("10:41"))).toMatchObject([{ isHistoric: true }])
  })

  it("shows a sale of which only a late page knows, without touching the abandonment", () => {
    const rows = emitted([left], at("10:41"))
    const receivedAt = at("10:01") + DAY + 1
    expect(then(rows, [left, sale("10:01", "O1", { receivedAt })], receivedAt)).toMatchObject([
      { _tag: "Emit", isHistoric: true, outcome: { key: "order:shop:O1" } }
    ])
  })

  it("records as historic what rests on an event that came too late, though it was due since", () => {
    const receivedAt = at("10:00") + DAY + 1
    expect(emitted([{ ...left, receivedAt }], receivedAt)).toMatchObject([{ isHistoric: true }])
  })

  it("lets a cart stand that only a late event would change, and adds no other", () => {
    const rows = emitted([left], at("10:41"))
    const receivedAt = at("10:05") + DAY + 1
    const other = modify("10:05", cart(["cup", 1]), { receivedAt })
    expect(then(rows, [left, other], receivedAt)).toEqual([])
  })

  it("lets a row stand that rests on a late event in part", () => {
    const row = { ...only(standing(emitted([left], at("10:41")))), evidence: ["ann@10:00", "late"] }
    const nothing = { outcomes: [], onTime: [], late: new Set(["late"]) }
    expect(Ledger.reconcile(rules, [row], nothing, at("12:00"))).toEqual([])
  })

  it("makes one historic row of a visit that came days later, request by request", () => {
    const receivedAt = at("10:00", 3)
    const first = [product("10:00", "mug", { receivedAt })]
    const rows = emitted(first, receivedAt)
    expect(rows).toMatchObject([{ isHistoric: true, outcome: { type: "AbandonedBrowse" } }])
    const second = [...first, product("10:01", "cup", { receivedAt: receivedAt + MINUTE })]
    expect(then(rows, second, receivedAt + MINUTE)).toEqual([])
  })
})
