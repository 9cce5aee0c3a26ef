import { assert, layer } from "@effect/vitest"
import { SmsIntake } from "@spoor/contracts"
import { Clock, Effect, Schema } from "effect"
import { randomUUID } from "node:crypto"
import * as Doors from "./Doors.ts"
import { pathSecret, type Vendor, vendors } from "./Vendors.ts"

const { arrived, newGateway, send, shown } = Doors
const HOUR = 3_600_000

const requestOf = (
  vendor: Vendor,
  path: string,
  more: { readonly at: number; readonly body?: string; readonly key?: string }
) => Effect.promise(async () => vendor.request({ path, body: vendor.body, nonce: randomUUID(), ...more }))

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("the doors of gateways", (it) => {
  for (const vendor of vendors) {
    it.effect(`take what ${vendor.name} reports, and answer as it wants`, () =>
      Effect.gen(function* () {
        const gateway = yield* newGateway(vendor.plugin, vendor.settings)
        const at = yield* Clock.currentTimeMillis
        const sent = yield* requestOf(vendor, gateway.path, { at })
        const answer = yield* send(sent)
        assert.deepStrictEqual([answer.status, answer.text], [200, vendor.reply.text])
        if (vendor.reply.type !== undefined) assert.include(answer.type ?? "", vendor.reply.type)
        const { reports, unreadable } = yield* arrived
        assert.deepStrictEqual(reports.map(shown), vendor.shown)
        assert.deepStrictEqual(unreadable, [])
        for (const report of reports) {
          assert.strictEqual(report.gatewayId, gateway.id)
          assert.isAtLeast(report.names.length, 1)
          assert.notInclude(JSON.stringify(report), "secret")
        }

        // The same again says the same: the worker tells it apart by its key.
        assert.strictEqual((yield* send(sent)).text, vendor.reply.text)
        const again = (yield* arrived).reports
        assert.deepStrictEqual(
          again.map(({ key }) => key),
          vendor.isSigned ? [] : reports.map(({ key }) => key)
        )
      })
    )

    it.effect(`refuse what is not ${vendor.name}'s`, () =>
      Effect.gen(function* () {
        const { path } = yield* newGateway(vendor.plugin, vendor.settings)
        const at = yield* Clock.currentTimeMillis
        const forged = yield* requestOf(vendor, path, { at, key: "a guess" })
        assert.strictEqual((yield* send(forged)).status, 401)
        if (vendor.isSigned) {
          const good = yield* requestOf(vendor, path, { at })
          const tampered =
            good.body === undefined
              ? { ...good, path: good.path.replace("48500100200", "48500100299") }
              : { ...good, body: good.body.replace("48500100200", "48500100299") }
          assert.notDeepEqual(tampered, good)
          assert.strictEqual((yield* send(tampered)).status, 401)
          if (vendor.isDated !== false) {
            for (const time of [at - HOUR, at + HOUR]) {
              const stale = yield* send(yield* requestOf(vendor, path, { at: time }))
              assert.strictEqual(stale.status, 401)
              assert.include(stale.text, "too old")
            }
          }
          const { headers: _, ...bare } = good
          const unsigned = { ...bare, path: bare.path.replace(/&sig=\w+/, "") }
          const status = vendor.plugin === "vonage-messages" ? 503 : 401
          assert.strictEqual(
            (yield* send({ ...unsigned, headers: { "content-type": "application/json" } })).status,
            status
          )
        }
        assert.deepStrictEqual(yield* arrived, { reports: [], unreadable: [] })
      })
    )
  }

  it.effect("take a request whose first try was not kept, though it is signed the same", () =>
    Effect.gen(function* () {
      const vendor = vendors.find(({ plugin }) => plugin === "sinch")!
      const { path } = yield* newGateway(vendor.plugin, vendor.settings)
      const sent = yield* requestOf(vendor, path, { at: yield* Clock.currentTimeMillis })
      yield* Doors.faults.failAppends(1)
      assert.strictEqual((yield* send(sent)).status, 503)
      assert.strictEqual((yield* send(sent)).status, 200)
      assert.strictEqual((yield* arrived).reports.length, 1)
    })
  )

  it.effect("believe no gateway that has nothing to prove itself with, or from elsewhere", () =>
    Effect.gen(function* () {
      const query = "type=2&answer=stat:UNDELIV"
      const open = yield* newGateway("kannel")
      assert.strictEqual((yield* send({ path: `${open.path}?${query}` })).status, 403)
      const pathSecrets = [...(vendors[0]!.settings.pathSecrets ?? [])]
      const far = yield* newGateway("kannel", { pathSecrets, networks: ["10.0.0.0/8", "2001:db8::/32"] })
      assert.strictEqual((yield* send({ path: `${far.path}/${pathSecret}?${query}` })).status, 403)
      const near = yield* newGateway("kannel", { pathSecrets, networks: ["10.0.0.0/8", "127.0.0.1"] })
      assert.strictEqual((yield* send({ path: `${near.path}/${pathSecret}?${query}` })).status, 200)
      const headers = { "x-forwarded-for": "10.1.2.3" }
      assert.strictEqual((yield* send({ path: `${far.path}/${pathSecret}?${query}`, headers })).status, 403)
      yield* arrived
    })
  )

  it.effect("say what is wrong with settings, and take nothing by them", () =>
    Effect.gen(function* () {
      for (const [plugin, settings] of [
        ["twilio", { secrets: ["NOWHERE"] }],
        ["kannel", { secrets: ["VENDOR"] }],
        ["generic", { secrets: [] }],
        ["kannel", { networks: ["10.0.0.0/99"] }],
        ["kannel", { zone: "Europe/Nowhere" }]
      ] as const) {
        const { path } = yield* newGateway(plugin, settings)
        assert.strictEqual((yield* send({ path })).status, 503)
      }
    })
  )

  const odd: ReadonlyArray<readonly [string, Vendor["plugin"], Doors.Sent, number]> = [
    ["no status", "smsapi", { path: "?MsgId=1" }, 400],
    ["nothing", "kannel", { path: "" }, 400],
    ["another method", "smsapi", { path: "", method: "POST", body: "MsgId=1&status=405" }, 405],
    ["a method that nobody has", "smsapi", { path: "", method: "PUT", body: "" }, 405],
    ["half of JSON", "linkmobility", { path: "", method: "POST", body: '{"id":' }, 400],
    ["JSON of another form", "infobip", { path: "", method: "POST", body: '[1,"two",null]' }, 400],
    ["a list of no fields", "infobip", { path: "", method: "POST", body: '{"results":[1]}' }, 400],
    ["half of XML", "linkmobility-pswin", { path: "", method: "POST", body: "<MSGLST><MSG>" }, 400],
    [
      "XML that expands",
      "linkmobility-pswin",
      {
        path: "",
        method: "POST",
        body: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><MSGLST><MSG><STATE>&b;</STATE></MSG></MSGLST>'
      },
      400
    ],
    ["bytes", "jasmin", { path: "", method: "POST", body: "\u0000\uD800\u0001" }, 400],
    ["a megabyte and more", "jasmin", { path: "", method: "POST", body: "a".repeat(1_048_577) }, 413],
    [
      "something packed",
      "jasmin",
      { path: "", method: "POST", body: "id=1", headers: { "content-encoding": "gzip" } },
      415
    ],
    [
      "names that objects are born with",
      "linkmobility",
      { path: "", method: "POST", body: '{"__proto__":{"resultCode":1},"constructor":{}}' },
      400
    ],
    ["too many", "infobip", { path: "", method: "POST", body: `{"results":[${"{},".repeat(5_000)}{}]}` }, 400]
  ]
  for (const [what, plugin, sent, status] of odd) {
    it.effect(`answer ${status} to ${what}, and keep what was not understood`, () =>
      Effect.gen(function* () {
        const { path } = yield* newGateway(plugin, { pathSecrets: [...(vendors[0]!.settings.pathSecrets ?? [])] })
        const answer = yield* send({ ...sent, path: `${path}/${pathSecret}${sent.path}` })
        assert.strictEqual(answer.status, status)
        assert.hasAllKeys(JSON.parse(answer.text), ["success", "error", "message"])
        const { reports, unreadable } = yield* arrived
        assert.deepStrictEqual(reports, [])
        assert.strictEqual(unreadable.length, status === 400 ? 1 : 0)
      })
    )
  }

  it.effect("keep the report as it came, without the message's text and what was read out of it", () =>
    Effect.gen(function* () {
      const vendor = vendors.find(({ plugin }) => plugin === "kannel")!
      const { path } = yield* newGateway(vendor.plugin, vendor.settings)
      yield* send(yield* requestOf(vendor, path, { at: 0 }))
      const { answer, ...fields } = JSON.parse((yield* arrived).reports[0]!.payload!)
      assert.strictEqual(
        answer,
        "id:12 sub:001 dlvrd:000 submit date:2611241200 done date:2611241201 stat:UNDELIV err:00B"
      )
      assert.sameMembers(Object.keys(fields), ["type", "fid", "id", "from", "to", "at", "meta"])
    })
  )

  it.effect("slow down a gateway that calls too often, in the way that it sends again", () =>
    Effect.gen(function* () {
      for (const [plugin, slowed] of [
        ["kannel", 503],
        ["sinch", 429]
      ] as const) {
        const pathSecrets = [...(vendors[0]!.settings.pathSecrets ?? [])]
        const settings = { callsPerSecond: 1, ...(plugin === "kannel" ? { pathSecrets } : { basic: ["LOGIN"] }) }
        const { path } = yield* newGateway(plugin, settings)
        const sent: Doors.Sent =
          plugin === "kannel"
            ? { path: `${path}/${pathSecret}?type=8&fid=1` }
            : {
                path,
                method: "POST",
                headers: { authorization: `Basic ${btoa("user:password")}` },
                body: JSON.stringify({ batch_id: "b", recipient: "48500100200", status: "Delivered", code: 0 })
              }
        const answers = yield* Effect.forEach(Array.from({ length: 40 }), () => send(sent), { concurrency: 40 })
        const statuses = answers.map(({ status }) => status)
        assert.includeMembers(statuses, [200, slowed])
        assert.deepStrictEqual([...new Set(statuses)].toSorted(), [200, slowed])
      }
      yield* arrived
    })
  )

  it.effect("find no gateway that is not there, and no path", () =>
    Effect.gen(function* () {
      for (const path of [
        "/sms/v1/dlr/nobody",
        "/sms/v1/dlr/nobody/x",
        "/sms/v1/dlr/a/b/c",
        "/sms/v1/dlr",
        "/",
        "/%E0%A4%A"
      ]) {
        assert.include([400, 404], (yield* send({ path })).status, path)
      }
      assert.strictEqual((yield* send({ path: "/healthz" })).status, 200)
      assert.strictEqual((yield* send({ path: "/readyz" })).status, 200)
    })
  )

  it.effect("keep what is odd within its bounds", () =>
    Effect.gen(function* () {
      const { path } = yield* newGateway("linkmobility", { pathSecrets: [...(vendors[0]!.settings.pathSecrets ?? [])] })
      const deep = `${'{"a":'.repeat(2_000)}1${"}".repeat(2_000)}`
      const body = `{"id":"${"i".repeat(9_000)}","resultCode":"\u0007${"9".repeat(900)}","customParameters":{"destination":"${"5".repeat(900)}","source":"${"s".repeat(900)}"},"deep":${deep}}`
      assert.strictEqual(
        (yield* send({ path: `${path}/${pathSecret}`, method: "POST", body: body.replace("\u0007", "\\u0007") }))
          .status,
        200
      )
      const { reports } = yield* arrived
      assert.strictEqual(reports.length, 1)
      assert.isTrue(reports[0]!.entry!.error.code.startsWith("\\x079"))
      yield* Schema.decodeUnknownEffect(Schema.toType(SmsIntake.SmsReport))(reports[0])
    })
  )
})
