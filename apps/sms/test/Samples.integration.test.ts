import { assert, layer } from "@effect/vitest"
import { SmsGateways, SmsHealth } from "@spoor/postgres"
import { Clock, Effect, Option } from "effect"
import { randomUUID } from "node:crypto"
import { masked, Traces } from "../src/Traces.ts"
import * as Doors from "./Doors.ts"
import { pathSecret, vendors } from "./Vendors.ts"

const mapping = {
  methods: ["POST"],
  each: "events",
  map: { messageId: ["uuid"], phone: ["msisdn"], status: ["state"], at: ["when"] },
  outcome: { ok: "delivered", bad: "failed" },
  key: ["uuid", "state"]
}

const body = JSON.stringify({
  events: [
    { uuid: "a", msisdn: "500 100 200", state: "bad", when: "2026-11-24T12:00:00Z" },
    { uuid: "b", msisdn: "500100201", state: "ok" },
    { uuid: "c" }
  ]
})

const tryOut = (ticket: string, sample: unknown) =>
  Doors.send({
    path: "/sms/v1/samples",
    method: "POST",
    headers: { authorization: `Bearer ${ticket}` },
    body: JSON.stringify(sample)
  })

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("a gateway that is looked at", (it) => {
  it.effect("shows what would be understood of a sample, to whoever has an adapter's ticket", () =>
    Effect.gen(function* () {
      const ticket = randomUUID()
      yield* Doors.newGateway("kannel")
      const settings = { mapping, country: "PL" }
      const whole = `POST /report?ignored=1 HTTP/1.1\r\nHost: sms.example\r\nContent-Type: application/json\r\n\r\n${body}`
      assert.strictEqual((yield* tryOut(ticket, { plugin: "generic", settings, request: body })).status, 401)
      yield* (yield* SmsHealth).tell(
        { ticket, url: "http://sms.example", queue: null },
        [],
        yield* Clock.currentTimeMillis
      )
      const expected = {
        reports: [
          {
            said: "failed",
            phone: "+48500100200",
            sender: null,
            messageId: "a",
            code: "bad",
            text: "",
            category: "unknown",
            reportedAt: Date.UTC(2026, 10, 24, 12)
          },
          {
            said: "delivered",
            phone: "+48500100201",
            sender: null,
            messageId: "b",
            code: null,
            text: null,
            category: null,
            reportedAt: null
          }
        ],
        problems: ["Expected one of the fields state, to tell what became of the message."]
      }
      for (const request of [body, whole]) {
        const { status, text } = yield* tryOut(ticket, { plugin: "generic", settings, request })
        assert.deepStrictEqual([status, JSON.parse(text)], [200, expected])
      }
      const kannel = "/sms/v1/dlr/kannel?type=2&answer=stat:UNDELIV+err:001&fid=7&from=48500100200&to=Sklep"
      for (const request of [kannel, `GET ${kannel} HTTP/1.0`, kannel.replace(/^.*\?/u, "")]) {
        const { text } = yield* tryOut(ticket, { plugin: "kannel", settings: { errProfile: "gsm-map" }, request })
        assert.deepInclude(JSON.parse(text).reports[0], { code: "001", category: "invalid_number", sender: "Sklep" })
      }
      const { text } = yield* tryOut(ticket, { plugin: "generic", settings, request: "{" })
      assert.deepStrictEqual(JSON.parse(text), {
        reports: [],
        problems: ["The body begins like JSON and is none."]
      })
      assert.strictEqual((yield* tryOut(ticket, { plugin: "nobody", settings, request: "" })).status, 400)
      assert.deepStrictEqual((yield* Doors.arrived).reports, [])
    })
  )

  it.effect("shows its calls for a while, without phones, texts and secrets", () =>
    Effect.gen(function* () {
      const { follow, of } = yield* Traces
      const gateway = yield* Doors.newGateway("kannel", { pathSecrets: [...(vendors[0]!.settings.pathSecrets ?? [])] })
      const call = (rest: string) => Doors.send({ path: `${gateway.path}/${rest}` })
      const report = `${pathSecret}?type=2&answer=id:7+stat:UNDELIV+err:001+text:Twoja+paczka&fid=7&from=48500100200&to=Sklep`
      yield* call(report)
      assert.deepStrictEqual(of(gateway.id), [])
      follow([{ id: gateway.id, until: (yield* Clock.currentTimeMillis) + 600_000 }])
      yield* call(report)
      yield* call("wrong?type=2")
      yield* call(`${pathSecret}?nothing=1`)
      const lines = of(gateway.id).map((line) => line.slice(25))
      assert.lengthOf(lines, 3)
      assert.match(lines[0]!, /^GET failed reason:001 status:UNDELIV group:2: \{.*"from":"48\*{7}00"/u)
      assert.deepStrictEqual(lines[1], "GET refused: path")
      assert.match(lines[2]!, /^GET not understood: Expected one of the fields/u)
      for (const kept of ["500100200", "paczka", pathSecret]) assert.notInclude(lines.join(), kept)
      follow([{ id: gateway.id, until: 0 }])
      yield* call(report)
      assert.lengthOf(of(gateway.id), 3)
      follow([])
      assert.deepStrictEqual(of(gateway.id), [])
      yield* Doors.arrived
    })
  )

  it.effect("masks what may be a phone number, and no date and no code", () =>
    Effect.sync(() => {
      assert.strictEqual(
        masked("id:244948769 submit date:2611231205 stat:UNDELIV err:001 from +48500100200 to 4512"),
        "id:24*****69 submit date:2611231205 stat:UNDELIV err:001 from +48*******00 to 4512"
      )
      assert.strictEqual(
        masked('{"to":"+48 500 100 200","own":"500-100-200","at":"2026-11-24 12:00:05","code":"405"}'),
        '{"to":"+48**********00","own":"50*******00","at":"2026-11-24 12:00:05","code":"405"}'
      )
    })
  )

  it.effect("is traced and changed by its unit alone", () =>
    Effect.gen(function* () {
      const { trace, active, change } = yield* SmsGateways
      const { key, unitId } = yield* Doors.newGateway("kannel")
      const row = Effect.map(active, (all) => Option.fromUndefinedOr(all.find((one) => one.key === key)))
      assert.isTrue(yield* trace(unitId, key, 5_000))
      assert.strictEqual(Option.getOrThrow(yield* row).tracedUntil, 5_000)
      assert.isTrue(yield* trace(unitId, key, null))
      assert.isNull(Option.getOrThrow(yield* row).tracedUntil)
      assert.isTrue(yield* change({ unitId, key, settings: { zone: "Europe/Warsaw" } }))
      assert.deepStrictEqual(Option.getOrThrow(yield* row).settings, { zone: "Europe/Warsaw" })
      assert.isFalse(yield* change({ unitId: 0, key, settings: {} }))
    })
  )
})
