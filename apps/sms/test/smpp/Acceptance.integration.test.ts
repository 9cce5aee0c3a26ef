import { assert, layer } from "@effect/vitest"
import { Sites, SmsGateways, SmsHealth, WriteKeys } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Context, Effect, Layer, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { Buffer } from "node:buffer"
import { once } from "node:events"
import smpp, { type PDU, type Session } from "smpp"
import * as Doors from "../Doors.ts"
import * as House from "../House.ts"
import * as Certificate from "./Certificate.ts"
import * as Perl from "./Perl.ts"
import * as Smsc from "./Smsc.ts"

/**
 * What becomes of a message.
 *
 * *Shape*: `refused` is what the gateway answered to its submission, `registered` the ID that it gave; `said` are the texts of receipts, in their
 * order; `byParameters` delivers one without text. `row` is the row's sender, code and category; null for no row.
 */
interface Scenario {
  readonly name: string
  readonly refused?: string
  readonly registered?: string
  readonly esmClass?: number
  readonly sender?: string
  readonly said?: ReadonlyArray<string>
  readonly byParameters?: boolean
  readonly row: string | null
}

const receipt = (id: string, rest: string): string =>
  `id:${id} sub:001 dlvrd:000 submit date:2611231200 done date:2611231205 ${rest} text:Twoja paczka`

/** The acceptance list of gateways.md, section 4: over SMPP, and what a sender tells of its submissions. */
const scenarios: ReadonlyArray<Scenario> = [
  { name: "001 is delivered", said: [receipt("1", "stat:DELIVRD err:000")], row: null },
  { name: "002 is refused", refused: "0x0000000b", row: "Sklep | 0x0000000b | invalid_number" },
  {
    name: "003 is throttled once",
    registered: "3",
    said: [receipt("3", "stat:DELIVRD err:000")],
    row: null
  },
  {
    name: "004 cannot be delivered",
    said: [receipt("4", "stat:UNDELIV err:001")],
    row: "SKLEP | 001 | invalid_number"
  },
  { name: "005 expires", said: [receipt("5", "stat:EXPIRED err:027")], row: "SKLEP | 027 | unreachable" },
  { name: "006 is rejected", said: [receipt("6", "stat:REJECTD err:088")], row: "SKLEP | 088 | blocked" },
  {
    name: "007 is accepted first",
    said: [receipt("7", "stat:ACCEPTD err:000"), receipt("7", "stat:UNDELIV err:00B")],
    row: "SKLEP | 00B | unreachable"
  },
  {
    name: "008 is reported before its submission was answered",
    registered: "A8",
    sender: "",
    said: [receipt("A8", "stat:UNDELIV err:001")],
    row: "Sklep | 001 | invalid_number"
  },
  {
    name: "009 is submitted in hexadecimal and reported in decimal",
    registered: "0e999f21",
    sender: "",
    said: [receipt("244948769", "stat:UNDELIV err:027")],
    row: "Sklep | 027 | unreachable"
  },
  { name: "010 is reported by parameters alone", said: [""], byParameters: true, row: "SKLEP | 13 | blocked" },
  {
    name: "011 is reported twice",
    said: [receipt("11", "stat:UNDELIV err:001"), receipt("11", "stat:UNDELIV err:001")],
    row: "SKLEP | 001 | invalid_number"
  },
  {
    name: "012 has a word for a code",
    said: [receipt("12", "stat:UNDELIV err:XYZ")],
    row: "SKLEP | XYZ | unreachable"
  },
  { name: "013 is refused in the vendor's own way", refused: "0x00000442", row: "Sklep | 0x00000442 | unknown" },
  { name: "014 is refused again and again", refused: "0x00000008", row: "Sklep | 0x00000008 | gateway_error" },
  {
    name: "015 is written with capitals, and in part",
    said: ["ID:15 Stat:UNDELIV Err:045"],
    row: "SKLEP | 045 | unreachable"
  },
  {
    name: "016 is marked as a message of a phone",
    esmClass: 0,
    said: [receipt("16", "stat:UNDELIV err:001")],
    row: "SKLEP | 001 | invalid_number"
  },
  { name: "017 is not known", said: [receipt("17", "stat:UNKNOWN err:254")], row: "SKLEP | 254 | unknown" },
  { name: "018 is deleted", said: [receipt("18", "stat:DELETED err:000")], row: "SKLEP | DELETED | cancelled" },
  {
    name: "019 is reported without the zeros in front",
    registered: "0000000123456",
    sender: "",
    said: [receipt("123456", "stat:EXPIRED err:013")],
    row: "Sklep | 013 | blocked"
  }
]

const phoneOf = ({ name }: Scenario): string => `48500100${name.slice(0, 3)}`

/** One delivery for each text, with what the receipts of one message have in common. */
const deliveries = scenarios.flatMap((scenario) => {
  const { byParameters = false, esmClass = 4, sender = "SKLEP", said = [] } = scenario
  return said.map((text) => ({ phone: phoneOf(scenario), esmClass, sender, text, byParameters }))
})
type Delivery = (typeof deliveries)[number]

class Open extends Context.Service<Open, Effect.Success<typeof House.open>>()("@spoor/sms/test/Acceptance/Open") {
  static readonly layer = Layer.effect(Open, House.open)
}

const Everything = Open.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Sites.layer, SmsGateways.layer, SmsHealth.layer, WriteKeys.layer)),
  Layer.provideMerge(TestDatabase.layer)
)

