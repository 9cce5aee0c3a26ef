import { assert, layer } from "@effect/vitest"
import { Intake } from "@spoor/contracts"
import { Queue } from "@spoor/queue"
import { Effect, Schema } from "effect"
import * as Doors from "./Doors.ts"
import { vendors } from "./Vendors.ts"

const { arrived, newGateway, newKey, send, shown } = Doors

const post = (key: string, body: unknown, headers: Record<string, string> = {}) =>
  send({
    path: "/sms/v1/submissions",
    method: "POST",
    body: typeof body === "string" ? body : JSON.stringify(body),
    headers: { authorization: `Bearer ${key}`, ...headers }
  })

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("POST /sms/v1/submissions", (it) => {
  it.effect("registers what was sent and what was refused, and judges each item by itself", () =>
    Effect.gen(function* () {
      const gateway = yield* newGateway("smsapi", { country: "PL" })
      const other = yield* newGateway("smsapi")
      const key = yield* newKey(gateway.unitId)
      const items = [
        {
          id: "1",
          gateway: gateway.key,
          sender: "Sklep",
          phone: "500 100 200",
          messageIds: ["A1", "A2"],
          ref: "order-1"
        },
        { id: "2", gateway: gateway.key, sender: "Sklep", phone: "500100201", error: { codes: { refusal: "103" } } },
        { id: "1", gateway: gateway.key },
        { id: "3", gateway: other.key },
        { id: "4", gateway: "nobody" },
        { gateway: gateway.key },
        { id: "5", gateway: gateway.key, messageIds: [""] },
        null
      ]
      const answer = yield* post(key, { items })
      assert.strictEqual(answer.status, 200)
      const { verdicts, ...counts } = JSON.parse(answer.text)
      assert.deepStrictEqual(counts, { success: true, stored: 2, duplicate: 1, rejected: 5 })
      assert.deepStrictEqual(
        verdicts.map((one: Record<string, string>) => `${one["verdict"]} ${one["pointer"] ?? ""}`),
        [
          "stored ",
          "stored ",
          "duplicate ",
          "rejected /gateway",
          "rejected /gateway",
          "rejected /id",
          "rejected /messageIds/0",
          "rejected "
        ]
      )
      const { reports } = yield* arrived
      assert.deepStrictEqual(reports.map(shown), [
        "submitted | +48500100200 | Sklep |  | ",
        "failed | +48500100201 | Sklep | 103 | no_credit"
      ])
      assert.deepStrictEqual(
        reports.map(({ names }) => names),
        [["r:order-1", "m:a1", "m:a2"], ["r:submission 2"]]
      )
      assert.isTrue(reports.every(({ isRegistration }) => isRegistration))
    })
  )

  it.effect("lets nobody in without a server key of the unit, and says what is wrong with a request", () =>
    Effect.gen(function* () {
      const gateway = yield* newGateway("smsapi")
      const key = yield* newKey(gateway.unitId)
      const item = { id: "1", gateway: gateway.key }
      assert.strictEqual((yield* post("sk_guess", { items: [item] })).status, 401)
      assert.strictEqual((yield* post(yield* newKey(gateway.unitId, "browser"), { items: [item] })).status, 403)
      assert.strictEqual((yield* send({ path: "/sms/v1/submissions" })).status, 405)
      assert.strictEqual((yield* post(key, "{")).status, 400)
      assert.strictEqual((yield* post(key, { items: 1 })).status, 400)
      assert.strictEqual((yield* post(key, { items: Array.from({ length: 1_001 }, () => item) })).status, 413)
      assert.strictEqual((yield* post(key, "a".repeat(1_048_577))).status, 413)
      const stranger = yield* newKey((yield* newGateway("smsapi")).unitId)
      assert.include((yield* post(stranger, { items: [item] })).text, '"rejected":1')
      yield* Doors.faults.failAppends(1)
      assert.strictEqual((yield* post(key, { items: [item] })).status, 503)
      assert.deepStrictEqual((yield* arrived).reports, [])
      assert.strictEqual((yield* post(key, { items: [] })).status, 200)
    })
  )

  it.effect("stands in the API log of the unit, whatever came of it, and a stranger's in none", () =>
    Effect.gen(function* () {
      const gateway = yield* newGateway("smsapi")
      const key = yield* newKey(gateway.unitId)
      yield* post(key, { items: [{ id: "1", gateway: gateway.key }] }, { "user-agent": "Sender/1" })
      yield* post(key, "{")
      yield* post("sk_guess", { items: [] })
      const queue = yield* Queue
      const deliveries = yield* queue.take({ topic: "log", messagesMax: 1_000, bytesMax: 100_000_000 })
      const intakes = yield* Effect.forEach(deliveries, ({ body }) =>
        Schema.decodeEffect(Intake.LogIntakeFromText)(body)
      )
      const rows = intakes.flatMap((intake) =>
        intake.log === "api" && intake.unitId === gateway.unitId ? intake.entries : []
      )
      assert.deepStrictEqual(
        rows.map(({ apiKey, details, ip, method, status, url }) => [
          method,
          url,
          status,
          apiKey?.name,
          ip,
          details.userAgent?.slice(0, 8)
        ]),
        [
          ["POST", "/sms/v1/submissions", 200, "Sender", "127.0.0.1", "Sender/1"],
          ["POST", "/sms/v1/submissions", 400, "Sender", "127.0.0.1", rows[1]?.details.userAgent?.slice(0, 8)]
        ]
      )
      assert.isFalse(JSON.stringify(intakes).includes("sk_guess"))
      yield* arrived
    })
  )

  it.effect("meets its report: both name the message in the same way", () =>
    Effect.gen(function* () {
      const vendor = vendors.find(({ plugin }) => plugin === "smsapi")!
      const gateway = yield* newGateway("smsapi", vendor.settings)
      const key = yield* newKey(gateway.unitId)
      yield* post(key, { items: [{ id: "1", gateway: gateway.key, sender: "Sklep", messageIds: ["a1"] }] })
      yield* send(
        yield* Effect.promise(async () => vendor.request({ path: gateway.path, body: vendor.body, at: 0, nonce: "" }))
      )
      const named = (yield* arrived).reports.filter(({ names }) => names.includes("m:a1"))
      assert.deepStrictEqual(named.map(({ said }) => said).toSorted(), ["failed", "submitted"])
    })
  )
})
