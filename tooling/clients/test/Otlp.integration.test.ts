import { assert, layer } from "@effect/vitest"
import type { Place } from "@spoor/postgres"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import { fork } from "node:child_process"
import { join } from "node:path"
import * as FaultProxy from "../src/FaultProxy.ts"
import { House, type Shop } from "../src/House.ts"

/** A process with the real SDK and nothing but its settings; `end` lets it send what it still has. */
const openService = (settings: Record<string, string>) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const env = {
        ...process.env,
        OTEL_METRICS_EXPORTER: "none",
        OTEL_LOGS_EXPORTER: "none",
        OTEL_TRACES_EXPORTER: "otlp",
        OTEL_BSP_SCHEDULE_DELAY: "100",
        ...settings
      }
      const child = fork(join(import.meta.dirname, "service.ts"), {
        env,
        stdio: ["ignore", "ignore", "inherit", "ipc"]
      })
      const gone = new Promise<void>((done) => child.once("exit", () => done()))
      const port = await new Promise((told) => child.once("message", told))
      const end = Effect.promise(() => {
        child.send("end")
        return gone
      })
      return { child, origin: `http://127.0.0.1:${port}`, end }
    }),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

const rowsOf = Effect.fnUntraced(function* ({ unitId }: Place) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{
    readonly url: string
    readonly method: string
    readonly status: number
    readonly prefix: string | null
  }>`
    select url, method, status, key_prefix as prefix, ip, request_id as request, user_agent as agent
    from api_log where unit_id = ${unitId} order by id`
}, Effect.orDie)

/** Every export is a row too: once all of them and what they brought are there, nothing more will come. */
const untilWritten = (place: Place, served: number, exports: number) =>
  rowsOf(place).pipe(
    Effect.repeat({
      until: (rows) => {
        const own = rows.filter(({ url }) => url === "/v1/traces").length
        return own >= exports && rows.length >= own + served
      },
      schedule: Schedule.spaced("100 millis"),
      times: 200
    })
  )

const books = Effect.fnUntraced(function* ({ siteId, unitId }: Place) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly stored: number; readonly duplicate: number; readonly rejected: number }>`
    select sum(stored)::float8 as stored, sum(duplicate)::float8 as duplicate, sum(rejected)::float8 as rejected
    from intake_count where unit_id = ${unitId} and site_id = ${siteId} and log = 'api'`
  return rows[0]
}, Effect.orDie)

const call = (origin: string, requestId: string, method = "POST") =>
  Effect.promise(() =>
    fetch(`${origin}/orders?token=t`, {
      method,
      headers: { "x-api-key": "AK_0123456789", "x-request-id": requestId, "user-agent": "shop/1" }
    })
  )

/** Six calls, twelve served requests, behind these faults. */
const run = Effect.fnUntraced(function* (
  faults: ReadonlyArray<FaultProxy.Fault>,
  settings: (shop: Pick<Shop, "serverKey">, origin: string) => Record<string, string>
) {
  const { openShop, origin } = yield* House
  const shop = yield* openShop
  const proxy = yield* FaultProxy.open(origin, faults)
  const service = yield* openService(settings(shop, proxy.origin))
  yield* Effect.forEach(["q1", "q2", "q3", "q4", "q5"], (id) => call(service.origin, id))
  yield* call(service.origin, "q6", "GET")
  yield* service.end
  const heard = proxy.sent.filter(({ fault }) => fault === null || fault._tag === "slow" || isAfter(fault)).length
  const rows = yield* untilWritten(shop.place, 12, heard)
  return { proxy, shop, rows, served: rows.filter(({ url }) => url !== "/v1/traces") }
}, Effect.scoped)

const isAfter = (fault: FaultProxy.Fault) => fault._tag === "reset" && fault.when === "after"