/** A gateway of a unit of its own, which waits for submissions of what lacks a sender. */
const newGateway = Effect.fnUntraced(function* (port: number, tls: { readonly ca: string } | null) {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const key = `smsc-${unitId}`
  const smpp = { host: "127.0.0.1", port, systemId: "spoor", isTls: tls !== null, ...tls }
  const settings = { smpp, secrets: ["VENDOR"], errProfile: "gsm-map", holdHours: 72, unknown: "log" }
  yield* (yield* SmsGateways).add(
    { unitId, key, name: "SMSC", plugin: "smpp", settings },
    yield* Clock.currentTimeMillis
  )
  return { unitId, key, serverKey: yield* Doors.newKey(unitId) }
})

type Gateway = Effect.Success<ReturnType<typeof newGateway>>

/** What the shop tells of its own sending. */
const register = Effect.fnUntraced(function* ({ key, serverKey }: Gateway) {
  const { origin } = yield* Open
  const items = scenarios.flatMap((scenario) => {
    const { name, refused, registered } = scenario
    if (registered === undefined && refused === undefined) return []
    const told = refused === undefined ? { messageIds: [registered] } : { error: { codes: { refusal: refused } } }
    return [{ id: name, gateway: key, sender: "Sklep", phone: phoneOf(scenario), ...told }]
  })
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

const expected = scenarios.flatMap((scenario) =>
  scenario.row === null ? [] : [`+${phoneOf(scenario)} | ${scenario.row}`]
)

/** Waits for as many rows as are expected. */
const settled = (unitId: number, count = expected.length) =>
  rowsOf(unitId).pipe(
    Effect.filterOrFail((rows) => rows.length >= count),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
  )

/** The shape of a failure that is sent last: when its row is there, so is all that was sent before. */
const last: Delivery = {
  phone: "48500100999",
  esmClass: 4,
  sender: "SKLEP",
  text: receipt("99", "stat:UNDELIV err:001"),
  byParameters: false
}
const lastRow = "+48500100999 | SKLEP | 001 | invalid_number"

layer(Everything, { timeout: "120 seconds", excludeTestServices: true })("the acceptance list over SMPP", (it) => {
  it.effect(
    "is one row for each failure from an SMSC on npm smpp over TLS, also when everything comes again",
    () =>
      Effect.gen(function* () {
        const bound = Promise.withResolvers<Session>()
        const own = Certificate.make("smsc.test")
        const server = smpp.createServer({ ...own }, (session) => {
          session.on("error", () => {})
          session.on("bind_receiver", (pdu: PDU) => session.send(pdu.response(), () => bound.resolve(session)))
          for (const command of ["unbind", "enquire_link"])
            session.on(command, (pdu: PDU) => session.send(pdu.response()))
        })
        yield* Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening"))
        const gateway = yield* newGateway(Smsc.portOf(server), { ca: own.cert })
        const session = yield* Effect.promise(() => bound.promise)
        const { metrics } = yield* Open
        const usable = new RegExp(`^spoor_sms_gateway_usable\\{.*gateway="${gateway.key}".*\\} 1$`, "mu")
        yield* Effect.promise(async () => (await fetch(metrics)).text()).pipe(
          Effect.filterOrFail((text) => usable.test(text)),
          Effect.filterOrFail((text) => /^spoor_sms_binds\{.*phase="bound".*\} 1$/mu.test(text)),
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
        )
        // What the panel shows of it.
        yield* Effect.flatMap(SmsHealth, ({ ofUnit }) =>
          Effect.flatMap(Clock.currentTimeMillis, (now) => ofUnit(gateway.unitId, now))
        ).pipe(
          Effect.filterOrFail(([health]) => health?.states[0]?.binds[0]?.phase === "bound"),
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
        )
        const deliver = ({ byParameters, esmClass, phone, sender, text }: Delivery) =>
          Effect.promise(
            () =>
              new Promise<PDU>((resolve) => {
                const route = { source_addr: phone, destination_addr: sender, esm_class: esmClass }
                const parameters = {
                  receipted_message_id: "10",
                  message_state: 5,
                  network_error_code: Buffer.from([3, 0, 13])
                }
                const body = byParameters ? parameters : { short_message: text }
                session.send(new smpp.PDU("deliver_sm", { ...route, ...body }), resolve)
              })
          )
        const isEarly = ({ phone }: Delivery) => phone.endsWith("008")
        yield* Effect.forEach(deliveries.filter(isEarly), deliver)
        yield* register(gateway)
        for (const delivery of deliveries.filter((one) => !isEarly(one))) {
          assert.strictEqual((yield* deliver(delivery)).command_status, 0)
        }
        yield* settled(gateway.unitId)
        yield* Effect.forEach([...deliveries, last], deliver)
        assert.deepStrictEqual(yield* settled(gateway.unitId, expected.length + 1), [...expected, lastRow])
        session.destroy()
        server.close()
      }),
    90_000
  )

  it.effect.skipIf(!Perl.isInstalled)(
    "is one row for each failure from an SMSC on Net::SMPP, with every receipt twice and before its submission",
    () =>
      Effect.gen(function* () {
        const all = [...deliveries, ...deliveries, last]
        const script = yield* Perl.run(
          "deliver.pl",
          ...all.map(({ byParameters, esmClass, phone, sender, text }) =>
            [esmClass, phone, sender, byParameters ? "10" : "", text].join("|")
          )
        )
        const [port] = yield* Effect.promise(() => script.next())
        const gateway = yield* newGateway(Number(port), null)
        for (const _ of all) {
          assert.deepStrictEqual(yield* Effect.promise(() => script.next()), ["deliver_sm_resp", "0"])
        }
        yield* register(gateway)
        assert.deepStrictEqual(yield* settled(gateway.unitId, expected.length + 1), [...expected, lastRow])
      }).pipe(Effect.scoped),
    90_000
  )
})
