import { assert, layer } from "@effect/vitest"
import { type Cart, Ids } from "@spoor/domain"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const begun = Date.UTC(2026, 10, 24, 23, 59, 59, 999)
const cart: Cart.Cart = { currency: "PLN", items: [{ id: "mug", name: 'Kubek\t"\\N"', quantity: 2, unitPrice: 4900 }] }

/** Every column has a value in one of these and, where it may, none in another. */
const events = [
  Shop.event("plain", begun),
  Shop.event("whole", begun + 1, {
    type: "VisitOnProductPage",
    clientAt: begun - 90 * MINUTE,
    receivedAt: begun + 7,
    sequence: 3,
    email: Ids.Email.make("anna@example.com"),
    url: "https://shop.example/mug?a=\\t&b=🧺",
    title: "One\nand another\r\\.",
    referrer: "https://search.example/",
    device: "mobile",
    product: { id: "mug", name: "Żółty \\ 'mug'", price: 4900, currency: "PLN" },
    isClockWrong: true,
    isHistory: true
  }),
  Shop.event("out", begun + MINUTE, { logout: true, sequence: 4 }),
  Shop.event("change", begun + 2 * MINUTE, {
    type: "ModifyCart",
    cartChange: { op: "add", currency: "PLN", item: { id: "mug", quantity: 1, unitPrice: 4900 } }
  }),
  Shop.event("left", begun + 3 * MINUTE, { type: "ModifyCart", cart, visitor: "left" }),
  Shop.event("seen", begun + 3 * MINUTE, { type: "VisitOnProductPage", product: { id: "mug" }, visitor: "seen" }),
  Shop.event("bought", begun + 4 * MINUTE, {
    type: "VisitOnSalePage",
    cart,
    order: { id: Ids.OrderId.make("Z\\1"), value: 9800, currency: "PLN" }
  }),
  Shop.event("bought again", begun + 900 * MINUTE, { type: "VisitOnSalePage", order: { value: 1 }, visitor: "left" })
]

/** Lets no statement of this beginning write rows, as a server does that has no room for them. */
const refuse = Effect.fn(function* (beginning: string) {
  const sql = yield* SqlClient.SqlClient
  yield* sql.unsafe(`create or replace function refuse() returns trigger language plpgsql as $$
    begin if current_query() ilike '%${beginning} ' || tg_table_name || ' %' then raise 'refused'; end if; return null; end $$`)
  for (const table of ["activity", "session", "session_event"]) {
    yield* sql.unsafe(
      `create or replace trigger refuse before insert on ${table} for each statement execute function refuse()`
    )
  }
})

const rowsOf = Effect.fn(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql`
    select 'activity' as of, to_jsonb(row) - '{id,unit_id,session_no,stored_at}'::text[] as row from activity as row where unit_id = ${unitId}
    union all
    select 'session', to_jsonb(row) - '{no,unit_id}'::text[] from session as row where unit_id = ${unitId}
    union all
    select 'outcome', to_jsonb(row) - '{id,unit_id,session_no,recovered_by,repeat_of}'::text[] from session_event as row where unit_id = ${unitId}
    order by 1, 2`
})

layer(Shop.layer, { timeout: "60 seconds", excludeTestServices: true })("rows that COPY could not write", (it) => {
  it.effect("are written by statements, column by column as COPY would have written them", () =>
    Effect.gen(function* () {
      const [copied, stated] = [yield* Shop.open("copied"), yield* Shop.open("stated")]
      const now = begun + 2_000 * MINUTE
      yield* refuse("insert into")
      yield* Shop.fill(copied, events, now)
      yield* refuse("copy")
      yield* Shop.fill(stated, events, now)
      const rows = yield* rowsOf(stated)
      assert.isAbove(rows.length, events.length + 5)
      assert.deepStrictEqual(rows, yield* rowsOf(copied))
    })
  )
})
