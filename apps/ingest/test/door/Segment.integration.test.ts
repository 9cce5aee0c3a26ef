import { assert, layer } from "@effect/vitest"
import { Intake, SegmentDoor, SegmentEventTable } from "@spoor/contracts"
import { lanes, Queue } from "@spoor/queue"
import { Effect, Layer, Schema } from "effect"
import { gzipSync } from "node:zlib"
import { EventTables } from "../../src/door/EventTables.ts"
import * as Segment from "../../src/door/Segment.ts"
import { ask, faults, serve } from "../DoorServer.ts"

const tables = Layer.succeed(EventTables, { of: () => Effect.succeed(SegmentEventTable.make(null)) })
const Door = serve(Segment.routes).pipe(Layer.provide(tables))

const basic = (key: string) => ({ authorization: `Basic ${Buffer.from(`${key}:`).toString("base64")}` })
const good = basic("wk_good")
const viewed = (messageId = "m1") => ({
  type: "track",
  event: "Product Viewed",
  messageId,
  anonymousId: "v1",
  properties: { product_id: "KUB-1", price: 19.99, currency: "PLN" }
})
const batch = (...calls: ReadonlyArray<unknown>) => JSON.stringify({ batch: calls })

const post = (path: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = good) =>
  ask(path, { method: "POST", body, headers })

/** The one intake that the last request left behind, as the worker reads it. */
const intake = Effect.gen(function* () {
  const queue = yield* Queue
  const waiting = yield* Effect.forEach(Array.from({ length: lanes.activity }).keys(), (lane) =>
    Effect.map(queue.depth("activity", { lane }), (depth) => depth.waiting)
  )
  assert.strictEqual(waiting.filter((count) => count > 0).length, 1)
  const lane = waiting.indexOf(1)
  const deliveries = yield* queue.take({ topic: "activity", lane, messagesMax: 10, bytesMax: 100_000_000 })
  yield* queue.acknowledge(deliveries)
  assert.lengthOf(deliveries, 1)
  yield* Schema.decodeEffect(Intake.IntakeFromText)(deliveries[0].body)
  return JSON.parse(deliveries[0].body)
})

