import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { assert, layer } from "@effect/vitest"
import { ActivityDoor, SegmentEventTable } from "@spoor/contracts"
import { heldServer } from "@spoor/contracts/server"
import { Ids } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { Effect, Layer } from "effect"
import { HttpServer } from "effect/http"
import * as Http from "../src/Http.ts"
import { EventTables } from "../src/door/EventTables.ts"
import { Keyring } from "../src/door/Keyring.ts"
import { TrackerFile } from "../src/door/TrackerFile.ts"

const faults = new Faults()
const place = { unitId: 1, siteId: Ids.SiteId.make("sklep") }
const key: Key = { ...place, sha256: "", kind: "browser", name: "Pages", prefix: "wk_good" }
const keys: ReadonlyMap<string, Key> = new Map([
  ["wk_good", key],
  ["sk_good", { ...key, kind: "server" }]
])

const Door = Http.serve(Http.doors).pipe(
  Layer.provide(Layer.succeed(Keyring, { find: (text) => Effect.succeed(keys.get(text) ?? null) })),
  Layer.provide(Layer.succeed(EventTables, { of: () => Effect.succeed(SegmentEventTable.make(null)) })),
  Layer.provide(TrackerFile.layer),
  Layer.provideMerge(Queue.layerMemory({ faults })),
  Layer.provideMerge(NodeHttpServer.layer(() => heldServer(), { port: 0, host: "127.0.0.1" }))
)

const ask = Effect.fnUntraced(function* (path: string, init: RequestInit = {}) {
  const { address } = yield* HttpServer.HttpServer
  const origin = HttpServer.formatAddress(address)
  return yield* Effect.promise(async () => {
    const response = await fetch(`${origin}${path}`, { redirect: "manual", ...init })
    return { status: response.status, headers: response.headers, text: await response.text() }
  })
})
const post = (body: string, headers: Record<string, string> = {}, path = "/v1/events") =>
  ask(path, { method: "POST", body, headers })

const event = { id: "e1", visitorId: "v1", type: "VisitOnWebsite" }
const batch = (more: object = {}) => JSON.stringify({ writeKey: "wk_good", events: [event], ...more })
const { writeKey: _, ...keyless } = JSON.parse(batch())

layer(Door, { excludeTestServices: true })("POST /v1/events", (it) => {
  const accepted: ReadonlyArray<readonly [string, string, Record<string, string>, string]> = [
    ["as a beacon sends it", batch(), { "content-type": "text/plain;charset=UTF-8" }, "/v1/events"],
    ["as JSON", batch(), { "content-type": "application/json" }, "/v1/events"],
    ["under a wrong content type", batch(), { "content-type": "application/x-www-form-urlencoded" }, "/v1/events"],
    ["with a trailing slash", batch(), {}, "/v1/events/"],
    ["with the key in the query", JSON.stringify(keyless), {}, "/v1/events?writeKey=wk_good"],
    ["with a bearer key", JSON.stringify(keyless), { authorization: "Bearer sk_good" }, "/v1/events"],
    ["with no event at all", batch({ events: [] }), {}, "/v1/events"]
  ]
  for (const [name, body, headers, path] of accepted) {
    it.effect(`takes a batch ${name}`, () =>
      Effect.gen(function* () {
        const answer = yield* post(body, headers, path)
        assert.strictEqual(answer.status, 200)
        assert.strictEqual(JSON.parse(answer.text).success, true)
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
      })
    )
  }

  const tooMany = batch({ events: Array.from({ length: ActivityDoor.eventsMax + 1 }, () => event) })
  const tooLarge = batch({ padding: "x".repeat(ActivityDoor.bytesMax) })
  const refused: ReadonlyArray<readonly [string, string, number, string]> = [
    ["text that is no JSON", "{", 400, "malformed"],
    ["JSON of another shape", "[]", 400, "malformed"],
    ["an empty body", "", 400, "malformed"],
    ["a batch without a key", JSON.stringify(keyless), 401, "unauthorized"],
    ["a batch with a wrong key", batch({ writeKey: "wk_bad" }), 401, "unauthorized"],
    ["too many events", tooMany, 413, "too-large"],
    ["too many bytes", tooLarge, 413, "too-large"]
  ]
  for (const [name, body, status, error] of refused) {
    it.effect(`refuses ${name} and says why`, () =>
      Effect.gen(function* () {
        const answer = yield* post(body)
        assert.strictEqual(answer.status, status)
        const refusal = JSON.parse(answer.text)
        assert.deepInclude(refusal, { success: false, error })
        assert.isNotEmpty(refusal.message)
        assert.match(refusal.requestId, /^[0-9a-f-]{36}$/)
      })
    )
  }

  it.effect("answers 503 and not 500 while the queue takes nothing, and takes the same batch again", () =>
    Effect.gen(function* () {
      yield* faults.failAppends(1, { reason: "full" })
      const answer = yield* post(batch())
      assert.strictEqual(answer.status, 503)
      assert.strictEqual(answer.headers.get("retry-after"), "2")
      assert.strictEqual((yield* post(batch())).status, 200)
    })
  )

  const preflights: ReadonlyArray<readonly [string, string]> = [
    ["/v1/events", "authorization,content-type"],
    ["/v1/t", "authorization,x-retry-count"],
    ["/v1/track", "anonymousid,authorization,content-type,sentat,rsa-retry-attempt,rsa-retry-reason"],
    ["/v1/batch", "rsa-recovered,rsa-since-first-attempt,rsa-since-last-attempt"],
    ["/sourceConfig/", "authorization"]
  ]
  for (const [path, headers] of preflights) {
    it.effect(`lets a page of any origin ask first whether it may send ${headers} to ${path}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask(path, {
          method: "OPTIONS",
          headers: {
            origin: "https://sklep.example",
            "access-control-request-method": "POST",
            "access-control-request-headers": headers
          }
        })
        assert.isBelow(answer.status, 300)
        assert.strictEqual(answer.headers.get("access-control-allow-origin"), "*")
        const allowed = (answer.headers.get("access-control-allow-headers") ?? "").split(",")
        assert.includeMembers(allowed, headers.split(","))
      })
    )
  }

  it.effect("lets a page read when to try again", () =>
    Effect.gen(function* () {
      const answer = yield* post(batch(), { origin: "https://sklep.example" })
      assert.include(answer.headers.get("access-control-expose-headers") ?? "", "retry-after")
    })
  )

  it.effect("serves the tracker once and then says it has not changed", () =>
    Effect.gen(function* () {
      const first = yield* ask("/tracker.js")
      assert.strictEqual(first.status, 200)
      assert.include(first.headers.get("content-type") ?? "", "javascript")
      const etag = first.headers.get("etag") ?? ""
      assert.strictEqual((yield* ask("/tracker.js", { headers: { "if-none-match": etag } })).status, 304)
    })
  )
})
