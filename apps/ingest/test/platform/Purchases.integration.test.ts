import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Backlog } from "../../src/Backlog.ts"
import { Worker } from "../../src/Worker.ts"
import { Doors, type Shop } from "../Doors.ts"
import { call } from "./Client.ts"

const MINUTE = 60_000
/** Six hours ago: everything is due, and nothing comes too late. */
const start = Math.floor(Date.now() / MINUTE) * MINUTE - 360 * MINUTE
const at = (minute: number) => start + minute * MINUTE

const cart = { currency: "PLN", items: [{ id: "kubek", name: "Kubek", quantity: 1, unitPrice: 4_900 }] }
const [ann, bob] = ["ann@example.pl", "bob@example.pl"]

type Step = (shop: Shop) => Effect.Effect<void, unknown, Backlog | Doors | Worker>

/** What a browser did, by the tracker's door and the worker. */
const event =
  (type: string, minute: number, more: object = {}): Step =>
  (shop) =>
    Effect.gen(function* () {
      const item = { id: `e${minute}`, visitorId: "v1", type, at: at(minute), ...more }
      const body = { writeKey: shop.browserKey, events: [item] }
      const { status, json } = yield* call(null, "POST", "/v1/events", body)
      assert.strictEqual(status, 200)
      assert.deepInclude(json, { stored: 1 })
      yield* (yield* Worker).once
    })

/** An order that the shop's own system reports, and what the schedule makes of it. */
const order =
  (id: string, minute: number, more: object): Step =>
  (shop) =>
    Effect.gen(function* () {
      const { status } = yield* call(shop, "POST", "/orders", { id, at: at(minute), ...more })
      assert.strictEqual(status, 201)
      yield* Effect.repeat((yield* Backlog).settle, { until: (settled) => settled === 0 })
    })

const customer =
  (email: string, ...visitorIds: ReadonlyArray<string>): Step =>
  (shop) =>
    Effect.gen(function* () {
      const { status } = yield* call(shop, "POST", "/customers", { id: email, email, visitorIds })
      assert.strictEqual(status, 201)
      yield* Effect.repeat((yield* Backlog).settle, { until: (settled) => settled === 0 })
    })

interface Row {
  readonly key: string
  readonly visitor: string | null
  readonly email: string | null
  readonly minute: number
  readonly session: string | null
  readonly fate: string
}

/** All rows of the shop's ledger, in the order in which they were written. */
const ledger = Effect.fnUntraced(function* ({ place }: Shop) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<Omit<Row, "minute"> & { readonly at: number }>`
    select replace(row.key, ${`:${place.siteId}`}, '') as key, row.visitor_id as visitor, row.email,
      (extract(epoch from row.occurred_at) * 1000)::float8 as at,
      replace(session.id, ${`${place.siteId}:`}, '') as session,
      case when row.superseded_at is not null then row.superseded_reason
        when row.recovered_by is not null then 'recovered by ' || (
          select type from session_event as recovery
          where recovery.unit_id = row.unit_id and recovery.id = row.recovered_by and recovery.superseded_at is null)
        when row.is_inferred then 'inferred' else 'stands' end as fate
    from session_event as row left join session on session.unit_id = row.unit_id and session.no = row.session_no
    where row.unit_id = ${place.unitId} order by row.id`
  return rows.map(({ at: time, ...row }) => ({ ...row, minute: (time - start) / MINUTE }))
})

const standing = (rows: ReadonlyArray<Row>) =>
  rows.filter(({ fate }) => !fate.includes("-")).sort((a, b) => a.minute - b.minute)

const sale = (minute: number, more: object = {}) => event("VisitOnSalePage", minute, more)
const filled = event("ModifyCart", 0, { cart })
const bought = { visitor: "v1", email: null, fate: "stands" }