layer(Door, { excludeTestServices: true })("the door for Segment's clients", (it) => {
  const paths = [
    ...["/v1/batch", "/v1/b", "/beacon/v1/batch"].map((path) => [path, batch(viewed())] as const),
    ...["/v1/t", "/v1/track"].map((path) => [path, JSON.stringify(viewed())] as const),
    ...["/v1/p", "/v1/page", "/v1/i", "/v1/identify"].map((path) => [path, JSON.stringify(viewed())] as const)
  ]
  for (const [path, body] of paths) {
    it.effect(`answers at ${path}, with a slash and without`, () =>
      Effect.gen(function* () {
        for (const address of [path, `${path}/`]) {
          const answer = yield* post(address, body)
          assert.strictEqual(answer.status, 200)
          assert.deepEqual(JSON.parse(answer.text), { success: true, stored: 1, duplicate: 0, rejected: 0, errors: [] })
          const { activities, ...books } = yield* intake
          assert.deepInclude(books, {
            unitId: 1,
            siteId: "sklep",
            door: "segment",
            rejections: [],
            identifications: []
          })
          assert.deepInclude(activities[0], {
            id: "m1",
            type: "VisitOnProductPage",
            product: { id: "KUB-1", price: 1999, currency: "PLN" }
          })
        }
      })
    )
  }

  for (const path of ["/v1/g", "/v1/a", "/v1/group", "/v1/alias", "/v1/screen"]) {
    it.effect(`keeps a call to ${path} as one of an unknown type, without its key`, () =>
      Effect.gen(function* () {
        const call = { messageId: "m1", anonymousId: "v1", writeKey: "wk_good", groupId: "g" }
        const answer = yield* post(path, JSON.stringify(call), {})
        assert.strictEqual(answer.status, 200)
        const { errors } = yield* Schema.decodeEffect(Schema.fromJsonString(SegmentDoor.Answer))(answer.text)
        assert.deepEqual(errors, [{ place: 0, messageId: "m1", reason: "unknown-type", pointer: "/type" }])
        const { rejections } = yield* intake
        assert.deepInclude(rejections[0], { reason: "unknown-type", pointer: "/type", place: 0 })
        assert.notInclude(rejections[0].item, "wk_good")
      })
    )
  }

  it.effect("lets a bad call harm only itself, and says which it was", () =>
    Effect.gen(function* () {
      const identify = { type: "identify", messageId: "m2", anonymousId: "v1", traits: { email: "anna@example.com" } }
      const answer = yield* post("/v1/batch", batch(viewed(), null, { ...identify, traits: {} }, identify, viewed()))
      assert.strictEqual(answer.status, 200)
      assert.deepEqual(JSON.parse(answer.text), {
        success: true,
        stored: 2,
        duplicate: 1,
        rejected: 2,
        errors: [
          { place: 1, reason: "malformed", pointer: "" },
          { place: 2, messageId: "m2", reason: "missing", pointer: "/traits/email" }
        ]
      })
      const { activities, identifications, duplicates, rejections } = yield* intake
      assert.deepEqual([activities.length, identifications.length, duplicates, rejections.length], [1, 1, 1, 2])
    })
  )

  const keyed: ReadonlyArray<readonly [string, string, Record<string, string>, string]> = [
    ["in Basic", "/v1/batch", good, "{}"],
    ["in Bearer", "/v1/batch", { authorization: "Bearer sk_good" }, "{}"],
    ["in the body", "/v1/batch", {}, '{"writeKey":"wk_good"}'],
    ["in the query", "/beacon/v1/batch?writeKey=wk_good", {}, "{}"]
  ]
  for (const [name, path, headers, more] of keyed) {
    it.effect(`finds a key ${name}`, () =>
      Effect.gen(function* () {
        const body = JSON.stringify({ ...JSON.parse(more), batch: [viewed()] })
        assert.strictEqual((yield* post(path, body, headers)).status, 200)
        yield* intake
      })
    )
  }

  const forms: ReadonlyArray<readonly [string, Uint8Array<ArrayBuffer>, Record<string, string>]> = [
    ["text", new TextEncoder().encode(batch(viewed())), { "content-type": "text/plain" }],
    [
      "a form of gzip",
      new Uint8Array(gzipSync(batch(viewed()))),
      { "content-type": "application/x-www-form-urlencoded", "content-encoding": "gzip" }
    ],
    ["gzip that nobody named", new Uint8Array(gzipSync(batch(viewed()))), {}]
  ]
  for (const [name, body, headers] of forms) {
    it.effect(`reads ${name} by its content`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* post("/v1/batch", body, { ...good, ...headers })).status, 200)
        assert.lengthOf((yield* intake).activities, 1)
      })
    )
  }

  it.effect("takes thousands of calls and megabytes in one request", () =>
    Effect.gen(function* () {
      const calls = Array.from({ length: 5_000 }, (_, index) => ({ ...viewed(`m${index}`), padding: "x".repeat(500) }))
      const answer = yield* post("/v1/batch", batch(...calls))
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(JSON.parse(answer.text).stored, 5_000)
      assert.lengthOf((yield* intake).activities, 5_000)
    })
  )

  const clock = "2026-11-24T10:00:00.000Z"
  for (const [name, body, headers] of [
    ["its body", { batch: [{ ...viewed(), timestamp: clock }], sentAt: clock }, {}],
    ["its header", { batch: [{ ...viewed(), timestamp: clock }] }, { sentat: clock }]
  ] as const) {
    it.effect(`corrects a clock by the time of sending in ${name}`, () =>
      Effect.gen(function* () {
        yield* post("/v1/batch", JSON.stringify(body), { ...good, ...headers })
        const { activities, receivedAt, sentAt } = yield* intake
        assert.strictEqual(sentAt, Date.parse(clock))
        assert.isBelow(Math.abs(activities[0].occurredAt - receivedAt), 300_000)
      })
    )
  }

  it.effect("does not lose a batch over a time of sending that cannot be read", () =>
    Effect.gen(function* () {
      const body = JSON.stringify({ batch: [viewed()], sentAt: "now", writeKey: 7 })
      assert.strictEqual((yield* post("/v1/batch", body)).status, 200)
      assert.isUndefined((yield* intake).sentAt)
    })
  )

  const tooMany = batch(...Array.from({ length: SegmentDoor.messagesMax + 1 }, () => 0))
  const refused: ReadonlyArray<readonly [string, string, string, Record<string, string>, number, string]> = [
    ["text that is no JSON", "/v1/batch", "{", good, 400, "malformed"],
    ["a list", "/v1/batch", "[]", good, 400, "malformed"],
    ["a batch that is none", "/v1/batch", '{"batch":{}}', good, 400, "malformed"],
    ["a call that is none", "/v1/t", "7", good, 400, "malformed"],
    ["an unknown key", "/v1/batch", batch(viewed()), basic("wk_bad"), 401, "unauthorized"],
    ["no key", "/v1/batch", batch(viewed()), {}, 401, "unauthorized"],
    ["too many calls", "/v1/batch", tooMany, good, 413, "too-large"],
    ["too many bytes", "/v1/batch", batch("x".repeat(SegmentDoor.bytesMax)), good, 413, "too-large"]
  ]
  for (const [name, path, body, headers, status, error] of refused) {
    it.effect(`refuses ${name} and says why`, () =>
      Effect.gen(function* () {
        const answer = yield* post(path, body, headers)
        assert.strictEqual(answer.status, status)
        assert.deepInclude(JSON.parse(answer.text), { success: false, error })
      })
    )
  }

  it.effect("answers 503 with a time in seconds while the queue takes nothing", () =>
    Effect.gen(function* () {
      yield* faults.failAppends(1, { reason: "full" })
      const answer = yield* post("/v1/batch", batch(viewed()))
      assert.strictEqual(answer.status, 503)
      assert.match(answer.headers.get("retry-after") ?? "", /^\d+$/)
      assert.strictEqual((yield* post("/v1/batch", batch(viewed()))).status, 200)
      yield* intake
    })
  )

  it.effect("tells analytics.js to send to where it asked", () =>
    Effect.gen(function* () {
      const answer = yield* ask("/v1/projects/wk_good/settings")
      assert.strictEqual(answer.status, 200)
      assert.strictEqual(answer.headers.get("cache-control"), "no-store")
      const { apiHost, protocol, apiKey } = JSON.parse(answer.text).integrations["Segment.io"]
      assert.match(apiHost, /^127\.0\.0\.1:\d+\/v1$/)
      assert.deepEqual([protocol, apiKey], ["http", "wk_good"])
      assert.strictEqual((yield* ask("/v1/projects/wk_good/settings/")).status, 200)
      assert.strictEqual((yield* ask("/v1/projects/wk_bad/settings")).status, 401)
    })
  )

  it.effect("names the address that a proxy in front was asked at", () =>
    Effect.gen(function* () {
      const headers = { "x-forwarded-host": "spoor.example, inner:4000", "x-forwarded-proto": "https, http" }
      const answer = yield* ask("/v1/projects/wk_good/settings", { headers })
      const { apiHost, protocol } = JSON.parse(answer.text).integrations["Segment.io"]
      assert.deepEqual([apiHost, protocol], ["spoor.example/v1", "https"])
    })
  )

  it.effect("gives RudderStack's client a source without destinations", () =>
    Effect.gen(function* () {
      for (const [path, headers] of [
        ["/sourceConfig/?p=npm&writeKey=wk_good", {}],
        ["/sourceConfig", good]
      ] as const) {
        const answer = yield* ask(path, { headers })
        assert.strictEqual(answer.status, 200)
        const { source } = JSON.parse(answer.text)
        assert.deepInclude(source, { id: "sklep", writeKey: "wk_good", enabled: true, destinations: [] })
      }
      assert.strictEqual((yield* ask("/sourceConfig", { headers: basic("wk_bad") })).status, 401)
    })
  )
})
