import { assert, layer } from "@effect/vitest"
import { Ids, LogJson } from "@spoor/domain"
import { CustomEvents } from "@spoor/postgres"
import { Effect, Result } from "effect"
import { SqlClient } from "effect/sql"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { Doors } from "../Doors.ts"
import { ask, openUnit, requests, taken } from "./Asking.ts"

interface Page {
  readonly rows: ReadonlyArray<{ readonly id: string; readonly url: string }>
  readonly nextCursor: string | null
}
const page = (key: string, query: string) => Effect.map(ask(`/v1/logs/api?${query}`, key), ({ json }): Page => json())

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("GET /v1/logs", (it) => {
  it.effect("gives every row once, page by page, while rows arrive above and below", () =>
    Effect.gen(function* () {
      const { unitId, apiKey } = yield* openUnit
      yield* requests(unitId, 500)
      const seen: Array<string> = []
      let turns = 0
      let cursor: string | null = ""
      while (cursor !== null) {
        const { rows, nextCursor }: Page = yield* page(apiKey, `limit=37&cursor=${cursor}`)
        seen.push(...rows.map(({ url }) => url))
        cursor = nextCursor
        // Above what was read, and far below what is yet to be read.
        yield* requests(unitId, 5, 1_000 + 10 * turns)
        turns += 1
      }
      assert.deepStrictEqual(
        seen,
        Array.from({ length: 500 }, (_, index) => `/orders/${499 - index}`)
      )
      assert.strictEqual(turns, Math.ceil(500 / 37))
    })
  )

  it.effect("takes a filter as parameters, as text, and as both", () =>
    Effect.gen(function* () {
      const { unitId, apiKey } = yield* openUnit
      yield* requests(unitId, 40)
      const urls = (query: string) => Effect.map(page(apiKey, query), ({ rows }) => rows.map(({ url }) => url))
      const found = ["/orders/30", "/orders/20", "/orders/10", "/orders/0"]
      assert.deepStrictEqual(yield* urls("status=4xx"), found)
      assert.deepStrictEqual(yield* urls("q=status%3A404"), found)
      assert.deepStrictEqual(yield* urls("q=status%3A404&-url=*30*"), found.slice(1))
      assert.deepStrictEqual(yield* urls("q=status%3A404&from=2026-09-21T14:13:23Z&to=2026-09-21T14:13:27Z"), [
        "/orders/20",
        "/orders/10"
      ])
      assert.lengthOf(yield* urls(""), 40)
      assert.lengthOf(yield* urls("url=%2Forders%2F*&limit=1000&tz="), 40)
    })
  )

  it.effect("gives rows of every log as the domain reads them, in a list and one by one", () =>
    Effect.gen(function* () {
      const { unitId, apiKey } = yield* openUnit
      const sql = yield* SqlClient.SqlClient
      yield* requests(unitId, 1)
      yield* sql`
        insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
        values (${unitId}, 'p', now(), '/settings', 'POST', 403, 12.5)`
      yield* sql`
        insert into sms_log (unit_id, item_id, occurred_at, gateway, error_code, error_text, protocol, permanence, category)
        values (${unitId}, 's', now(), 'SMSAPI', '405', 'Undelivered', 'http', 'permanent', 'unreachable')`
      for (const log of ["panel", "api", "sms"] as const) {
        const { rows } = (yield* ask(`/v1/logs/${log}`, apiKey)).json()
        assert.lengthOf(rows, 1)
        assert.isTrue(Result.isSuccess(LogJson.decode(log, rows[0])))
        assert.deepStrictEqual((yield* ask(`/v1/logs/${log}/${rows[0].id}`, apiKey)).json(), rows[0])
        assert.deepStrictEqual(
          (yield* ask(`/v1/logs/${log}?format=ndjson`, apiKey)).text,
          `${JSON.stringify(rows[0])}\n`
        )
      }
      for (const log of ["activity", "session-events"]) {
        assert.deepStrictEqual((yield* ask(`/v1/logs/${log}`, apiKey)).json(), { rows: [], nextCursor: null })
      }
    })
  )

  it.effect("shows a unit its own rows alone, whatever another one's cursors and IDs are", () =>
    Effect.gen(function* () {
      const [own, other] = yield* Effect.all([openUnit, openUnit])
      yield* requests(other.unitId, 100)
      yield* requests(own.unitId, 10)
      const theirs = yield* page(other.apiKey, "limit=20")
      assert.lengthOf((yield* page(own.apiKey, "")).rows, 10)
      const after = yield* page(own.apiKey, `cursor=${theirs.nextCursor}`)
      assert.isTrue(after.rows.every(({ url }) => Number(url.split("/")[2]) < 10))
      assert.strictEqual((yield* ask(`/v1/logs/api/${theirs.rows[0]!.id}`, own.apiKey)).status, 404)
      assert.strictEqual((yield* ask(`/v1/logs/api/${theirs.rows[0]!.id}`, other.apiKey)).status, 200)
      assert.notInclude((yield* ask("/v1/logs/api?format=ndjson", own.apiKey)).text, "/orders/99")
    })
  )

  const wrong: ReadonlyArray<readonly [query: string, parameter: string, reason: string, at: number]> = [
    ["status=abc", "status", "invalid-value", 0],
    ["status=404,abc", "status", "invalid-value", 4],
    ["-status=404,abc", "-status", "invalid-value", 4],
    ["q=status%3A404+status%3Aabc", "q", "invalid-value", 18],
    ["q=colour%3Ared", "q", "unknown-field", 0],
    ["q=%22open", "q", "quote", 0],
    ["colour=red", "colour", "unknown-parameter", 0],
    ["stauts=404", "stauts", "unknown-parameter", 0],
    ["status=*", "status", "wildcard", 0],
    ["range=today&from=2026-03-29", "range", "either-or", 0],
    ["q=range%3Atoday&from=2026-03-29", "q", "either-or", 6],
    ["-range=today", "-range", "negated", 0],
    ["from=yesterday", "from", "invalid-value", 0],
    ["from=2026-03-30&to=2026-03-29", "to", "empty-range", 0],
    ["tz=Europe/Warsaw", "tz", "without-range", 0],
    ["from=2026-03-30&tz=Mars/Base", "tz", "invalid-value", 0],
    ["limit=0", "limit", "invalid-value", 0],
    ["limit=1001", "limit", "invalid-value", 0],
    ["limit=ten", "limit", "invalid-value", 0],
    ["limit=1&limit=2", "limit", "repeated", 0],
    ["format=csv", "format", "invalid-value", 0],
    ["format=ndjson&limit=5", "limit", "invalid-value", 0],
    ["cursor=abc", "cursor", "invalid-value", 0],
    ["cursor=%00%FF", "cursor", "invalid-value", 0],
    [`cursor=${Buffer.from("sms.1790000000000.7").toString("base64url")}`, "cursor", "invalid-value", 0],
    [`cursor=${Buffer.from("api.-99999999999999.7").toString("base64url")}`, "cursor", "invalid-value", 0],
    [`cursor=${Buffer.from("api.0.9223372036854775808").toString("base64url")}`, "cursor", "invalid-value", 0],
    ["url=%00", "url", "invalid-value", 0],
    [`url=${"x".repeat(2_049)}`, "url", "invalid-value", 0]
  ]
  for (const [query, parameter, reason, at] of wrong) {
    it.effect(`says what is wrong with ?${query.slice(0, 60)}`, () =>
      Effect.gen(function* () {
        const { apiKey } = yield* unit
        const answer = yield* ask(`/v1/logs/api?${query}`, apiKey)
        assert.strictEqual(answer.status, 400, answer.text)
        const { success, error, message, fault } = answer.json()
        assert.deepStrictEqual([success, error], [false, "malformed"])
        assert.deepInclude(fault, { parameter, reason, at })
        assert.include(message, `"${parameter}"`)
      })
    )
  }
  // One for all of them: opening one waits for the keyring.
  const unit = Effect.runSync(Effect.cached(openUnit))

  const refused: ReadonlyArray<readonly [path: string, status: number, error: string]> = [
    ["/v1/logs/colours", 404, "not-found"],
    ["/v1/logs/api/1", 404, "not-found"],
    ["/v1/logs/api/0", 400, "malformed"],
    ["/v1/logs/api/9223372036854775808", 400, "malformed"],
    ["/v1/logs/api/%20x", 400, "malformed"],
    ["/v1/counters?from=2026-02-30", 400, "malformed"],
    ["/v1/counters?from=2020-01-01&to=2026-01-01", 400, "malformed"],
    ["/v1/counters?from=2026-03-02&to=2026-03-01", 400, "malformed"],
    ["/v1/counters?form=2026-03-02", 400, "malformed"],
    ["/v1/custom-events?name=a&name=b", 400, "malformed"],
    ["/v1/custom-events?name=%00", 400, "malformed"],
    ["/v1/custom-events?email=anna", 400, "malformed"]
  ]
  for (const [path, status, error] of refused) {
    it.effect(`answers ${status} to ${path}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask(path, (yield* unit).apiKey)
        assert.deepStrictEqual([answer.status, answer.json().error], [status, error])
      })
    )
  }

  it.effect("tells a missing key from one that may not read, and keeps the requests of known keys", () =>
    Effect.gen(function* () {
      const { unitId, apiKey, serverKey } = yield* openUnit
      const statuses: Array<number> = []
      for (const key of ["", "ak_unknown", serverKey, apiKey]) {
        const { status, headers } = yield* ask("/v1/logs/sms?phone=%2B48600700800", key, {
          "user-agent": "test"
        })
        statuses.push(status)
        assert.match(headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/)
        assert.strictEqual(headers.get("cache-control"), "no-store")
      }
      assert.deepStrictEqual(statuses, [401, 401, 403, 200])
      const rows = yield* taken
      assert.deepStrictEqual(
        rows.map((row) => [row.unitId, row.status, row.apiKey?.name]),
        [
          [unitId, 403, "Services"],
          [unitId, 200, "Platform"]
        ]
      )
      assert.notInclude(rows[1]!.url, "600700800")
    })
  )

  it.effect("gives custom events page by page, of the own unit alone", () =>
    Effect.gen(function* () {
      const [own, other] = yield* Effect.all([openUnit, openUnit])
      const { add } = yield* CustomEvents
      for (const { unitId } of [own, other]) {
        for (let index = 0; index < 60; index++) {
          yield* add(unitId, {
            itemId: `c${index}`,
            name: index === 7 ? "rare" : "opened",
            email: null,
            visitorId: Ids.VisitorId.make("v1"),
            occurredAt: 1_790_000_000_000 + Math.floor(index / 3),
            properties: { index, unitId }
          })
        }
      }
      const first = (yield* ask("/v1/custom-events?visitorId=v1", own.apiKey)).json()
      const second = (yield* ask(`/v1/custom-events?cursor=${first.nextCursor}`, own.apiKey)).json()
      const rows = [...first.rows, ...second.rows]
      assert.deepStrictEqual(
        rows.map(({ properties }) => properties),
        Array.from({ length: 60 }, (_, index) => ({ index: 59 - index, unitId: own.unitId }))
      )
      assert.isNull(second.nextCursor)
      const [rare, ...more] = (yield* ask("/v1/custom-events?name=rare", own.apiKey)).json().rows
      assert.deepStrictEqual([rare.id, more], ["c7", []])
    })
  )

  it.effect("counts what became of items, by day, of the own unit alone", () =>
    Effect.gen(function* () {
      const { unitId, siteId, apiKey } = yield* openUnit
      const other = yield* openUnit
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        insert into intake_count (unit_id, site_id, log, day, stored, duplicate, rejected) values
          (${unitId}, ${siteId}, 'sms', '2026-03-28', 3, 2, 1), (${unitId}, ${siteId}, 'activity', '2026-03-29', 7, 0, 0)`
      const asked = "/v1/counters?from=2026-03-28&to=2026-03-29"
      assert.deepStrictEqual((yield* ask(asked, apiKey)).json(), {
        counters: [
          { siteId, log: "activity", day: "2026-03-29", stored: 7, duplicate: 0, rejected: 0 },
          { siteId, log: "sms", day: "2026-03-28", stored: 3, duplicate: 2, rejected: 1 }
        ]
      })
      assert.deepStrictEqual((yield* ask(asked, other.apiKey)).json(), { counters: [] })
    })
  )

  it.effect(
    "streams 50,000 rows as NDJSON in flat memory, however slowly they are read",
    () =>
      Effect.gen(function* () {
        const { unitId, apiKey } = yield* openUnit
        // With an agent of a kilobyte the rows are 64 MB of text.
        yield* requests(unitId, 50_000, 0, "x".repeat(1_000))
        const { origin } = yield* Doors
        const { lines, bytes, growth } = yield* Effect.promise(async () => {
          const headers = { "x-api-key": apiKey, accept: "application/x-ndjson" }
          const response = await fetch(`${origin}/v1/logs/api`, { headers })
          assert.strictEqual(response.headers.get("content-type"), "application/x-ndjson")
          return drain(response.body!)
        })
        assert.strictEqual(lines, 50_000)
        assert.isAbove(bytes, 50_000_000)
        assert.isBelow(growth, 20_000_000)
      }),
    60_000
  )
})

/** Reads a stream to its end with pauses; `growth` is by how much the collected heap was larger at its largest. */
const drain = async (body: AsyncIterable<Uint8Array>) => {
  setFlagsFromString("--expose-gc")
  const collect: () => void = runInNewContext("gc")
  const used = async () => {
    collect()
    // What a buffer held is given back only after its collection, in a turn of its own.
    await new Promise((resolve) => setTimeout(resolve, 50))
    collect()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = await used()
  let [lines, bytes, growth, looked] = [0, 0, 0, 0]
  for await (const chunk of body) {
    bytes += chunk.length
    for (const byte of chunk) if (byte === 10) lines += 1
    if (bytes - looked < 8_000_000) continue
    looked = bytes
    // What is produced meanwhile must wait at the producer.
    growth = Math.max(growth, (await used()) - before)
  }
  return { lines, bytes, growth }
}