/** What happened, in order of time; the rows that stand in the end. *Source*: sessions.md 8. */
const cases: ReadonlyArray<readonly [string, ReadonlyArray<Step>, ReadonlyArray<Partial<Row>>]> = [
  [
    "an order by API 8 min after close leaves nothing but the transaction",
    [filled, order("O1", 38, { visitorId: "v1" })],
    [{ ...bought, key: "order:O1", minute: 38, session: "e0" }]
  ],
  [
    "an order by API 12 min after close recovers the abandoned cart",
    [filled, order("O1", 42, { visitorId: "v1" })],
    [
      { ...bought, key: "cart:e0", minute: 40, session: "e0", fate: "recovered by FinalizedTransaction" },
      { ...bought, key: "order:O1", minute: 42, session: "e0" }
    ]
  ],
  [
    "an order by API names a sale page without order ID 2 min before",
    [sale(0), order("O1", 2, { visitorId: "v1" })],
    [{ ...bought, key: "order:O1", minute: 0, session: "e0" }]
  ],
  [
    "an order by API whose clock is 3 min behind is the sale page's purchase, and no cart is abandoned",
    [filled, order("O1", 1, { visitorId: "v1" }), sale(4, { order: { id: "O1" } })],
    [{ ...bought, key: "order:O1", minute: 4, session: "e0" }]
  ],
  [
    "an order that names only an e-mail is in the session that has it",
    [event("VisitOnLoginPage", 0, { email: ann }), order("O1", 5, { email: ann }), event("VisitOnWebsite", 10)],
    [{ ...bought, key: "order:O1", minute: 5, session: "e0", email: ann }]
  ],
  [
    "of two browsers with the e-mail the one whose session began last has the order",
    [
      event("VisitOnLoginPage", 0, { email: ann }),
      event("VisitOnLoginPage", 3, { email: ann, visitorId: "v2" }),
      order("O1", 5, { email: ann })
    ],
    [{ ...bought, key: "order:O1", minute: 5, session: "e3", email: ann, visitor: "v2" }]
  ],
  [
    "an order whose e-mail nobody has stands alone",
    [event("VisitOnLoginPage", 0, { email: bob }), order("O1", 5, { email: ann })],
    [{ ...bought, key: "order:O1", minute: 5, session: null, email: ann, visitor: null }]
  ],
  [
    "an order of a visitor who came later stands alone",
    [order("O1", 5, { visitorId: "v1" }), event("VisitOnWebsite", 10)],
    [{ ...bought, key: "order:O1", minute: 5, session: null }]
  ],
  [
    "a customer's e-mail moves an order to the browser that it is given to",
    [
      event("VisitOnLoginPage", 0, { email: ann }),
      event("VisitOnWebsite", 10, { visitorId: "v2" }),
      order("O1", 15, { email: ann }),
      customer(ann, "v2")
    ],
    [{ ...bought, key: "order:O1", minute: 15, session: "e10", email: ann, visitor: "v2" }]
  ],
  [
    "a customer's e-mail enriches an abandoned cart 5 hours later, and the count is unchanged",
    [filled, customer(ann, "v1")],
    [{ ...bought, key: "cart:e0", minute: 40, session: "e0", email: ann }]
  ]
]

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("purchases by the platform's API", (it) => {
  for (const [name, steps, expected] of cases) {
    it.effect(`${name}, in whatever order it is told`, () =>
      Effect.gen(function* () {
        for (const told of [steps, steps.toReversed()]) {
          const shop = yield* (yield* Doors).openShop
          for (const step of told) yield* step(shop)
          const rows = standing(yield* ledger(shop))
          assert.lengthOf(rows, expected.length)
          for (const [index, row] of expected.entries()) assert.deepInclude(rows[index], row)
        }
      })
    )
  }

  it.effect("are emitted once: alone first, then with the visitor whose session it turns out to be", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      yield* order("O1", 5, { email: ann })(shop)
      const { minute, ...alone } = {
        key: "order:O1",
        visitor: null,
        email: ann,
        minute: 5,
        session: null,
        fate: "stands"
      }
      assert.deepEqual(yield* ledger(shop), [{ ...alone, minute }])
      yield* event("VisitOnLoginPage", 0, { email: ann })(shop)
      assert.deepEqual(yield* ledger(shop), [{ ...alone, minute, visitor: "v1", session: "e0" }])
    })
  )

  it.effect("say in the ledger why they moved", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      yield* event("VisitOnLoginPage", 0, { email: ann })(shop)
      yield* event("VisitOnWebsite", 10, { visitorId: "v2" })(shop)
      yield* order("O1", 15, { email: ann })(shop)
      yield* customer(ann, "v2")(shop)
      assert.deepEqual(
        (yield* ledger(shop)).map(({ visitor, session, fate }) => ({ visitor, session, fate })),
        [
          { visitor: "v1", session: "e0", fate: "order-moved" },
          { visitor: "v2", session: "e10", fate: "stands" }
        ]
      )
    })
  )

  it.effect("keep what recovered a cart when a sale page turns out to be first", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      for (const step of [filled, order("O1", 45, { visitorId: "v1" }), sale(44, { order: { id: "O1" } })])
        yield* step(shop)
      assert.deepEqual(
        (yield* ledger(shop)).map(({ key, fate }) => [key, fate]),
        [
          ["cart:e0", "recovered by FinalizedTransaction"],
          ["order:O1", "reported-earlier"],
          ["order:O1", "stands"]
        ]
      )
    })
  )

  it.effect("stay as they were when the order is changed, reported again and removed", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const backlog = yield* Backlog
      yield* event("VisitOnWebsite", 0)(shop)
      yield* order("O1", 5, { visitorId: "v1", value: 4_900, currency: "PLN" })(shop)
      const before = yield* ledger(shop)
      assert.lengthOf(before, 1)
      yield* call(shop, "PUT", "/orders/O1", { value: 1, currency: "EUR" })
      yield* call(shop, "POST", "/orders", { id: "O1", visitorId: "v2", at: at(1) })
      yield* call(shop, "DELETE", "/orders/O1")
      assert.strictEqual(yield* backlog.settle, 0)
      yield* event("VisitOnWebsite", 6)(shop)
      assert.deepEqual(yield* ledger(shop), before)
      const sql = yield* SqlClient.SqlClient
      assert.deepEqual(
        yield* sql`select order_value as value, order_currency as currency from session_event
          where unit_id = ${shop.place.unitId}`,
        [{ value: 4_900, currency: "PLN" }]
      )
    })
  )

  it.effect("that are told a day late change nothing that was emitted, and are historic", () =>
    Effect.gen(function* () {
      const shop = yield* (yield* Doors).openShop
      const yesterday = -2 * 24 * 60
      yield* event("ModifyCart", yesterday, { cart, receivedAt: at(yesterday) })({
        ...shop,
        browserKey: shop.serverKey
      })
      yield* order("O1", yesterday + 35, { visitorId: "v1" })(shop)
      assert.deepEqual(
        (yield* ledger(shop)).map(({ key, fate }) => [key, fate]),
        [
          [`cart:e${yesterday}`, "stands"],
          ["order:O1", "stands"]
        ]
      )
      const sql = yield* SqlClient.SqlClient
      assert.deepEqual(
        yield* sql`select is_historic as historic from session_event
          where unit_id = ${shop.place.unitId} and type = 'FinalizedTransaction'`,
        [{ historic: true }]
      )
    })
  )
})
