import { assert, layer } from "@effect/vitest"
import { SmsIntake } from "@spoor/contracts"
import { SmsLog, SmsMessage } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogWriter,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  SmsGateways,
  SmsMessages
} from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Clock, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { SmsWorker } from "../src/SmsWorker.ts"

const faults = new Faults()
const HOUR = 3_600_000

const repositories = Layer.mergeAll(
  Activities.layer,
  DeadLetters.layer,
  Identifications.layer,
  Intakes.layer,
  LogWriter.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer,
  SmsGateways.layer,
  SmsMessages.layer
)
const Everything = SmsWorker.layer.pipe(
  Layer.provideMerge(Queue.layerMemory({ faults, ackWait: "200 millis" })),
  Layer.provideMerge(repositories),
  Layer.provideMerge(TestDatabase.layer)
)

interface Said extends Partial<Omit<SmsIntake.SmsReport, "phone" | "sender">> {
  readonly ids?: ReadonlyArray<string>
  readonly refs?: ReadonlyArray<string>
  readonly phone?: string | null
  readonly sender?: string | null
  readonly code?: string
}

/** A gateway of a unit of its own, and what it says. */
const newGateway = Effect.gen(function* () {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const now = yield* Clock.currentTimeMillis
  const key = `gw-${randomUUID().slice(0, 8)}`
  const row = { unitId, key, name: "SMSC", plugin: "smpp", settings: {} }
  const gatewayId = (yield* (yield* SmsGateways).add(row, now)) ?? assert.fail("The key is taken.")

  const report = ({ code = "405", ids = [], refs = [], ...more }: Said): SmsIntake.SmsReport => {
    const said = more.said ?? "failed"
    const phone = more.phone === undefined ? "+48500100200" : more.phone
    const facts = {
      phone: phone === null ? null : SmsLog.Phone.make(phone),
      sender: more.sender === undefined ? "Sklep" : more.sender
    }
    return {
      id: randomUUID(),
      gatewayId,
      key: `${said} ${code} ${ids.join()}`,
      ...SmsMessage.namesOf(ids, refs),
      said,
      isRegistration: false,
      waitUntil: null,
      holdUntil: null,
      receivedAt: now,
      reportedAt: null,
      rawCode: `status:${code}`,
      payload: "raw",
      entry:
        said === "failed" || said === "provisional"
          ? {
              itemId: "report",
              occurredAt: now,
              gateway: "SMSC",
              ...facts,
              error: { code, text: "Not delivered" },
              details: {
                rawCode: `status:${code}`,
                payload: "raw",
                rawPhone: null,
                protocol: "smpp",
                messageId: ids[0] ?? null,
                permanence: "unknown",
                category: "unreachable",
                reportedAt: null
              }
            }
          : null,
      ...more,
      ...facts
    }
  }
  const register = (more: Said) => report({ said: "submitted", isRegistration: true, ...more })

  const append = Effect.fnUntraced(function* (reports: ReadonlyArray<SmsIntake.SmsReport>) {
    const intake: SmsIntake.SmsIntake = { unitId, reports, unreadable: [] }
    const body = yield* Schema.encodeEffect(SmsIntake.SmsIntakeFromText)(intake)
    yield* (yield* Queue).append([{ id: randomUUID(), topic: "sms", body }])
  })
  /** Each in a round of its own. */
  const say = Effect.fnUntraced(function* (...reports: ReadonlyArray<SmsIntake.SmsReport>) {
    for (const one of reports) {
      yield* append([one])
      yield* (yield* SmsWorker).once
    }
  })
  const sql = yield* SqlClient.SqlClient
  const rows = sql<{ code: string; phone: string | null; sender: string | null }>`
    select error_code as code, phone, sender from sms_log where unit_id = ${unitId} order by id`
  const notes = Effect.map(
    sql<{ said: string }>`select said from sms_report where unit_id = ${unitId} order by received_at, key`,
    (found) => found.map(({ said }) => said)
  )
  return { unitId, gatewayId, now, report, register, append, say, rows, notes }
})

