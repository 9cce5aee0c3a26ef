import { assert, describe, layer } from "@effect/vitest"
import { Sites, SmsGateways } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Buffer } from "node:buffer"
import { once } from "node:events"
import smpp, { type Fields, type PDU, type Session } from "smpp"
import * as House from "../House.ts"
import * as Smsc from "../smpp/Smsc.ts"
import { pathSecret, vendors } from "../Vendors.ts"
import * as Kannel from "./Kannel.ts"

/** What the operator does with a message. *Shape*: `answers` to its submissions, the last for all others; `receipts` after one that it takes. */
interface Scenario {
  readonly name: string
  readonly answers?: ReadonlyArray<number>
  readonly receipts?: ReadonlyArray<string | Fields>
  /** The row's code and category; null for no row. */
  readonly row: string | null
}

/**
 * The acceptance list, as far as Kannel hands it on: a receipt that it cannot match to its own memory (008, 009, 015, 016, 019 of
 * gateways.md section 4) is lost in Kannel, and shows nowhere.
 */
const scenarios: ReadonlyArray<Scenario> = [
  { name: "001 is delivered", receipts: ["stat:DELIVRD err:000"], row: null },
  { name: "002 is refused", answers: [0x0b], row: "0x0000000b | invalid_number" },
  { name: "003 is throttled once", answers: [0x58, 0], receipts: ["stat:DELIVRD err:000"], row: null },
  { name: "004 cannot be delivered", receipts: ["stat:UNDELIV err:001"], row: "001 | invalid_number" },
  { name: "005 expires", receipts: ["stat:EXPIRED err:027"], row: "027 | unreachable" },
  { name: "006 is rejected", receipts: ["stat:REJECTD err:088"], row: "088 | blocked" },
  {
    name: "007 is accepted first",
    receipts: ["stat:ACCEPTD err:000", "stat:UNDELIV err:00B"],
    row: "00B | unreachable"
  },
  {
    name: "010 has parameters only",
    receipts: [{ message_state: 5, network_error_code: Buffer.from([3, 0, 13]) }],
    row: "13 | blocked"
  },
  {
    name: "011 is reported twice",
    receipts: ["stat:UNDELIV err:001", "stat:UNDELIV err:001"],
    row: "001 | invalid_number"
  },
  { name: "012 has a word for a code", receipts: ["stat:UNDELIV err:XYZ"], row: "XYZ | unreachable" },
  { name: "013 is refused in the vendor's own way", answers: [0x442], row: "0x00000442 | unknown" },
  { name: "014 is refused again and again", answers: [0x08], row: "Retries Exceeded | gateway_error" },
  { name: "017 is not known", receipts: ["stat:UNKNOWN err:254"], row: "254 | unknown" },
  { name: "018 is deleted", receipts: ["stat:DELETED err:000"], row: "DELETED | cancelled" }
]

const phoneOf = (index: number): string => `485001002${String(index).padStart(2, "0")}`

/** The operator: npm smpp's server, which does with each number what its scenario says. */
const operator = Effect.acquireRelease(
  Effect.promise(async () => {
    const tries = new Map<string, number>()
    const sessions: Array<Session> = []
    const server = smpp.createServer({}, (session) => {
      sessions.push(session)
      session.on("error", () => {})
      session.on("bind_transceiver", (pdu: PDU) => session.send(pdu.response()))
      for (const command of ["unbind", "enquire_link"]) session.on(command, (pdu: PDU) => session.send(pdu.response()))
      session.on("submit_sm", (pdu: PDU) => submitted(session, pdu, tries))
    })
    await once(server.listen(0, "127.0.0.1"), "listening")
    return { server, sessions, port: Smsc.portOf(server) }
  }),
  ({ server, sessions }) =>
    Effect.sync(() => {
      for (const session of sessions) session.destroy()
      server.close()
    })
)

const submitted = (session: Session, pdu: PDU, tries: Map<string, number>): void => {
  const phone = String(pdu["destination_addr"])
  const scenario = scenarios.find((_, index) => phoneOf(index) === phone)
  const count = tries.get(phone) ?? 0
  tries.set(phone, count + 1)
  const status = scenario?.answers?.[Math.min(count, scenario.answers.length - 1)] ?? 0
  const id = phone.slice(-6)
  session.send(pdu.response(status === 0 ? { message_id: id } : { command_status: status }))
  if (status !== 0) return
  const said = scenario?.receipts ?? ["stat:UNDELIV err:001"]
  const deliver = (receipt: string | Fields) => {
    const address = { source_addr: phone, destination_addr: "Sklep", esm_class: 4, receipted_message_id: id }
    const head = `id:${id} sub:001 dlvrd:000 submit date:2611231200 done date:2611231205`
    const fields = typeof receipt === "string" ? { short_message: `${head} ${receipt} text:Paczka` } : receipt
    session.send(new smpp.PDU("deliver_sm", { ...address, ...fields }))
  }
  said.forEach((receipt, index) => setTimeout(() => deliver(receipt), 300 * (index + 1)))
}

