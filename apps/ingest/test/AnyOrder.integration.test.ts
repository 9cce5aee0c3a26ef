import { assert, layer } from "@effect/vitest"
import type { Intake } from "@spoor/contracts"
import { type Activity, Identification, Ids, type ReportedOrder, Rules, Unlinking } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  Orders,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  Unsettled
} from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Settled, TestDatabase } from "@spoor/testing"
import { Arbitrary, Effect, Fiber, Layer, Schema } from "effect"
import { TestClock } from "effect/testing"
import { Backlog } from "../src/Backlog.ts"
import { messagesOf } from "../src/Lanes.ts"
import { Worker } from "../src/Worker.ts"

const runs = Number(process.env["SPOOR_ARRIVAL_RUNS"] ?? 40)
const seed = Number(process.env["SPOOR_ARRIVAL_SEED"] ?? 20261124)

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const noon = Date.UTC(2025, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")
/** Nothing is late here: what late items may change depends on when they came (sessions.md 6.2). */
const rules = { ...Rules.defaults, allowedLateness: 3_650 * DAY }

const repositories = Layer.mergeAll(
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
const Everything = Layer.merge(Worker.layer, Backlog.layer).pipe(
  Layer.provideMerge(Queue.layerMemory()),
  Layer.provideMerge(repositories),
  Layer.provideMerge(TestDatabase.layer)
)

const index = (count: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: count - 1 }))

/** *Shape*: indexes into the tables below. Few visitors, e-mails and orders, so that most cases are collisions. */
const Step = Schema.Struct({
  visitor: index(3),
  pause: index(6),
  type: index(6),
  email: index(6),
  order: index(5),
  isLogout: index(10)
})
const Report = Schema.Struct({ step: index(20), shift: index(7), visitor: index(5), email: index(2) })
const Given = Schema.Struct({ step: index(20), shift: index(7), visitor: index(3), email: index(2) })
const Taken = Schema.Struct({ step: index(20), length: index(7), visitor: index(3), email: index(2), fate: index(4) })

const Cases = Arbitrary.all([
  Arbitrary.array(Arbitrary.schema(Step), { maxLength: 20 }),
  Arbitrary.array(Arbitrary.schema(Report), { maxLength: 4 }),
  Arbitrary.array(Arbitrary.schema(Given), { maxLength: 3 }),
  Arbitrary.array(Arbitrary.schema(Taken), { maxLength: 2 }),
  Arbitrary.schema(index(1_000_000))
])

const pauses = [MINUTE, 5 * MINUTE, 0, 31 * MINUTE, 41 * MINUTE, 3 * 60 * MINUTE]
const types = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "ModifyCart",
  "ModifyCart",
  "VisitOnSalePage",
  "VisitOnSalePage"
] as const
const emails = ["ann@example.pl", "bob@example.pl"].map((email) => Ids.Email.make(email))
const shifts = [0, MINUTE, -MINUTE, -4 * MINUTE, 8 * MINUTE, 40 * MINUTE, -3 * 60 * MINUTE]
const cart = { currency: "PLN", items: [{ id: "kubek", quantity: 1, unitPrice: 4900 }] }
const visitorOf = (at: number) => Ids.VisitorId.make(`v${at}`)

type Item =
  | { readonly _tag: "Event"; readonly event: Activity.Activity }
  | { readonly _tag: "Order"; readonly order: ReportedOrder.ReportedOrder }
  | { readonly _tag: "Given"; readonly given: Identification.Identification; readonly byApi: boolean }
  | { readonly _tag: "Taken"; readonly unlinking: Unlinking.Unlinking; readonly isUndone: boolean }

const toEvents = (steps: ReadonlyArray<typeof Step.Type>): ReadonlyArray<Activity.Activity> => {
  const clocks = [noon, noon, noon]
  return steps.map((step, at) => {
    const occurredAt = (clocks[step.visitor] = clocks[step.visitor]! + pauses[step.pause]!)
    const type = types[step.type]!
    return {
      id: Ids.EventId.make(`e${at}`),
      siteId,
      visitorId: visitorOf(step.visitor),
      type,
      occurredAt,
      receivedAt: occurredAt,
      sequence: 0,
      ...(step.email < 2 && { email: emails[step.email]! }),
      ...(step.isLogout === 1 && { logout: true }),
      ...(type === "ModifyCart" && { cart }),
      ...(type === "VisitOnSalePage" && step.order > 0 && { order: { id: Ids.OrderId.make(`O${step.order}`) } })
    }
  })
}