const whole = { phone: "+48500100200", sender: "Sklep" }

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("SmsWorker", (it) => {
  it.effect("writes one row of a message that failed, however often and whatever is said of it", () =>
    Effect.gen(function* () {
      const { notes, report, rows, say } = yield* newGateway
      const ids = ["m-1"]
      yield* say(
        report({ ids, said: "intermediate" }),
        report({ ids, code: "001" }),
        report({ ids, code: "001" }),
        report({ ids, code: "002" }),
        report({ ids, said: "delivered" })
      )
      assert.deepStrictEqual(yield* rows, [{ code: "001", ...whole }])
      assert.deepStrictEqual((yield* notes).toSorted(), ["delivered", "failed", "failed"])
    })
  )

  it.effect("writes none of one that was delivered, and none of what comes in one batch with it", () =>
    Effect.gen(function* () {
      const { append, notes, report, rows } = yield* newGateway
      yield* append([
        report({ ids: ["d"], said: "provisional", waitUntil: 1 }),
        report({ ids: ["d"], said: "delivered" }),
        report({ ids: ["e"], said: "intermediate" }),
        report({ ids: ["f"] }),
        report({ ids: ["f"], said: "delivered" })
      ])
      yield* (yield* SmsWorker).once
      assert.strictEqual((yield* rows).length, 1)
      assert.deepStrictEqual((yield* notes).toSorted(), ["delivered", "failed"])
    })
  )

  it.effect("takes phone and sender from the submission, whichever came first", () =>
    Effect.gen(function* () {
      const { now, register, report, rows, say } = yield* newGateway
      const bare = { phone: null, sender: null, holdUntil: now + HOUR }
      yield* say(register({ ids: ["A1"], refs: ["order-1"] }), report({ ids: ["00a1"], code: "1", ...bare }))
      yield* say(report({ ids: ["B2"], code: "2", ...bare }), report({ refs: ["order-3"], code: "3", ...bare }))
      assert.deepStrictEqual(yield* rows, [{ code: "1", ...whole }])
      yield* say(register({ ids: ["b2"] }), register({ refs: ["order-3"], sender: null }))
      assert.deepStrictEqual(yield* rows, [
        { code: "1", ...whole },
        { code: "2", ...whole },
        { code: "3", phone: "+48500100200", sender: null }
      ])
    })
  )

  it.effect("meets a decimal ID with a hexadecimal one for the same phone alone", () =>
    Effect.gen(function* () {
      const { register, report, rows, say } = yield* newGateway
      yield* say(register({ ids: ["1F4"], sender: "Hex" }))
      yield* say(
        report({ ids: ["500"], code: "other", sender: null, phone: "+48500100999" }),
        report({ ids: ["500"], code: "same", sender: null })
      )
      assert.deepStrictEqual(yield* rows, [
        { code: "other", phone: "+48500100999", sender: null },
        { code: "same", phone: "+48500100200", sender: "Hex" }
      ])
    })
  )

  it.effect("counts what was said by the hour, and knows since when nothing is said of what was registered", () =>
    Effect.gen(function* () {
      const { gatewayId, now, register, report, say, unitId } = yield* newGateway
      const sql = yield* SqlClient.SqlClient
      const gateway = Effect.flatMap(SmsGateways, ({ active }) =>
        Effect.map(active, (all) => all.find(({ id, unitId: unit }) => id === gatewayId && unit === unitId))
      )
      yield* say(register({ ids: ["n1"] }), register({ ids: ["n2"], receivedAt: now + 5 }))
      assert.deepInclude(yield* gateway, { lastReportAt: null, unreportedSince: now })
      yield* say(report({ ids: ["n1"], receivedAt: now + HOUR }), report({ ids: ["n2"], said: "delivered" }))
      assert.deepInclude(yield* gateway, { lastReportAt: now + HOUR, unreportedSince: null })
      yield* say(register({ ids: ["n3"], receivedAt: now + 2 * HOUR }))
      assert.deepInclude(yield* gateway, { lastReportAt: now + HOUR, unreportedSince: now + 2 * HOUR })
      const counts = yield* sql<{ readonly shown: string }>`
        select concat_ws(' ', round(extract(epoch from hour) * 1000 - ${String(now - (now % HOUR))}::text::float8), said, count)
          as shown from sms_report_count where unit_id = ${unitId} order by hour, said`
      assert.deepStrictEqual(
        counts.map(({ shown }) => shown),
        ["0 submitted 2", "0 delivered 1", "3600000 failed 1", "7200000 submitted 1"]
      )
    })
  )

  it.effect("tells the phones of one batch apart", () =>
    Effect.gen(function* () {
      const { report, rows, say } = yield* newGateway
      const ids = ["batch"]
      yield* say(
        report({ ids, phone: "+48500100201" }),
        report({ ids, phone: "+48500100202" }),
        report({ ids, phone: "+48500100201" })
      )
      assert.deepStrictEqual(
        (yield* rows).map(({ phone }) => phone),
        ["+48500100201", "+48500100202"]
      )
    })
  )

  it.effect("writes one row of a message of several parts, also when they report before it is registered", () =>
    Effect.gen(function* () {
      const { notes, now, register, report, rows, say } = yield* newGateway
      const bare = { phone: null, sender: null, holdUntil: now + HOUR }
      yield* say(
        register({ ids: ["p1", "p2"] }),
        report({ ids: ["p2"], code: "2" }),
        report({ ids: ["p1"], code: "1" })
      )
      assert.deepStrictEqual(yield* rows, [{ code: "2", ...whole }])
      yield* say(
        report({ ids: ["q1"], said: "delivered", phone: null }),
        report({ ids: ["q2"], code: "q2", ...bare }),
        report({ ids: ["q3"], code: "q3", ...bare }),
        register({ ids: ["q1", "q2", "q3"] }),
        report({ ids: ["q1"], code: "late" })
      )
      assert.strictEqual((yield* rows).length, 2)
      assert.deepStrictEqual((yield* notes).length, 5)
      const { settleDue } = yield* SmsWorker
      assert.strictEqual(yield* settleDue, 0)
    })
  )

  it.effect("believes what nobody knows, and logs what nobody registered, when the time is up", () =>
    Effect.gen(function* () {
      const { now, report, rows, say } = yield* newGateway
      yield* say(
        report({ ids: ["u1"], code: "UNKNOWN", said: "provisional", waitUntil: now - 2 }),
        report({ ids: ["u2"], said: "provisional", waitUntil: now + HOUR }),
        report({ ids: ["u3"], said: "provisional", waitUntil: now - 2 }),
        report({ ids: ["u3"], said: "delivered" }),
        report({ ids: ["u4"], code: "lost", phone: null, sender: null, holdUntil: now - 1 })
      )
      assert.deepStrictEqual(yield* rows, [])
      const { settleDue } = yield* SmsWorker
      assert.strictEqual(yield* settleDue, 2)
      assert.strictEqual(yield* settleDue, 0)
      const sorted = (yield* rows).toSorted((a, b) => (a.code < b.code ? -1 : 1))
      assert.deepStrictEqual(sorted, [
        { code: "UNKNOWN", ...whole },
        { code: "lost", phone: null, sender: null }
      ])
      yield* say(report({ ids: ["u1"], code: "later" }), report({ ids: ["u4"], code: "later" }))
      assert.strictEqual((yield* rows).length, 2)
    })
  )

  it.effect("logs a submission that was refused, once", () =>
    Effect.gen(function* () {
      const { register, rows, say } = yield* newGateway
      const refused = register({ refs: ["s"], said: "failed", code: "0x0000000B" })
      yield* say(refused, { ...refused, id: randomUUID() })
      assert.deepStrictEqual(yield* rows, [{ code: "0x0000000B", ...whole }])
    })
  )

  it.effect("writes one row when several workers hear of one message at once", () =>
    Effect.gen(function* () {
      const { report, rows, say } = yield* newGateway
      const told = Array.from({ length: 24 }, (_, index) =>
        say(report({ ids: [`c${index % 2}`], code: String(index), said: index % 3 === 0 ? "delivered" : "failed" }))
      )
      yield* Effect.all(told, { concurrency: 8 })
      assert.strictEqual((yield* rows).length, 2)
    })
  )

  it.effect("does a batch that comes again once", () =>
    Effect.gen(function* () {
      const { append, report, rows } = yield* newGateway
      const { once } = yield* SmsWorker
      yield* faults.loseAcknowledgements(1)
      yield* append([report({ ids: ["again"] })])
      yield* once
      yield* once
      assert.strictEqual((yield* rows).length, 1)
    })
  )

  it.effect("finds a message for seven days", () =>
    Effect.gen(function* () {
      const { now, report, rows, say } = yield* newGateway
      yield* say(
        report({ ids: ["7"], receivedAt: now - 8 * 24 * HOUR, code: "old" }),
        report({ ids: ["7"], code: "new" })
      )
      assert.strictEqual((yield* rows).length, 2)
    })
  )

  it.effect("keeps what was not understood, and forgets it, what did not fail and what was counted after a month", () =>
    Effect.gen(function* () {
      const { gatewayId, now, report, say, unitId } = yield* newGateway
      const long = now - 31 * 24 * HOUR
      const unreadable = [{ gatewayId, receivedAt: long, reason: "no status", payload: "?" }]
      const reports = [
        report({ ids: ["x"], said: "delivered", receivedAt: long }),
        report({ ids: ["y"], receivedAt: long })
      ]
      const body = yield* Schema.encodeEffect(SmsIntake.SmsIntakeFromText)({ unitId, reports, unreadable })
      yield* (yield* Queue).append([{ id: randomUUID(), topic: "sms", body }])
      yield* (yield* SmsWorker).once
      yield* say(report({ ids: ["z"], said: "delivered" }))
      assert.strictEqual(yield* (yield* SmsMessages).purge(now), 4)
      assert.strictEqual(yield* (yield* SmsMessages).purge(now), 0)
    })
  )
})