const newGateway = Effect.gen(function* () {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const key = `kannel-${unitId}`
  const settings = { pathSecrets: vendors[0]!.settings.pathSecrets, errProfile: "gsm-map", unknown: "log" }
  yield* (yield* SmsGateways).add(
    { unitId, key, name: "Kannel", plugin: "kannel", settings },
    yield* Clock.currentTimeMillis
  )
  return { unitId, path: `/sms/v1/dlr/${key}/${pathSecret}` }
})

/** The bits of Kannel's mask for what was not delivered and what was refused. */
const failures = 18

const escapes = "type=%d&answer=%A&fid=%F&id=%I&smsc=%i&at=%t&meta=%D&from=%p&to=%P"

const rowsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly phone: string; readonly shown: string }>`
    select phone, concat_ws(' | ', error_code, category) as shown, sender from sms_log where unit_id = ${unitId} order by phone`
  return rows
})

const until = (unitId: number, count: number, times = 300) =>
  rowsOf(unitId).pipe(
    Effect.filterOrFail((rows) => rows.length >= count),
    Effect.retry({ schedule: Schedule.spaced("200 millis"), times })
  )

const Everything = Layer.merge(Sites.layer, SmsGateways.layer).pipe(Layer.provideMerge(TestDatabase.layer))

describe.skipIf(!Kannel.isInstalled)("a real Kannel", () => {
  layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("between the operator and us", (it) => {
    it.effect(
      "reports every scenario of the acceptance list, and each failure is one row",
      () =>
        Effect.gen(function* () {
          const { origin } = yield* House.open
          const { port } = yield* operator
          const kannel = yield* Kannel.open(port)
          const { path, unitId } = yield* newGateway
          const send = (index: number) => kannel.send(phoneOf(index), `${origin}${path}?ref=${index}&${escapes}`)
          yield* Effect.forEach(scenarios, (_, index) => send(index), { concurrency: 4, discard: true })
          const expected = scenarios.flatMap(({ row }, index) =>
            row === null ? [] : [{ phone: `+${phoneOf(index)}`, shown: row, sender: "Sklep" }]
          )
          yield* until(unitId, expected.length)
          // What must not come has its chance to: another message goes the whole way after it.
          const last = yield* newGateway
          yield* kannel.send("48500999999", `${origin}${last.path}?ref=last&${escapes}`)
          yield* until(last.unitId, 1)
          assert.deepStrictEqual(yield* rowsOf(unitId), expected)
        }).pipe(Effect.scoped),
      120_000
    )

    it.effect(
      "loses and doubles none of 2,000 failures, with PostgreSQL away for five seconds and the adapter killed meanwhile",
      () =>
        Effect.gen(function* () {
          const { adapter, origin, wire } = yield* House.open
          const { port } = yield* operator
          const kannel = yield* Kannel.open(port)
          const { path, unitId } = yield* newGateway
          yield* kannel.send("48500999999", `${origin}${path}?ref=first&${escapes}`)
          yield* until(unitId, 1)
          let sent = 0
          const send = (index: number) =>
            kannel
              .send(`48501${String(index).padStart(6, "0")}`, `${origin}${path}?ref=${index}&${escapes}`, failures)
              .pipe(Effect.tap(() => Effect.sync(() => sent++)))
          const isSent = (count: number) => Effect.repeat(Effect.sleep("5 millis"), { until: () => sent >= count })
          const outage = Effect.gen(function* () {
            yield* isSent(500)
            yield* Effect.sync(() => wire.cut())
            yield* Effect.sleep("5 seconds")
            yield* Effect.promise(() => wire.open())
          })
          const death = Effect.gen(function* () {
            yield* isSent(1_000)
            yield* adapter.stop("SIGKILL")
            // It is not there again before the database is: it reads its gateways first.
            yield* Effect.sleep("5 seconds")
            yield* adapter.start
          })
          const burst = Effect.forEach(
            Array.from({ length: 2_000 }, (_, index) => index),
            send,
            {
              concurrency: 20,
              discard: true
            }
          )
          yield* Effect.all([burst, outage, death], { concurrency: "unbounded" })
          // Kannel is slow with what it has to send again.
          const rows = yield* until(unitId, 2_001, 900)
          assert.lengthOf(rows, 2_001)
          assert.strictEqual(new Set(rows.map(({ phone }) => phone)).size, 2_001)
        }).pipe(Effect.scoped),
      240_000
    )
  })
})
