import { assert, layer } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  type Order,
  Orders,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  Unsettled
} from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Backlog } from "../src/Backlog.ts"
import { Worker } from "../src/Worker.ts"

const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")
const email = Ids.Email.make("ann@example.pl")

const Everything = Layer.merge(Worker.layer, Backlog.layer).pipe(
  Layer.provideMerge(Queue.layerMemory()),
  Layer.provideMerge(
    Layer.mergeAll(
      Activities.layer,
      DeadLetters.layer,
      Identifications.layer,
      Intakes.layer,
      Orders.layer,
      RejectedItems.layer,
      ReportedOrders.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer,
      Unsettled.layer
    )
  ),
  Layer.provideMerge(TestDatabase.layer)
)

const openShop = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return unitId
})

const order = (id: string, minute: number): Order => ({
  id: Ids.OrderId.make(id),
  siteId,
  visitorId: null,
  email,
  occurredAt: noon + minute * MINUTE,
  value: 100,
  currency: "PLN",
  attributes: {},
  receivedAt: noon,
  updatedAt: noon
})

const keys = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ key: string }>`select key from session_event where unit_id = ${unitId} order by key`
  return rows.map(({ key }) => key)
})

layer(Everything, { timeout: "60 seconds" })("the backlog", (it) => {
  it.effect("emits an order of the near future when its time has come, and once", () =>
    Effect.gen(function* () {
      const [orders, backlog, unitId] = [yield* Orders, yield* Backlog, yield* openShop]
      yield* TestClock.setTime(noon)
      yield* orders.add(unitId, order("O1", 3))
      assert.strictEqual(yield* backlog.settle, 0)
      yield* TestClock.setTime(noon + 3 * MINUTE - 1)
      assert.strictEqual(yield* backlog.settle, 0)
      assert.deepEqual(yield* keys(unitId), [])
      yield* TestClock.setTime(noon + 3 * MINUTE)
      assert.strictEqual(yield* backlog.settle, 1)
      assert.strictEqual(yield* backlog.settle, 0)
      assert.deepEqual(yield* keys(unitId), ["order:sklep:O1"])
    })
  )

  it.effect(
    "is shared by workers, each order settled by one of them",
    () =>
      Effect.gen(function* () {
        const [orders, backlog, unitId] = [yield* Orders, yield* Backlog, yield* openShop]
        yield* TestClock.setTime(noon + 60 * MINUTE)
        const ids = Array.from({ length: 230 }, (_, index) => `P${String(index).padStart(3, "0")}`)
        yield* Effect.forEach(ids, (id) => orders.add(unitId, order(id, 1)), { concurrency: 8 })
        const untilEmpty = Effect.repeat(backlog.settle, { until: (settled) => settled === 0 })
        yield* Effect.all([untilEmpty, untilEmpty, untilEmpty], { concurrency: 3 })
        yield* untilEmpty
        assert.deepEqual(
          yield* keys(unitId),
          ids.map((id) => `order:sklep:${id}`)
        )
      }),
    60_000
  )

  it.effect("keeps what cannot be settled, and settles the rest", () =>
    Effect.gen(function* () {
      const [orders, backlog, unitId, sql] = [
        yield* Orders,
        yield* Backlog,
        yield* openShop,
        yield* SqlClient.SqlClient
      ]
      yield* TestClock.setTime(noon + 60 * MINUTE)
      for (const id of ["Q1", "Q2", "Q3"]) {
        yield* orders.add(unitId, { ...order(id, 1), email: Ids.Email.make(`${id}@example.pl`) })
      }
      // A row that no schema accepts: a mistake of ours, in the middle of the others.
      yield* sql`update reported_order set email = 'broken' where unit_id = ${unitId} and id = 'Q2'`
      assert.strictEqual(yield* backlog.settle, 2)
      assert.deepEqual(yield* keys(unitId), ["order:sklep:Q1", "order:sklep:Q3"])
      yield* sql`update reported_order set email = ${email} where unit_id = ${unitId} and id = 'Q2'`
      assert.strictEqual(yield* backlog.settle, 1)
      assert.lengthOf(yield* keys(unitId), 3)
    })
  )
})
