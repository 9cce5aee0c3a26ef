import { assert, layer } from "@effect/vitest"
import { Sites, SmsGateways, WriteKeys } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { once } from "node:events"
import smpp, { type PDU, type Session } from "smpp"
import * as Doors from "../Doors.ts"
import * as House from "../House.ts"
import * as Perl from "./Perl.ts"
import * as Smsc from "./Smsc.ts"

/** What a scenario delivers. *Shape*: `registered` is the ID that the gateway had answered to the submission; `row` is the row's sender, code and category. */
interface Scenario {
  readonly name: string
  readonly registered?: string
  readonly esmClass?: number
  readonly sender: string
  readonly text: string
  readonly row: string
}

const times = "sub:001 dlvrd:000 submit date:2611231200 done date:2611231205"

/** The part of the acceptance list (gateways.md, section 4) that Kannel loses, so that it shows only over SMPP. */
const scenarios: ReadonlyArray<Scenario> = [
  {
    name: "008 is reported before its submission was answered",
    registered: "A8",
    sender: "",
    text: `id:A8 ${times} stat:UNDELIV err:001 text:`,
    row: "Sklep | 001 | invalid_number"
  },
  {
    name: "009 is submitted in hexadecimal and reported in decimal",
    registered: "0e999f21",
    sender: "",
    text: `id:244948769 ${times} stat:UNDELIV err:027 text:`,
    row: "Sklep | 027 | unreachable"
  },
  {
    name: "015 is written with capitals, and in part",
    sender: "SKLEP",
    text: "ID:15 Stat:UNDELIV Err:045",
    row: "SKLEP | 045 | unreachable"
  },
  {
    name: "016 is marked as a message of a phone",
    esmClass: 0,
    sender: "SKLEP",
    text: `id:16 ${times} stat:UNDELIV err:001 text:Twoja paczka`,
    row: "SKLEP | 001 | invalid_number"
  },
  {
    name: "019 is reported without the zeros in front",
    registered: "0000000123456",
    sender: "",
    text: `id:123456 ${times} stat:EXPIRED err:013 text:`,
    row: "Sklep | 013 | blocked"
  }
]

const phoneOf = ({ name }: Scenario): string => `48500100${name.slice(0, 3)}`

class Open extends Context.Service<Open, Effect.Success<typeof House.open>>()("@spoor/sms/test/Acceptance/Open") {
  static readonly layer = Layer.effect(Open, House.open)
}

const Everything = Open.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Sites.layer, SmsGateways.layer, WriteKeys.layer)),
  Layer.provideMerge(TestDatabase.layer)
)

/** A gateway of a unit of its own, which waits for submissions of what lacks a sender. */
const newGateway = Effect.fnUntraced(function* (port: number) {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const key = `smsc-${unitId}`
  const smpp = { host: "127.0.0.1", port, systemId: "spoor", isTls: false }
  const settings = { smpp, secrets: ["VENDOR"], errProfile: "gsm-map", holdHours: 72 }
  yield* (yield* SmsGateways).add(
    { unitId, key, name: "SMSC", plugin: "smpp", settings },
    yield* Clock.currentTimeMillis
  )
  return { unitId, key, serverKey: yield* Doors.newKey(unitId) }
})

type Gateway = Effect.Success<ReturnType<typeof newGateway>>

/** What the shop tells of its own sending. */
const register = Effect.fnUntraced(function* ({ key, serverKey }: Gateway, some: ReadonlyArray<Scenario>) {
  const { origin } = yield* Open
  const items = some.flatMap((scenario) =>
    scenario.registered === undefined
      ? []
      : [
          {
            id: scenario.name,
            gateway: key,
            sender: "Sklep",
            phone: phoneOf(scenario),
            messageIds: [scenario.registered]
          }
        ]
  )
  const headers = { authorization: `Bearer ${serverKey}` }
  // The adapter hears of a new gateway within seconds.
  yield* Effect.tryPromise(async () => {
    const body = JSON.stringify({ items })
    const answer = await fetch(`${origin}/sms/v1/submissions`, { method: "POST", headers, body })
    const { stored } = JSON.parse(await answer.text())
    if (stored !== items.length) throw new Error(`${stored} of ${items.length} are stored.`)
  }).pipe(Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 150 }))
})

const rowsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly shown: string }>`
    select concat_ws(' | ', phone, sender, error_code, category) as shown from sms_log where unit_id = ${unitId} order by 1`
  return rows.map(({ shown }) => shown)
})

const expected = scenarios.map((scenario) => `+${phoneOf(scenario)} | ${scenario.row}`)

/** Waits for as many rows as there are scenarios. */
const settled = (unitId: number) =>
  rowsOf(unitId).pipe(
    Effect.filterOrFail((rows) => rows.length >= expected.length),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
  )

layer(Everything, { timeout: "120 seconds", excludeTestServices: true })("the acceptance list over SMPP", (it) => {
  it.effect(
    "is one row for each failure from an SMSC on npm smpp, also when everything comes again",
    () =>
      Effect.gen(function* () {
        const bound = Promise.withResolvers<Session>()
        const server = smpp.createServer({}, (session) => {
          session.on("error", () => {})
          session.on("bind_receiver", (pdu: PDU) => session.send(pdu.response(), () => bound.resolve(session)))
          for (const command of ["unbind", "enquire_link"])
            session.on(command, (pdu: PDU) => session.send(pdu.response()))
        })
        yield* Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening"))
        const gateway = yield* newGateway(Smsc.portOf(server))
        const session = yield* Effect.promise(() => bound.promise)
        const deliver = (scenario: Scenario) =>
          Effect.promise(
            () =>
              new Promise<PDU>((resolve) => {
                const { esmClass = 4, sender, text } = scenario
                const route = { source_addr: phoneOf(scenario), destination_addr: sender, esm_class: esmClass }
                session.send(new smpp.PDU("deliver_sm", { ...route, short_message: text }), resolve)
              })
          )
        const { metrics } = yield* Open
        const shown = yield* Effect.promise(async () => (await fetch(metrics)).text())
        assert.match(shown, new RegExp(`^spoor_sms_binds\\{.*gateway="${gateway.key}".*phase="bound".*\\} 1$`, "mu"))
        assert.match(shown, new RegExp(`^spoor_sms_gateway_usable\\{.*gateway="${gateway.key}".*\\} 1$`, "mu"))
        const [early, ...others] = scenarios
        yield* deliver(early!)
        yield* register(gateway, scenarios)
        for (const scenario of others) assert.strictEqual((yield* deliver(scenario)).command_status, 0)
        yield* settled(gateway.unitId)
        // What comes again after its row is there makes no other.
        yield* Effect.forEach(scenarios, deliver)
        const last = yield* deliver({ ...scenarios[2]!, name: "999", text: "ID:99 Stat:UNDELIV Err:045" })
        assert.strictEqual(last.command_status, 0)
        const rows = yield* rowsOf(gateway.unitId).pipe(
          Effect.filterOrFail((all) => all.some((row) => row.startsWith("+48500100999"))),
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
        )
        assert.deepStrictEqual(rows.slice(0, -1), expected)
        session.destroy()
        server.close()
      }),
    90_000
  )

  it.effect.skipIf(!Perl.isInstalled)(
    "is one row for each failure from an SMSC on Net::SMPP, with every receipt before its submission",
    () =>
      Effect.gen(function* () {
        const deliveries = scenarios.map((scenario) =>
          [scenario.esmClass ?? 4, phoneOf(scenario), scenario.sender, scenario.text].join("|")
        )
        const script = yield* Perl.run("deliver.pl", ...deliveries, ...deliveries)
        const [port] = yield* Effect.promise(() => script.next())
        const gateway = yield* newGateway(Number(port))
        for (const _ of [...deliveries, ...deliveries]) {
          assert.deepStrictEqual(yield* Effect.promise(() => script.next()), ["deliver_sm_resp", "0"])
        }
        yield* register(gateway, scenarios)
        yield* settled(gateway.unitId)
        assert.deepStrictEqual(yield* rowsOf(gateway.unitId), expected)
      }).pipe(Effect.scoped),
    90_000
  )
})
