import { assert, layer } from "@effect/vitest"
import { LogDoor } from "@spoor/contracts"
import { Effect } from "effect"
import { gzipSync } from "node:zlib"
import * as LogRoutes from "../../src/door/LogRoutes.ts"
import { ask, faults, serve, taken } from "../DoorServer.ts"

const good = { authorization: "Bearer sk_good" }
type Body = NonNullable<RequestInit["body"]>

const post = (log: string, body: Body, headers: Record<string, string> = good) =>
  ask(`/v1/logs/${log}`, { method: "POST", body, headers })
const send = (log: string, items: ReadonlyArray<unknown>, more: object = {}) =>
  post(log, JSON.stringify({ ...more, items }))

const request = { id: "r1", url: "/orders?token=t", method: "POST", status: 201, processingMs: 7 }
const message = { id: "m1", gateway: "SMSAPI", kind: "smsapi", codes: { status: "405" } }
const items = { api: request, panel: { ...request, userEmail: "anna@sklep.pl" }, sms: message }

layer(serve(LogRoutes.layer), { excludeTestServices: true })("POST /v1/logs", (it) => {
  for (const [log, item] of Object.entries(items)) {
    it.effect(`takes rows of the log ${log}, and is a row itself`, () =>
      Effect.gen(function* () {
        const answer = yield* send(log, [item, item, { ...item, id: "" }, { ...item, id: "2" }])
        assert.strictEqual(answer.status, 200)
        assert.deepStrictEqual(JSON.parse(answer.text), {
          success: true,
          stored: 2,
          duplicate: 1,
          rejected: 1,
          verdicts: [
            { id: item.id, verdict: "stored" },
            { id: item.id, verdict: "duplicate" },
            { id: "", verdict: "rejected", reason: "invalid", pointer: "/id" },
            { id: "2", verdict: "stored" }
          ]
        })
        const { own, sent } = yield* taken
        assert.lengthOf(sent, 1)
        assert.deepInclude<object | null | undefined>(sent[0], { log, unitId: 1 })
        assert.deepInclude<object | null | undefined>(sent[0]?.books, { siteId: "sklep", duplicates: 1 })
        assert.deepStrictEqual(
          sent[0]?.entries.map(({ itemId }) => itemId),
          [item.id, "2"]
        )
        assert.lengthOf(sent[0]?.books?.rejections ?? [], 1)
        assert.notInclude(JSON.stringify(sent), "token=t")
        assert.deepInclude<object | undefined>(own[0]?.entries[0], {
          itemId: answer.headers.get("x-request-id"),
          url: `/v1/logs/${log}`,
          status: 200,
          apiKey: { name: "Services", prefix: "sk_g" }
        })
      })
    )
  }

  it.effect("rejects what the gateway's codes call no failure, and keeps its siblings", () =>
    Effect.gen(function* () {
      const answer = yield* send("sms", [
        { ...message, codes: { status: "404" } },
        { ...message, id: "m2" },
        null,
        7,
        "x"
      ])
      assert.deepStrictEqual(JSON.parse(answer.text).verdicts, [
        { id: "m1", verdict: "rejected", reason: "invalid", pointer: "/codes" },
        { id: "m2", verdict: "stored" },
        ...Array.from({ length: 3 }, () => ({ verdict: "rejected", reason: "malformed", pointer: "" }))
      ])
      yield* taken
    })
  )

  it.effect("corrects the times of a wrong clock by sentAt", () =>
    Effect.gen(function* () {
      const sentAt = Date.now() + 3 * 3_600_000
      yield* send("api", [{ ...request, at: sentAt - 60_000 }], { sentAt })
      const { sent } = yield* taken
      assert.closeTo(sent[0]?.entries[0]?.occurredAt ?? 0, Date.now() - 60_000, 10_000)
      assert.strictEqual(sent[0]?.books?.sentAt, sentAt)
    })
  )

  const body = JSON.stringify({ items: [request] })
  const accepted: ReadonlyArray<readonly [string, Body, Record<string, string>]> = [
    ["compressed", gzipSync(body), { ...good, "content-encoding": "gzip" }],
    ["under a wrong content type", body, { ...good, "content-type": "application/x-www-form-urlencoded" }],
    ["with Basic authorization", body, { authorization: `Basic ${btoa("sk_good:")}` }],
    ["with a header of its own for the key", body, { "x-write-key": "sk_good" }],
    ["that has no items", '{"items":[]}', good]
  ]
  for (const [name, sent, headers] of accepted) {
    it.effect(`takes a batch ${name}`, () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* post("api", sent, headers)).status, 200)
        yield* taken
      })
    )
  }

  const many = JSON.stringify({ items: Array.from({ length: LogDoor.itemsMax + 1 }, () => 1) })
  const refused: ReadonlyArray<readonly [string, string, Record<string, string>, number, string, boolean]> = [
    ["text that is no JSON", "{", good, 400, "malformed", true],
    ["JSON of another shape", '{"items":{}}', good, 400, "malformed", true],
    ["a batch without a key", body, {}, 401, "unauthorized", false],
    ["a batch with a wrong key", body, { authorization: "Bearer sk_bad" }, 401, "unauthorized", false],
    ["a key that stands in pages", body, { authorization: "Bearer wk_good" }, 403, "forbidden", true],
    ["too many items", many, good, 413, "too-large", true],
    ["too many bytes", " ".repeat(LogDoor.bytesMax + 1), good, 413, "too-large", true],
    ["an unknown encoding", body, { ...good, "content-encoding": "zstd" }, 415, "unsupported-encoding", true]
  ]
  for (const [name, sent, headers, status, error, isRow] of refused) {
    it.effect(`refuses ${name}, says why, and ${isRow ? "is" : "has no unit to be"} a row`, () =>
      Effect.gen(function* () {
        const answer = yield* post("api", sent, headers)
        assert.strictEqual(answer.status, status)
        const refusal = JSON.parse(answer.text)
        assert.deepInclude(refusal, { success: false, error })
        assert.strictEqual(answer.headers.get("x-request-id"), refusal.requestId)
        const log = yield* taken
        assert.isEmpty(log.sent)
        assert.deepStrictEqual(
          log.own.map(({ entries: [entry] }) => [entry?.itemId, entry && "status" in entry && entry.status]),
          isRow ? [[refusal.requestId, status]] : []
        )
      })
    )
  }

  const elsewhere: ReadonlyArray<readonly [string, string, number]> = [
    ["PUT", "/v1/logs/api", 405],
    ["DELETE", "/v1/logs/sms/", 405],
    ["POST", "/v1/logs/activity", 404],
    ["GET", "/v1/logs", 404],
    ["POST", "/v1/logs/api?writeKey=sk_good", 401]
  ]
  for (const [method, path, status] of elsewhere) {
    it.effect(`answers ${status} to ${method} ${path}`, () =>
      Effect.gen(function* () {
        const answer = yield* ask(path, { method, ...(status !== 401 && { headers: good }) })
        assert.strictEqual(answer.status, status)
        assert.strictEqual(answer.headers.get("allow"), status === 405 ? "POST" : null)
        const { own } = yield* taken
        assert.strictEqual(own.length, status === 401 ? 0 : 1)
        if (own[0] !== undefined) assert.deepInclude<object | undefined>(own[0].entries[0], { status, method })
      })
    )
  }

  it.effect("answers 503 and not 500 while the queue takes nothing, and takes the same batch again", () =>
    Effect.gen(function* () {
      yield* faults.failAppends(1, { reason: "full" })
      const answer = yield* send("api", [request])
      assert.strictEqual(answer.status, 503)
      assert.strictEqual(answer.headers.get("retry-after"), "2")
      assert.strictEqual((yield* send("api", [request])).status, 200)
      const { own, sent } = yield* taken
      assert.lengthOf(sent, 1)
      assert.lengthOf(own, 2)
    })
  )

  it.effect("rejects an item that is nested too deeply to be written, and keeps its siblings", () =>
    Effect.gen(function* () {
      const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`
      const answer = yield* post("api", `{"items":[{"deep":${deep}},${JSON.stringify(request)}]}`)
      assert.strictEqual(answer.status, 200)
      assert.deepInclude(JSON.parse(answer.text), { stored: 1, rejected: 1 })
      yield* taken
    })
  )
})
