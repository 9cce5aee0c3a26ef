import { assert, it } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import { migrate, PostgresClient, Sites, WriteKeys } from "@spoor/postgres"
import { Topic } from "@spoor/queue"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Context, Effect, Exit, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { collector, spansOf } from "./Collector.ts"
import { parse, type Sample } from "./Exposition.ts"
import { ask, start, until } from "./Process.ts"

const writeKey = "wk_operators"
const siteId = Ids.SiteId.make("sklep")
/** None of this may leave the process to operators: in figures, traces or lines of the log. */
const secrets = ["anna.kowalska", "600700800", writeKey, "203.0.113.9", "tajny-parametr"]

const folder = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-operators-"))),
  (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
)

/** A database that can be stopped and started again where it was. */
const database = Effect.gen(function* () {
  const dataDirectory = join(yield* folder, "data")
  const port = yield* Program.freePort
  let running: Scope.Closeable | undefined
  const begin = Effect.gen(function* () {
    running = yield* Scope.make()
    const layer = EmbeddedPostgres.layer({ dataDirectory, port, isEphemeral: true })
    return Context.get(yield* Layer.buildWithScope(layer, running), EmbeddedPostgres).url
  })
  const stop = Effect.suspend(() => (running === undefined ? Effect.void : Scope.close(running, Exit.void)))
  yield* Effect.addFinalizer(() => stop)
  return { url: yield* begin, begin, stop }
})

const furnish = Effect.gen(function* () {
  yield* migrate
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  const sha256 = createHash("sha256").update(writeKey).digest("hex")
  const key = { unitId, siteId, sha256, name: "Sklep", prefix: "wk_op", publicKey: writeKey } as const
  yield* (yield* WriteKeys).add({ ...key, kind: "browser" })
})

const onConnection = <A, E>(url: Redacted.Redacted<string>, use: (sql: SqlClient.SqlClient) => Effect.Effect<A, E>) =>
  Effect.provide(Effect.flatMap(SqlClient.SqlClient, use), PostgresClient.layer({ url }))

/** A session is due; none of its visitors may be settled while somebody holds them. */
const setBack = (sql: SqlClient.SqlClient) => sql`update session set due_at = now() - interval '1 hour'`

const event = (id: string, more: object = {}) => ({ id, visitorId: "v1", type: "VisitOnWebsite", ...more })

const valueOf = (samples: ReadonlyArray<Sample>, name: string, labels: Record<string, string> = {}) =>
  samples.find(
    (sample) => sample.name === name && Object.entries(labels).every(([key, value]) => sample.labels[key] === value)
  )?.value

