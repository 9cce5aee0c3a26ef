import { assert, layer } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  Webhooks
} from "@spoor/postgres"
import { lanes, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Duration, Effect, Exit, Layer, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { messagesOf } from "../src/Lanes.ts"
import { Worker } from "../src/Worker.ts"

const siteId = Ids.SiteId.make("sklep")
const allLanes = Array.from({ length: lanes.activity }, (_, lane) => lane)

const Everything = Layer.mergeAll(
  Activities.layer,
  DeadLetters.layer,
  Identifications.layer,
  Intakes.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer,
  Webhooks.layer
).pipe(Layer.provideMerge(Queue.layerMemory()), Layer.provideMerge(TestDatabase.layer))

/** Runs until its end is asked for. *Shape*: `asked` are the lanes that it has waited at, until somebody clears them. */
const start = Effect.gen(function* () {
  const queue = yield* Queue
  const asked = new Set<number>()
  const own = Queue.of({
    ...queue,
    take: (options) => {
      asked.add(options.lane ?? 0)
      return queue.take(options)
    }
  })
  const scope = yield* Scope.make()
  const services = yield* Layer.build(Layer.fresh(Worker.layer).pipe(Layer.provide(Layer.succeed(Queue, own)))).pipe(
    Scope.provide(scope)
  )
  yield* Effect.forkIn(
    Effect.provide(
      Effect.flatMap(Worker, ({ run }) => run),
      services
    ),
    scope
  )
  return { asked, end: Scope.close(scope, Exit.void) }
})

/** An event of a visitor of every lane, in one request. */
const send = Effect.fnUntraced(function* (unitId: number, request: string) {
  const receivedAt = Date.now()
  const activities = allLanes.map((digit) => ({
    id: Ids.EventId.make(`${request}:${digit}`),
    siteId,
    visitorId: Ids.VisitorId.make(`v${digit}`),
    type: "VisitOnWebsite" as const,
    occurredAt: receivedAt,
    receivedAt,
    sequence: 0
  }))
  const rest = { identifications: [], duplicates: 0, rejections: [] }
  const messages = messagesOf(request, { unitId, siteId, door: "native", receivedAt, activities, ...rest })
  assert.sameMembers(
    messages.map(({ lane }) => lane),
    allLanes
  )
  yield* (yield* Queue).append(messages)
})

const isWritten = Effect.fnUntraced(function* (unitId: number, events: number) {
  const sql = yield* SqlClient.SqlClient
  const written = sql<{ readonly count: number }>`
    select count(*)::float8 as count from activity where unit_id = ${unitId}`
  yield* Effect.repeat(Effect.andThen(Effect.sleep("20 millis"), written), {
    until: ([row]) => row!.count === events
  })
})

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("lanes", (it) => {
  it.effect(
    "are shared out among the workers that are there, and those of one that ends are the others'",
    () =>
      Effect.gen(function* () {
        const sites = yield* Sites
        const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
        yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)

        const first = yield* start
        yield* send(unitId, "alone")
        yield* isWritten(unitId, 4)
        assert.sameMembers([...first.asked], allLanes)

        const second = yield* start
        yield* Effect.sleep(Duration.seconds(2))
        for (const { asked } of [first, second]) asked.clear()
        yield* send(unitId, "of two")
        yield* isWritten(unitId, 8)
        assert.strictEqual(first.asked.size, 2)
        assert.sameMembers([...first.asked, ...second.asked], allLanes)

        yield* first.end
        yield* send(unitId, "after one")
        yield* isWritten(unitId, 12)
        assert.sameMembers([...second.asked], allLanes)
        yield* second.end
      }),
    30_000
  )
})
