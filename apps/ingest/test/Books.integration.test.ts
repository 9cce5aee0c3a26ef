import { assert, layer } from "@effect/vitest"
import { Intakes, type Place } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Effect, Fiber, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Worker } from "../src/Worker.ts"
import { Doors, type Shop } from "./Doors.ts"

const Site = Schema.Literals([0, 1])

/** Few names, so that items often repeat each other, within a batch and across. */
const Item = Schema.Struct({ name: Schema.Literals([0, 1, 2, 3, 4, 5, 6, 7]), isGood: Schema.Boolean })
type Item = typeof Item.Type

const Step = Schema.Union([
  Schema.Struct({
    do: Schema.Literal("send"),
    site: Site,
    items: Schema.Array(Item).check(Schema.isMaxLength(6)),
    fault: Schema.Literals(["none", "refused", "kept and unanswered"])
  }),
  Schema.Struct({ do: Schema.Literal("send again"), back: Schema.Literals([0, 1, 2]) }),
  Schema.Struct({ do: Schema.Literal("work") }),
  Schema.Struct({ do: Schema.Literal("work, and die before the acknowledgement") }),
  Schema.Struct({ do: Schema.Literal("work twice at the same time") }),
  Schema.Struct({ do: Schema.Literal("work, and die"), afterMs: Schema.Literals([1, 3, 9, 20]) }),
  Schema.Struct({ do: Schema.Literal("work, and lose the database") })
])
type Step = typeof Step.Type

/** What the doors have taken of one site. */
interface Sent {
  items: number
  bad: number
  readonly good: Set<number>
}

const worker = Effect.flatMap(Worker, ({ once }) => once)
const isWaiting = Effect.map(
  Effect.flatMap(Queue, ({ depth }) => depth("activity")),
  ({ waiting }) => waiting > 0
)
/** A worker in another process, which dies where it stands. */
const dying = Effect.fnUntraced(function* (afterMs: number) {
  const working = yield* Effect.forkChild(worker)
  yield* Effect.sleep(afterMs)
  yield* Fiber.interrupt(working)
})
/** Cuts the connection of a transaction that is under way. */
const loseDatabase = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const cut = sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where pid <> pg_backend_pid() and backend_type = 'client backend' and xact_start is not null`
  yield* Effect.repeat(cut, { until: (rows) => rows.length > 0, times: 200 })
})

const send = Effect.fnUntraced(function* (shop: Shop, sent: Sent, items: ReadonlyArray<Item>) {
  const { origin } = yield* Doors
  const events = items.map(({ name, isGood }) => ({
    id: `e-${name}`,
    visitorId: `v${name % 3}`,
    type: isGood ? "VisitOnWebsite" : "Ping"
  }))
  const body = JSON.stringify({ writeKey: shop.browserKey, sentAt: yield* Clock.currentTimeMillis, events })
  const { status } = yield* Effect.promise(() => fetch(`${origin}/v1/events`, { method: "POST", body }))
  if (status !== 200) return false
  take(sent, items)
  return true
})

const take = (sent: Sent, items: ReadonlyArray<Item>): void => {
  sent.items += items.length
  for (const { isGood, name } of items) {
    if (isGood) sent.good.add(name)
    else sent.bad++
  }
}

const drain = Effect.gen(function* () {
  const { depth } = yield* Queue
  for (;;) {
    const { taken, waiting } = yield* depth("activity")
    if (waiting > 0) yield* Effect.ignore(worker)
    else if (taken > 0) yield* Effect.sleep("50 millis")
    else return
  }
}).pipe(Effect.timeout("20 seconds"))

const follow = Effect.fnUntraced(function* (steps: ReadonlyArray<Step>) {
  const { faults, openShop } = yield* Doors
  const shops = [yield* openShop, yield* openShop] as const
  const sent: ReadonlyArray<Sent> = shops.map(() => ({ items: 0, bad: 0, good: new Set() }))
  const past: Array<{ readonly site: number; readonly items: ReadonlyArray<Item> }> = []
  /** So that there is something to work at. */
  const sendOne = send(shops[0], sent[0]!, [{ name: 0, isGood: true }])
  for (const step of steps) {
    switch (step.do) {
      case "send": {
        const { fault, items, site } = step
        if (fault !== "none") yield* faults.failAppends(1, { isKept: fault === "kept and unanswered" })
        // The client sends until it is answered; what was kept without an answer counts as well.
        if (!(yield* send(shops[site]!, sent[site]!, items))) {
          if (fault === "kept and unanswered") take(sent[site]!, items)
          assert.isTrue(yield* send(shops[site]!, sent[site]!, items))
        }
        past.unshift({ site, items })
        break
      }
      case "send again": {
        const known = past[step.back]
        if (known !== undefined) assert.isTrue(yield* send(shops[known.site]!, sent[known.site]!, known.items))
        break
      }
      case "work":
        if (yield* isWaiting) yield* worker
        break
      case "work, and die before the acknowledgement":
        if (!(yield* isWaiting)) break
        yield* faults.loseAcknowledgements(1)
        yield* worker
        break
      case "work twice at the same time":
        if (!(yield* isWaiting)) break
        yield* faults.doubleDeliveries(8)
        // Either may find that the other has emptied a lane, and would wait for its next message.
        yield* Effect.all([Effect.timeoutOption(worker, "2 seconds"), Effect.timeoutOption(worker, "200 millis")], {
          concurrency: 2
        })
        break
      case "work, and die":
        yield* sendOne
        yield* dying(step.afterMs)
        break
      case "work, and lose the database":
        yield* sendOne
        yield* Effect.all([Effect.ignore(dying(200)), loseDatabase], { concurrency: 2 })
    }
  }
  yield* drain
  for (const [at, { place }] of shops.entries()) yield* audit(place, sent[at]!)
})

const audit = Effect.fnUntraced(function* (place: Place, { bad, good, items }: Sent) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ id: string }>`
    select event_id as id from activity where unit_id = ${place.unitId}`
  assert.deepEqual(rows.map(({ id }) => id).sort(), [...good].map((name) => `e-${name}`).sort())
  const books = yield* (yield* Intakes).totals(place, "activity")
  assert.deepEqual(books, { stored: good.size, duplicate: items - good.size - bad, rejected: bad })
  const [refused] = yield* sql<{ count: number }>`
    select count(*) as count from rejected_item where unit_id = ${place.unitId}`
  assert.strictEqual(refused?.count, bad)
})

layer(Doors.layerOf({ ackWait: "150 millis" }), { timeout: "60 seconds", excludeTestServices: true })(
  "the books",
  (it) => {
    it.effect.prop(
      "add up, and every accepted event is stored once, whatever repeats and whatever breaks",
      { steps: Schema.Array(Step).check(Schema.isMinLength(3), Schema.isMaxLength(16)) },
      ({ steps }) => follow(steps),
      { arbitrary: { runs: 12, size: 16 }, timeout: 240_000 }
    )
  }
)
