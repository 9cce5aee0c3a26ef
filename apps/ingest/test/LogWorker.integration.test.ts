import { assert, layer } from "@effect/vitest"
import { Intake, LogEntry } from "@spoor/contracts"
import { Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogWriter,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites
} from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Result, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { LogWorker } from "../src/LogWorker.ts"

const receivedAt = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")
const faults = new Faults()

const repositories = Layer.mergeAll(
  Activities.layer,
  DeadLetters.layer,
  Identifications.layer,
  Intakes.layer,
  LogWriter.layer,
  RejectedItems.layer,
  ReportedOrders.layer,
  SessionEvents.layer,
  Sessions.layer,
  Sites.layer
)
const Everything = LogWorker.layer.pipe(
  Layer.provideMerge(Queue.layerMemory({ faults, ackWait: "200 millis" })),
  Layer.provideMerge(repositories),
  Layer.provideMerge(TestDatabase.layer)
)

const newUnit = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return unitId
})

const arrival = { receivedAt }
const api = (id: string, more: object = {}) =>
  Result.getOrThrow(
    LogEntry.fromApi({ id, url: "/orders", method: "POST", status: 201, processingMs: 1.5, ...more }, arrival)
  )
const panel = (id: string, more: object = {}) =>
  Result.getOrThrow(
    LogEntry.fromPanel({ id, url: "/", method: "GET", status: 200, processingMs: 0.125, ...more }, arrival)
  )
const sms = (id: string, more: object = {}) =>
  Result.getOrThrow(
    LogEntry.fromSms({ id, gateway: "SMSAPI", kind: "smsapi", codes: { status: "405" }, ...more }, arrival)
  )
const books = { siteId, receivedAt, duplicates: 0, rejections: [] }

