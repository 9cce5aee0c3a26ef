import { assert, layer } from "@effect/vitest"
import { Intake } from "@spoor/contracts"
import { Sites, Users } from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Cause, Effect, Layer, Logger, Schema } from "effect"
import { inspect } from "node:util"
import { PanelLog } from "../src/lib/server/PanelLog.ts"

const faults = new Faults()
const Services = PanelLog.layer.pipe(
  Layer.provideMerge(Queue.layerMemory({ faults })),
  Layer.provideMerge(Layer.merge(Sites.layer, Users.layer)),
  Layer.provideMerge(TestDatabase.layer)
)

const decode = Schema.decodeUnknownSync(Intake.LogIntakeFromText)
const visit = {
  requestId: "6f0c2a0e-6a51-4d5f-9c4a-7d2f0f0b6c11",
  url: "/activity?email=anna%40example.com&type=ModifyCart",
  method: "GET",
  status: 200,
  ip: "::ffff:192.0.2.7",
  userAgent: "x".repeat(2_000),
  processingMs: 12.5
}

/** What was handed to the worker, and taken from the queue. */
const taken = Effect.gen(function* () {
  const queue = yield* Queue
  if ((yield* queue.depth("log")).waiting === 0) return []
  const deliveries = yield* queue.take({ topic: "log", messagesMax: 10, bytesMax: 1024 ** 2 })
  yield* queue.acknowledge(deliveries)
  return deliveries.map(({ body }) => decode(body))
})

const enrol = Effect.fn(function* (email: string) {
  const unitId = yield* (yield* Sites).addUnit({ name: email, timeZone: "Europe/Warsaw" })
  yield* (yield* Users).create({ unitId, id: `id of ${email}`, email, role: "marketer" }, "no hash")
  return { unitId, userId: `id of ${email}`, email, role: "marketer" } as const
})

layer(Services, { timeout: "60 seconds", excludeTestServices: true })("the panel log", (it) => {
  it.effect("keeps what a signed-in person asked, without what it was asked about", () =>
    Effect.gen(function* () {
      const person = yield* enrol("ewa@example.com")
      yield* (yield* PanelLog).record(person, visit)
      const [intake] = yield* taken
      assert.deepInclude(intake, { log: "panel", unitId: person.unitId, books: null })
      const entry = intake!.entries[0]!
      assert.deepInclude(entry, {
        url: "/activity?email=***&type=ModifyCart",
        status: 200,
        userEmail: "ewa@example.com",
        ip: "192.0.2.7"
      })
      assert.deepInclude(entry.details, { userId: person.userId, processingMs: 12.5, requestId: visit.requestId })
    })
  )

  it.effect("keeps a failed sign-in in the unit of the account, and none of an address that nobody has", () =>
    Effect.gen(function* () {
      const log = yield* PanelLog
      const { unitId, userId } = yield* enrol("jan@example.com")
      yield* log.recordAttempt("nobody@example.com", { ...visit, status: 401 })
      assert.deepStrictEqual(yield* taken, [])
      yield* log.recordAttempt(" JAN@example.com", { ...visit, url: "/sign-in", method: "POST", status: 401 })
      const [intake] = yield* taken
      assert.strictEqual(intake?.unitId, unitId)
      assert.deepInclude(intake?.entries[0]?.details, { userId })
    })
  )

  it.effect("answers whether or not the queue takes the row", () =>
    Effect.gen(function* () {
      const person = yield* enrol("iga@example.com")
      yield* faults.failAppends(1, { reason: "full" })
      yield* (yield* PanelLog).record(person, visit)
      assert.deepStrictEqual(yield* taken, [])
    })
  )

  it.effect("says which field cannot be kept, and not what stands in it", () =>
    Effect.gen(function* () {
      const said: Array<unknown> = []
      const logger = Logger.make(({ cause, message }) => void said.push(message, Cause.pretty(cause)))
      const person = { ...(yield* enrol("ola@example.com")), email: "anna kowalska" }
      yield* (yield* PanelLog).record(person, visit).pipe(Effect.provide(Logger.layer([logger])))
      assert.deepStrictEqual(yield* taken, [])
      const text = inspect(said, { depth: 10 })
      assert.include(text, "/userEmail")
      assert.notInclude(text, "kowalska")
      assert.notInclude(text, "192.0.2.7")
    })
  )
})