const toItems = ([steps, reports, given, taken]: [
  ReadonlyArray<typeof Step.Type>,
  ReadonlyArray<typeof Report.Type>,
  ReadonlyArray<typeof Given.Type>,
  ReadonlyArray<typeof Taken.Type>
]): ReadonlyArray<Item> => {
  const events = toEvents(steps)
  const near = (step: number, shift: number) =>
    (events.length === 0 ? noon : events[step % events.length]!.occurredAt) + shifts[shift]!
  return [
    ...events.map((event): Item => ({ _tag: "Event", event })),
    ...reports.map(({ step, shift, visitor, email }, at): Item => ({
      _tag: "Order",
      order: {
        orderId: Ids.OrderId.make(`O${at + 1}`),
        siteId,
        at: near(step, shift),
        ...(visitor < 3 && { visitorId: visitorOf(visitor) }),
        ...((visitor >= 3 || email === 1) && { email: emails[email]! })
      }
    })),
    ...given.map(({ step, shift, visitor, email }, at): Item => {
      const occurredAt = near(step, shift)
      const id = Ids.EventId.make(`i${at}`)
      const one = { id, siteId, visitorId: visitorOf(visitor), email: emails[email]!, occurredAt }
      return { _tag: "Given", given: { ...one, receivedAt: occurredAt }, byApi: at % 2 === 0 }
    }),
    ...taken.map(({ step, length, visitor, email, fate }): Item => {
      const whose = { siteId, visitorId: visitorOf(visitor), email: emails[email]! }
      // One that is undone is none that stands.
      const end = near(step, 0) + Math.abs(shifts[length]!) + (fate === 1 ? 1 : 0)
      const [from, until] = fate === 0 ? [null, null] : [near(step, 0), end]
      return { _tag: "Taken", unlinking: { ...whose, from, until }, isUndone: fate === 1 }
    })
  ]
}

/** A generator of numbers below a bound (the multiplier and increment of Numerical Recipes). */
const numbers = (seed: number) => {
  let state = seed
  return (bound: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state >>> 8) % bound
  }
}

const inBatches = <A>(items: ReadonlyArray<A>, below: (bound: number) => number): ReadonlyArray<ReadonlyArray<A>> => {
  const rest = [...items]
  const batches: Array<ReadonlyArray<A>> = []
  while (rest.length > 0) {
    const size = 1 + below(5)
    batches.push(Array.from({ length: Math.min(size, rest.length) }, () => rest.splice(below(rest.length), 1)).flat())
  }
  return batches
}

/** The reason of decisions that are undone in the end. */
const undone = "by mistake"

const deliver = Effect.fnUntraced(function* (unitId: number, id: string, items: ReadonlyArray<Item>) {
  const place = { unitId, siteId }
  const orders = yield* Orders
  const unsettled = yield* Unsettled
  const identifications = yield* Identifications
  for (const item of items) {
    if (item._tag === "Order") {
      const { orderId, at, visitorId, email, ...rest } = item.order
      yield* orders.add(unitId, {
        ...rest,
        id: orderId,
        visitorId: visitorId ?? null,
        email: email ?? null,
        occurredAt: at,
        value: null,
        currency: null,
        attributes: {},
        receivedAt: at,
        updatedAt: at
      })
    } else if (item._tag === "Given" && item.byApi) {
      yield* identifications.add(place, [item.given])
      yield* unsettled.add(place, [{ visitorId: item.given.visitorId }])
    } else if (item._tag === "Taken") {
      const reason = item.isUndone ? undone : null
      yield* identifications.unlink(unitId, item.unlinking, { userId: null, at: noon, reason })
    }
  }
  const intake: Intake.Intake = {
    unitId,
    siteId,
    door: "native",
    receivedAt: noon,
    activities: items.flatMap((item) => (item._tag === "Event" ? item.event : [])),
    identifications: items.flatMap((item) => (item._tag === "Given" && !item.byApi ? item.given : [])),
    duplicates: 0,
    rejections: []
  }
  yield* (yield* Queue).append(messagesOf(`${unitId}-${id}`, intake))
})