const append = Effect.fnUntraced(function* (id: string, intake: Intake.LogIntake) {
  const body = yield* Schema.encodeEffect(Intake.LogIntakeFromText)(intake)
  yield* (yield* Queue).append([{ id, topic: "log", body }])
})
const send = Effect.fnUntraced(function* (id: string, intake: Intake.LogIntake) {
  yield* append(id, intake)
  return yield* (yield* LogWorker).once
})
const itemsOf = Effect.fnUntraced(function* (unitId: number, table: "api_log" | "panel_log" | "sms_log") {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: string }>`
    select item_id as id from ${sql(table)} where unit_id = ${unitId} order by id`
  return rows.map(({ id }) => id)
})
const isDrained = Effect.gen(function* () {
  const { taken, waiting } = yield* (yield* Queue).depth("log")
  return taken + waiting === 0
})

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("LogWorker", (it) => {
  it.effect("writes every field of the API log", () =>
    Effect.gen(function* () {
      const unitId = yield* newUnit
      const more = {
        apiKey: { name: "ERP", prefix: "ak_1" },
        ip: "::1",
        userAgent: "curl",
        requestId: "q",
        at: receivedAt - 7
      }
      yield* send("a1", { log: "api", unitId, books, entries: [api("full", more), api("bare")] })
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select item_id, occurred_at, url, method, status, key_name, key_prefix, ip, request_id, processing_ms, user_agent
        from api_log where unit_id = ${unitId} order by item_id desc`
      const request = { url: "/orders", method: "POST", status: 201, processing_ms: 1.5 }
      assert.deepStrictEqual(rows, [
        {
          ...request,
          item_id: "full",
          occurred_at: new Date(receivedAt - 7),
          key_name: "ERP",
          key_prefix: "ak_1",
          ip: "::1",
          request_id: "q",
          user_agent: "curl"
        },
        {
          ...request,
          item_id: "bare",
          occurred_at: new Date(receivedAt),
          key_name: null,
          key_prefix: null,
          ip: null,
          request_id: "bare",
          user_agent: null
        }
      ])
    })
  )

  it.effect("writes every field of the panel log", () =>
    Effect.gen(function* () {
      const unitId = yield* newUnit
      const more = { userEmail: "anna@sklep.pl", userId: "7", ip: "10.0.0.1", userAgent: "Firefox", requestId: "q" }
      yield* send("p1", { log: "panel", unitId, books, entries: [panel("full", more), panel("bare")] })
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(
        yield* sql`
          select item_id, url, method, status, user_email, user_id, ip, request_id, processing_ms, user_agent
          from panel_log where unit_id = ${unitId} order by item_id desc`,
        [
          {
            item_id: "full",
            url: "/",
            method: "GET",
            status: 200,
            user_email: "anna@sklep.pl",
            user_id: "7",
            ip: "10.0.0.1",
            request_id: "q",
            processing_ms: 0.125,
            user_agent: "Firefox"
          },
          {
            item_id: "bare",
            url: "/",
            method: "GET",
            status: 200,
            user_email: null,
            user_id: null,
            ip: null,
            request_id: null,
            processing_ms: 0.125,
            user_agent: null
          }
        ]
      )
    })
  )

  it.effect("writes every field of the SMS log", () =>
    Effect.gen(function* () {
      const unitId = yield* newUnit
      const more = {
        sender: "Sklep",
        phone: "+48 500 100 200",
        text: "Błędny numer",
        protocol: "smpp",
        messageId: "M1",
        payload: "id:M1 stat:UNDELIV",
        reportedAt: receivedAt - 1
      }
      yield* send("s1", { log: "sms", unitId, books, entries: [sms("full", more), sms("odd", { phone: "500" })] })
      const sql = yield* SqlClient.SqlClient
      const rows = yield* sql`
        select item_id, gateway, sender, phone, error_code, error_text, raw_code, payload, raw_phone, protocol, message_id,
          permanence, category, reported_at
        from sms_log where unit_id = ${unitId} order by item_id`
      const meaning = { gateway: "SMSAPI", error_code: "405", permanence: "permanent", category: "unreachable" }
      assert.deepStrictEqual(rows, [
        {
          ...meaning,
          item_id: "full",
          sender: "Sklep",
          phone: "+48500100200",
          raw_phone: null,
          error_text: "Błędny numer",
          raw_code: "status:405",
          payload: "id:M1 stat:UNDELIV",
          protocol: "smpp",
          message_id: "M1",
          reported_at: new Date(receivedAt - 1)
        },
        {
          ...meaning,
          item_id: "odd",
          sender: null,
          phone: null,
          raw_phone: "500",
          error_text: "UNDELIVERED",
          raw_code: "status:405",
          payload: null,
          protocol: "http",
          message_id: null,
          reported_at: null
        }
      ])
    })
  )

  it.effect("counts sent = stored + duplicate + rejected for each log, and a batch that comes again not at all", () =>
    Effect.gen(function* () {
      const unitId = yield* newUnit
      const place = { unitId, siteId }
      const rejections = [{ place: 0, reason: "missing" as const, pointer: "/id", item: "{}" }]
      const first: Intake.LogIntake = {
        log: "api",
        unitId,
        entries: [api("1"), api("2")],
        books: { ...books, sentAt: receivedAt - 5, duplicates: 1, rejections }
      }
      yield* faults.loseAcknowledgements(1)
      yield* send("c1", first)
      assert.isFalse(yield* isDrained)
      assert.strictEqual(yield* (yield* LogWorker).once, 1)
      assert.isTrue(yield* isDrained)
      yield* send("c1", first)
      yield* send("c2", { log: "api", unitId, books, entries: [api("2"), api("3")] })
      yield* send("c3", { log: "panel", unitId, books, entries: [panel("2")] })

      const { totals } = yield* Intakes
      assert.deepStrictEqual(yield* totals(place, "api"), { stored: 3, duplicate: 2, rejected: 1 })
      assert.deepStrictEqual(yield* totals(place, "panel"), { stored: 1, duplicate: 0, rejected: 0 })
      assert.deepStrictEqual(yield* totals(place, "sms"), { stored: 0, duplicate: 0, rejected: 0 })
      const sql = yield* SqlClient.SqlClient
      assert.deepStrictEqual(
        yield* sql`select door, reason, pointer, item, sent_at from rejected_item where unit_id = ${unitId}`,
        [{ door: "logs/api", reason: "missing", pointer: "/id", item: "{}", sent_at: new Date(receivedAt - 5) }]
      )
    })
  )

  it.effect("writes what came in one round for many units, sites and logs", () =>
    Effect.gen(function* () {
      const [one, other] = [yield* newUnit, yield* newUnit]
      const secondSite = Ids.SiteId.make("outlet")
      yield* append("m1", { log: "api", unitId: one, books, entries: [api("1")] })
      yield* append("m2", { log: "api", unitId: other, books, entries: [api("1")] })
      yield* append("m3", { log: "sms", unitId: one, books, entries: [sms("1")] })
      yield* append("m4", {
        log: "api",
        unitId: one,
        books: { ...books, siteId: secondSite },
        entries: [api("1"), api("4")]
      })
      yield* append("m5", { log: "api", unitId: one, books: null, entries: [api("own")] })
      assert.strictEqual(yield* (yield* LogWorker).once, 5)
      assert.deepStrictEqual(yield* itemsOf(one, "api_log"), ["1", "4", "own"])
      assert.deepStrictEqual(yield* itemsOf(other, "api_log"), ["1"])
      assert.deepStrictEqual(yield* itemsOf(one, "sms_log"), ["1"])
      const { totals } = yield* Intakes
      assert.deepStrictEqual(yield* totals({ unitId: one, siteId }, "api"), { stored: 1, duplicate: 0, rejected: 0 })
      assert.deepStrictEqual(yield* totals({ unitId: one, siteId: secondSite }, "api"), {
        stored: 1,
        duplicate: 1,
        rejected: 0
      })
    })
  )

  it.effect("tries again what it cannot write, and writes all others", () =>
    Effect.gen(function* () {
      const unitId = yield* newUnit
      const queue = yield* Queue
      yield* append("g1", { log: "api", unitId, books, entries: [api("1")] })
      yield* queue.append([{ id: "no intake", topic: "log", body: "{}" }])
      // A number that fits the schema and no column of PostgreSQL's.
      const wild = { log: "api", unitId: 2 ** 40, books, entries: [api("x")] } as const
      yield* append("wild", wild)
      const sql = yield* SqlClient.SqlClient
      yield* sql`alter table api_log add constraint no_teapots check (status <> 418)`
      yield* append("teapot", { log: "api", unitId, books, entries: [api("2"), api("tea", { status: 418 })] })
      yield* append("g2", { log: "api", unitId, books, entries: [api("3")] })
      assert.strictEqual(yield* (yield* LogWorker).once, 2)
      assert.deepStrictEqual(yield* itemsOf(unitId, "api_log"), ["1", "3"])
      const { totals } = yield* Intakes
      assert.deepStrictEqual(yield* totals({ unitId, siteId }, "api"), { stored: 2, duplicate: 0, rejected: 0 })

      yield* sql`alter table api_log drop constraint no_teapots`
      // Each comes again after its own pause.
      const { once } = yield* LogWorker
      assert.strictEqual(yield* Effect.repeat(once, { until: (written) => written > 0 }), 1)
      assert.deepStrictEqual(yield* itemsOf(unitId, "api_log"), ["1", "2", "3", "tea"])
      assert.deepStrictEqual(yield* totals({ unitId, siteId }, "api"), { stored: 4, duplicate: 0, rejected: 0 })
      assert.strictEqual((yield* queue.depth("log")).taken + (yield* queue.depth("log")).waiting, 2)
    })
  )
})