it.live(
  "an ingest process tells its operators the truth, and nothing of its visitors",
  () =>
    Effect.gen(function* () {
      const postgres = yield* database
      const { origin, of } = yield* collector
      const repositories = Layer.mergeAll(Sites.layer, WriteKeys.layer).pipe(
        Layer.provideMerge(PostgresClient.layer({ url: postgres.url }))
      )
      yield* Effect.provide(furnish, repositories)
      const home = yield* folder
      const house = yield* start({
        DATABASE_URL: Redacted.value(postgres.url),
        SPOOR_HOME: home,
        SPOOR_LOG_LEVEL: "debug",
        OTEL_EXPORTER_OTLP_ENDPOINT: `${origin}/`,
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=sklep%20z%20kubkami"
      })
      const { doors, operators } = house
      const scrape = Effect.map(ask(`${operators}/metrics`), ({ text }) => parse(text))

      // It lives and is ready.
      yield* until(ask(`${doors}/healthz`), ({ status }) => status === 200)
      for (const path of ["/readyz", "/readyz?role=doors", "/readyz?role=worker"]) {
        for (const server of [doors, operators]) {
          const { status, text } = yield* until(ask(server + path), (answer) => answer.status === 200)
          assert.deepStrictEqual([status, JSON.parse(text)], [200, { doors: "ready", worker: "ready" }])
        }
      }
      assert.strictEqual((yield* ask(`${doors}/readyz?role=cook`)).status, 404)
      assert.strictEqual((yield* ask(`${doors}/metrics`)).status, 404, "figures are no visitor's business")
      assert.strictEqual((yield* ask(`${operators}/v1/events`, { method: "POST", body: "{}" })).status, 404)

      // A batch, its verdicts and its trace.
      const email = "anna.kowalska@example.pl"
      const url = `https://shop.example/?tajny-parametr=1&email=${email}`
      const events = [event("a", { url, email }), event("b"), event("b"), { id: "c" }, event("d", { type: "Ping" })]
      const accepted = yield* ask(`${doors}/v1/events?tajny-parametr=1`, {
        method: "POST",
        headers: { "user-agent": "tajny-parametr", traceparent: `00-${"a".repeat(32)}-${"b".repeat(16)}-01` },
        body: JSON.stringify({ writeKey, sentAt: Date.now(), events })
      })
      assert.strictEqual(accepted.status, 200)
      yield* ask(`${doors}/customers/${email}?phone=600700800`)
      yield* ask(`${doors}/nowhere/${email}`, { method: "BREW" }).pipe(Effect.ignore)
      yield* ask(`${doors}/nowhere/${email}`)
      const written = yield* until(
        scrape,
        (samples) => valueOf(samples, "spoor_batches_written_total", { topic: "activity" }) === 1
      )
      const door = { door: "native" }
      const items = (labels: Record<string, string>) => valueOf(written, "spoor_items_total", { ...door, ...labels })
      assert.strictEqual(items({ verdict: "stored" }), 2)
      assert.strictEqual(items({ verdict: "duplicate" }), 1)
      assert.strictEqual(items({ verdict: "rejected", reason: "missing" }), 1)
      assert.strictEqual(items({ verdict: "rejected", reason: "unknown-type" }), 1)
      const requests = (labels: Record<string, string>) =>
        valueOf(written, "http_server_request_duration_seconds_count", labels)
      const posted = { http_route: "/v1/events", http_request_method: "POST", status_class: "2xx" }
      assert.strictEqual(requests(posted), 1)
      assert.strictEqual(requests({ http_route: "/customers/:id", status_class: "4xx" }), 1)
      assert.isAtLeast(requests({ http_route: "none", http_request_method: "GET", status_class: "4xx" }) ?? 0, 1)
      for (const topic of Topic.literals) {
        assert.strictEqual(valueOf(written, "spoor_dead_letters", { topic }), 0)
        for (const state of ["waiting", "taken"]) {
          assert.isDefined(valueOf(written, "spoor_queue_messages", { topic, state }))
        }
        assert.isAtLeast(valueOf(written, "spoor_queue_oldest_message_age_seconds", { topic }) ?? -1, 0)
        assert.isAtLeast(valueOf(written, "spoor_queue_used_ratio", {}) ?? -1, 0)
      }
      assert.strictEqual(valueOf(written, "spoor_batch_write_duration_seconds_count", { topic: "activity" }), 1)
      assert.strictEqual(valueOf(written, "spoor_source_up", { source: "database" }), 1)
      assert.strictEqual(valueOf(written, "spoor_webhook_messages_waiting"), 0)

      const requestId = accepted.headers.get("x-request-id") ?? assert.fail("no request ID")
      const traceId = requestId.replaceAll("-", "")
      const spans = Effect.sync(() => spansOf(of("/v1/traces")))
      const found = yield* until(spans, (known) =>
        known.some(({ links }) => links.some((link) => link.traceId === traceId))
      )
      const root = found.find((span) => span.traceId === traceId && span.parentSpanId === undefined)
      assert.strictEqual(root?.name, "POST /v1/events")
      const worker = found.find(({ links }) => links.some((link) => link.traceId === traceId))
      assert.deepInclude(worker?.links[0], { traceId, spanId: traceId.slice(16) })
      assert.strictEqual(root?.spanId, traceId.slice(16))
      assert.strictEqual(worker?.name, "Worker.writeBatches")
      assert.isTrue(found.some((span) => span.traceId === traceId && span.name === "Queue.append"))
      assert.isTrue(found.some((span) => span.traceId === worker?.traceId && span.name === "Settler.settle"))
      assert.strictEqual(of("/v1/traces")[0]?.headers["x-tenant"], "sklep z kubkami")

      // Outcomes: one came late by hours, and one is kept from being emitted.
      const past = Date.now() - 60 * 60_000
      const browsed = {
        type: "VisitOnProductPage",
        visitorId: "v2",
        at: past,
        product: { id: "KUB-1" }
      }
      const late = { writeKey, sentAt: Date.now(), events: [event("p", browsed)] }
      assert.strictEqual((yield* ask(`${doors}/v1/events`, { method: "POST", body: JSON.stringify(late) })).status, 200)
      const emitted = yield* until(
        scrape,
        (samples) => valueOf(samples, "spoor_outcome_emission_lag_seconds_count", { type: "AbandonedBrowse" }) === 1
      )
      assert.isAbove(valueOf(emitted, "spoor_outcome_emission_lag_seconds_sum") ?? 0, 600)
      assert.strictEqual(valueOf(emitted, "spoor_outcomes_overdue_sessions"), 0)
      const overdue = yield* onConnection(postgres.url, (sql) =>
        sql.withTransaction(
          Effect.gen(function* () {
            yield* sql`select 1 from visitor for update`
            yield* onConnection(postgres.url, (other) => setBack(other))
            return yield* until(scrape, (samples) => (valueOf(samples, "spoor_outcomes_overdue_sessions") ?? 0) > 0)
          })
        )
      )
      assert.closeTo(valueOf(overdue, "spoor_outcomes_overdue_age_seconds") ?? 0, 3_600, 60)

      // PostgreSQL goes away: the doors keep taking, and nobody who asks waits.
      yield* postgres.stop
      const away = yield* until(ask(`${doors}/readyz?role=worker`), ({ status }) => status === 503)
      assert.deepStrictEqual(JSON.parse(away.text), { doors: "ready", worker: "database does not answer" })
      assert.strictEqual((yield* ask(`${doors}/readyz`)).status, 200)
      assert.strictEqual((yield* ask(`${doors}/healthz`)).status, 200)
      const kept = yield* ask(`${doors}/v1/events`, {
        method: "POST",
        body: JSON.stringify({ writeKey, events: [event("e")] })
      })
      assert.strictEqual(kept.status, 200)
      const begun = performance.now()
      const blind = yield* until(scrape, (samples) => valueOf(samples, "spoor_source_up", { source: "database" }) === 0)
      assert.isBelow(performance.now() - begun, 5_000)
      assert.isUndefined(valueOf(blind, "spoor_outcomes_overdue_sessions"))
      assert.isUndefined(valueOf(blind, "spoor_dead_letters"))
      const waiting = yield* until(scrape, (samples) => {
        const messages = (state: string) => valueOf(samples, "spoor_queue_messages", { topic: "activity", state }) ?? 0
        return messages("waiting") + messages("taken") === 1
      })
      assert.isAtLeast(valueOf(waiting, "spoor_queue_oldest_message_age_seconds", { topic: "activity" }) ?? 0, 0)

      // It comes back.
      yield* postgres.begin
      yield* until(ask(`${operators}/readyz?role=worker`), ({ status }) => status === 200)
      yield* until(scrape, (samples) => valueOf(samples, "spoor_batches_written_total", { topic: "activity" }) === 2)

      yield* house.stop
      assert.isAbove(of("/v1/metrics").length, 0, "metrics are sent at the end too")
      const names = JSON.stringify(of("/v1/metrics").map(({ body }) => JSON.parse(body.toString())))
      for (const name of ["spoor_items_total", "spoor_queue_messages", "spoor-ingest"]) assert.include(names, name)

      // Who starts while PostgreSQL is away opens the doors to whom it knew before, or waits where it knew nobody.
      yield* postgres.stop
      const env = { DATABASE_URL: Redacted.value(postgres.url) }
      const known = yield* start({ ...env, SPOOR_HOME: home })
      const unknowing = yield* start({ ...env, SPOOR_HOME: yield* folder })
      yield* until(ask(`${known.doors}/readyz`), ({ status }) => status === 200)
      const blindly = { method: "POST", body: JSON.stringify({ writeKey, events: [event("f")] }) }
      assert.include((yield* ask(`${known.doors}/v1/events`, blindly)).text, '"stored":1')
      const told = Effect.sync(() => unknowing.output())
      assert.notInclude(yield* until(told, (text) => text.includes("this process waits")), "FATAL")
      assert.isTrue(Exit.isFailure(yield* Effect.exit(ask(`${unknowing.doors}/healthz`))))
      yield* postgres.begin
      yield* until(ask(`${unknowing.doors}/readyz`), ({ status }) => status === 200)
      yield* until(
        Effect.map(ask(`${known.operators}/metrics`), ({ text }) => parse(text)),
        (samples) => (valueOf(samples, "spoor_batches_written_total", { topic: "activity" }) ?? 0) > 0
      )

      const lines = house.output().trimEnd().split("\n")
      for (const line of lines) {
        const { level, message, time } = JSON.parse(line)
        assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
        assert.include(["debug", "info", "warn", "error"], level)
        assert.isNotEmpty(message)
      }
      assert.isTrue(lines.some((line) => line.includes("trying again")))
      for (const text of [house.output(), names, JSON.stringify(found), JSON.stringify(written)]) {
        for (const secret of secrets) {
          const at = text.indexOf(secret)
          assert.strictEqual(at, -1, text.slice(Math.max(0, at - 200), at + 100))
        }
      }
    }).pipe(Effect.scoped),
  120_000
)