const computed = (items: ReadonlyArray<Item>) => {
  const events = items.flatMap((item) => (item._tag === "Event" ? item.event : []))
  const orders = items.flatMap((item) => (item._tag === "Order" ? item.order : []))
  const given = items.flatMap((item) => (item._tag === "Given" ? item.given : []))
  const unlinkings = items.flatMap((item) => (item._tag === "Taken" && !item.isUndone ? item.unlinking : []))
  const left = Unlinking.apply({ events, identifications: given }, unlinkings)
  return Settled.ofRules(rules, { events: Identification.attach(rules, left.events, left.identifications), orders })
}

/** A unit and site of its own for every case. */
const openShop = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, rules)
  return unitId
})

/** What stands is what the rules say of the whole set. */
const check = (unitId: number, items: ReadonlyArray<Item>) =>
  Effect.map(Settled.stored(unitId), (found) => assert.deepStrictEqual(found, computed(items)))

/** The rest of what is there to do. */
const finish = Effect.fnUntraced(function* (unitId: number) {
  const { decisions, relink } = yield* Identifications
  for (const { id, reason } of yield* decisions(unitId, {})) {
    if (reason === undone) yield* relink(unitId, id, { userId: null, at: noon })
  }
  yield* Effect.repeat((yield* Backlog).settle, { until: (settled) => settled === 0 })
  yield* Effect.repeat((yield* Worker).emitDue, { until: (settled) => settled === 0 })
})

const options = { timeout: 60_000 + runs * 3_000, arbitrary: { runs, seed, size: 60 } }

// The clock stands still, so that a conflict with somebody else, which no single worker may have, would wait for its next try for ever.
layer(Everything, { timeout: "60 seconds" })(`one worker, ${runs} cases from seed ${seed}`, (it) => {
  it.effect.prop(
    "makes of events, orders, identifications and what is taken back in any order what the rules say of the whole set",
    [Cases],
    ([[steps, reports, given, taken, shuffle]]) =>
      Effect.gen(function* () {
        yield* TestClock.setTime(noon + 30 * DAY)
        const worker = yield* Worker
        const backlog = yield* Backlog
        const unitId = yield* openShop
        const items = toItems([steps, reports, given, taken])
        const below = numbers(shuffle)
        for (const [at, batch] of inBatches(items, below).entries()) {
          yield* deliver(unitId, String(at), batch)
          const chores = [worker.once, backlog.settle, worker.emitDue]
          const first = below(2)
          yield* chores[first]!
          yield* chores[1 - first]!
          if (below(3) === 0) yield* worker.emitDue
        }
        yield* finish(unitId)
        yield* check(unitId, items)
      }),
    options
  )
})

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })(
  `many workers, ${runs} cases from seed ${seed}`,
  (it) => {
    it.effect.prop(
      "make the same of them, whoever comes first",
      [Cases],
      ([[steps, reports, given, taken, shuffle]]) =>
        Effect.gen(function* () {
          const worker = yield* Worker
          const backlog = yield* Backlog
          const queue = yield* Queue
          const unitId = yield* openShop
          const items = toItems([steps, reports, given, taken])
          // A worker that waits for the queue may be interrupted at the end; one in the database ends its work.
          const takers = yield* Effect.replicateEffect(Effect.forkChild(Effect.forever(worker.once)), 3)
          let isOver = false
          const untilOver = { until: () => isOver }
          const others = [backlog.settle, backlog.settle, worker.emitDue]
          const chores = yield* Effect.forEach(others, (chore) => Effect.forkChild(Effect.repeat(chore, untilOver)))
          for (const [at, batch] of inBatches(items, numbers(shuffle)).entries()) {
            yield* deliver(unitId, String(at), batch)
          }
          yield* Effect.repeat(queue.depth("activity"), { until: ({ waiting, taken }) => waiting + taken === 0 })
          isOver = true
          yield* Fiber.joinAll(chores)
          yield* Fiber.interruptAll(takers)
          yield* finish(unitId)
          yield* check(unitId, items)
        }),
      options
    )
  }
)
