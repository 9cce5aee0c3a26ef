import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Metric } from "effect"
import { HttpRouter, HttpServer, HttpServerResponse } from "effect/http"
import { Caller, recorded } from "../src/RequestLog.ts"
import { arrived, ask, faults, serve, taken } from "./DoorServer.ts"

const asker = { unitId: 7, name: "Sklep ERP", prefix: "ak_3fK2" }
const known = Effect.flatMap(Caller, ({ identify }) => identify(asker))
const ok = Effect.as(known, HttpServerResponse.jsonUnsafe({ ok: true }))

const Api = serve(
  Layer.mergeAll(
    HttpRouter.add("GET", "/orders", recorded(ok)),
    HttpRouter.add("GET", "/anonymous", recorded(Effect.succeed(HttpServerResponse.empty({ status: 401 })))),
    HttpRouter.add("GET", "/defect", recorded(Effect.andThen(known, Effect.die("a bug")))),
    HttpRouter.add("GET", "/failure", recorded(Effect.andThen(known, Effect.fail("a failure")))),
    HttpRouter.add("GET", "/slow", recorded(Effect.andThen(known, Effect.never))),
    HttpRouter.add("GET", "/door", recorded(ok, "refusals")),
    HttpRouter.add(
      "GET",
      "/door/shut",
      recorded(Effect.as(known, HttpServerResponse.empty({ status: 413 })), "refusals")
    )
  )
)

const rows = Effect.map(arrived, ({ own }) => own)
const isEmpty = Effect.map(taken, ({ own }) => own.length === 0)

layer(Api, { excludeTestServices: true })("a recorded request", (it) => {
  it.effect("is a row of the API log, without secrets, under the ID of its answer", () =>
    Effect.gen(function* () {
      const agent = "curl/8.9"
      const response = yield* ask("/orders?page=2&api_key=ak_3fK2secret", { headers: { "user-agent": agent } })
      assert.strictEqual(response.status, 200)
      const requestId = response.headers.get("x-request-id") ?? ""
      const [intake] = yield* rows
      assert.deepInclude(intake, { log: "api", unitId: 7, books: null })
      assert.lengthOf(intake?.entries ?? [], 1)
      const entry = intake?.entries[0]
      if (entry === undefined || !("apiKey" in entry)) return assert.fail("no entry of the API log")
      const { details, occurredAt, ...rest } = entry
      assert.deepStrictEqual<object>(rest, {
        itemId: requestId,
        url: "/orders?page=2&api_key=***",
        method: "GET",
        status: 200,
        apiKey: { name: asker.name, prefix: asker.prefix },
        ip: "127.0.0.1"
      })
      assert.deepInclude<object>(details, { requestId, userAgent: agent })
      assert.isAbove(details.processingMs, 0)
      assert.closeTo(occurredAt, Date.now(), 5_000)
      assert.match(requestId, /^[0-9a-f]{8}-[0-9a-f]{4}-7/)
    })
  )

  for (const [path, status] of [
    ["/defect", 500],
    ["/failure", 500],
    ["/door/shut", 413]
  ] as const) {
    it.effect(`is a row with its status: ${path}`, () =>
      Effect.gen(function* () {
        const response = yield* ask(path)
        assert.strictEqual(response.status, status)
        const [intake] = yield* rows
        assert.strictEqual(intake?.entries[0]?.itemId, response.headers.get("x-request-id"))
        assert.deepInclude(intake?.entries[0], { url: path, status })
      })
    )
  }

  it.effect("is no row when a door accepts it", () =>
    Effect.gen(function* () {
      const response = yield* ask("/door")
      assert.match(response.headers.get("x-request-id") ?? "", /-/)
      assert.isTrue(yield* isEmpty)
    })
  )

  it.effect("is counted and no row when it names no known key", () =>
    Effect.gen(function* () {
      yield* ask("/anonymous")
      assert.isTrue(yield* isEmpty)
      const counted = (yield* Metric.snapshot).find(({ id }) => id === "spoor_requests_unattributed_total")
      assert.deepInclude(counted, { attributes: { status: "401" } })
    })
  )

  it.effect("is a row with 499 when the client hangs up", () =>
    Effect.gen(function* () {
      const { address } = yield* HttpServer.HttpServer
      const signal = AbortSignal.timeout(100)
      const hungUp = yield* Effect.promise(() =>
        fetch(`${HttpServer.formatAddress(address)}/slow`, { signal }).then(
          () => false,
          () => true
        )
      )
      assert.isTrue(hungUp)
      assert.deepInclude((yield* rows)[0]?.entries[0], { url: "/slow", status: 499 })
    })
  )

  it.effect("is answered all the same while the queue takes nothing, or takes its time", () =>
    Effect.gen(function* () {
      yield* faults.failAppends(1, { reason: "full" })
      assert.strictEqual((yield* ask("/orders")).status, 200)
      assert.isTrue(yield* isEmpty)
      yield* faults.delay("2 seconds")
      const begun = performance.now()
      assert.strictEqual((yield* ask("/orders")).status, 200)
      assert.isBelow(performance.now() - begun, 1_000)
      yield* faults.delay(0)
      assert.lengthOf(yield* rows, 1)
    })
  )
})