const settings =
  (protocol: string, more: Record<string, string> = {}) =>
  ({ serverKey }: Pick<Shop, "serverKey">, origin: string) => ({
    OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${origin}/v1/traces`,
    OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_TRACES_HEADERS: `x-write-key=${serverKey}`,
    ...more
  })

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("OpenTelemetry's SDK", (it) => {
  type Trial = readonly [string, ReadonlyArray<FaultProxy.Fault>, Record<string, string>]
  const encodings: ReadonlyArray<Trial> = [
    ["with nothing in its way", [], {}],
    ["compressed", [], { OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: "gzip" }],
    ["a 429 that says when to come again", [{ _tag: "refuse", status: 429, retryAfter: 1 }], {}],
    ["a connection that breaks after the door answered", [{ _tag: "reset", when: "after" }], {}]
  ]
  // What the encoding does not change.
  const others: ReadonlyArray<Trial> = [
    ["a 503", [{ _tag: "refuse", status: 503, retryAfter: 1 }], {}],
    ["a 503 that says nothing", [{ _tag: "refuse", status: 503 }], {}],
    ["a connection that breaks before the door hears of it", [{ _tag: "reset", when: "before" }], {}],
    ["an answer slower than it waits", [{ _tag: "slow", delay: 1_500 }], { OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: "1000" }]
  ]
  for (const [protocol, trials] of [
    ["http/json", encodings],
    ["http/protobuf", [...encodings, ...others]]
  ] as const) {
    for (const [name, given, more] of trials) {
      it.effect(
        `logs each served request exactly once over ${protocol}: ${name}`,
        () =>
          Effect.gen(function* () {
            const { proxy, served, shop } = yield* run(given, settings(protocol, more))
            assert.deepStrictEqual(served.map(({ method, status, url }) => `${method} ${url} ${status}`).toSorted(), [
              ...Array.from({ length: 6 }, () => "GET /inner 200"),
              "GET /orders 404",
              ...Array.from({ length: 5 }, () => "POST /orders 201")
            ])
            const { duplicate = 0, rejected, stored } = (yield* books(shop.place)) ?? {}
            assert.deepStrictEqual({ rejected, stored }, { rejected: 0, stored: 12 })
            const isDoubled = given.some(isAfter)
            assert.strictEqual(duplicate > 0, isDoubled)
            assert.isAbove(
              proxy.sent.length,
              given.length - (more["OTEL_EXPORTER_OTLP_TRACES_TIMEOUT"] === undefined ? 0 : 1)
            )
            assert.isTrue(proxy.sent.every(({ headers }) => headers["transfer-encoding"] === "chunked"))
          }),
        { concurrent: true, timeout: 60_000 }
      )
    }
  }

  const conventions = [
    ["its own names", {}],
    ["stable names", { OTEL_SEMCONV_STABILITY_OPT_IN: "http" }],
    ["both", { OTEL_SEMCONV_STABILITY_OPT_IN: "http/dup" }]
  ] as const
  for (const [names, more] of conventions) {
    it.effect(
      `says who asked, of what and with which key, under ${names}`,
      () =>
        Effect.gen(function* () {
          const { rows, served } = yield* run([], settings("http/protobuf", more))
          assert.deepStrictEqual<ReadonlyArray<object>>(
            served.filter(({ url, method }) => url === "/orders" && method === "GET"),
            [
              {
                url: "/orders",
                method: "GET",
                status: 404,
                prefix: "AK_012",
                ip: "127.0.0.1",
                request: "q6",
                agent: "shop/1"
              }
            ]
          )
          assert.notInclude(JSON.stringify(rows), "0123456789")
          assert.notInclude(JSON.stringify(rows), "token=t")
        }),
      { concurrent: true, timeout: 60_000 }
    )
  }

  it.effect(
    "may send its key as a bearer's",
    () =>
      Effect.gen(function* () {
        const { served } = yield* run([], ({ serverKey }, origin) => ({
          OTEL_EXPORTER_OTLP_ENDPOINT: origin,
          OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
          OTEL_EXPORTER_OTLP_HEADERS: `Authorization=Bearer%20${serverKey}`
        }))
        assert.lengthOf(served, 12)
      }),
    { concurrent: true, timeout: 60_000 }
  )

  it.effect(
    "has its batch refused for good when its key is wrong",
    () =>
      Effect.gen(function* () {
        const { openShop, origin } = yield* House
        const { place } = yield* openShop
        const proxy = yield* FaultProxy.open(origin)
        const service = yield* openService(
          settings("http/protobuf", {
            OTEL_EXPORTER_OTLP_TRACES_HEADERS: "x-write-key=sk_wrong"
          })({ serverKey: "" }, proxy.origin)
        )
        yield* call(service.origin, "q1")
        yield* service.end
        assert.isAbove(proxy.sent.length, 0)
        assert.isEmpty(yield* rowsOf(place))
      }).pipe(Effect.scoped),
    { concurrent: true, timeout: 60_000 }
  )
})
