import { assert, describe, it } from "@effect/vitest"
import { Result, Schema, SchemaRepresentation } from "effect"
import * as Log from "../../src/log/Log.ts"
import * as LogJson from "../../src/log/LogJson.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }

/** *Source*: the tables of the product's contract. */
const contract: Record<Log.Log, ReadonlyArray<readonly [key: string, pl: string, en: string]>> = {
  panel: [
    ["id", "ID logu", "Log ID"],
    ["createdAt", "Utworzono", "Created"],
    ["url", "URL", "URL"],
    ["method", "Metoda", "Method"],
    ["status", "Status", "Status"],
    ["userEmail", "E-mail użytkownika", "User e-mail"],
    ["ip", "Adres IP", "IP address"],
    ["details", "Szczegóły", "Details"]
  ],
  activity: [
    ["id", "ID logu", "Log ID"],
    ["createdAt", "Utworzono", "Created"],
    ["visitorId", "ID odwiedzającego", "Visitor ID"],
    ["sessionId", "ID sesji", "Session ID"],
    ["type", "Typ zdarzenia", "Event type"],
    ["visitorEmail", "E-mail odwiedzającego", "Visitor e-mail"],
    ["sessionActive", "Aktywna sesja", "Active session"],
    ["details", "Szczegóły", "Details"]
  ],
  "session-events": [
    ["id", "ID logu", "Log ID"],
    ["createdAt", "Utworzono", "Created"],
    ["visitorId", "ID odwiedzającego", "Visitor ID"],
    ["type", "Typ zdarzenia", "Event type"],
    ["visitorEmail", "E-mail odwiedzającego", "Visitor e-mail"],
    ["details", "Szczegóły", "Details"]
  ],
  api: [
    ["id", "ID logu", "Log ID"],
    ["createdAt", "Utworzono", "Created"],
    ["url", "URL", "URL"],
    ["method", "Metoda", "Method"],
    ["status", "Status", "Status"],
    ["apiKey", "Klucz API", "API key"],
    ["ip", "Adres IP", "IP address"],
    ["details", "Szczegóły", "Details"]
  ],
  sms: [
    ["id", "ID logu", "Log ID"],
    ["createdAt", "Utworzono", "Created"],
    ["gateway", "Bramka", "Gateway"],
    ["sender", "Nadawca", "Sender"],
    ["phone", "Numer telefonu klienta", "Customer's phone number"],
    ["error", "Błąd", "Error"],
    ["details", "Szczegóły", "Details"]
  ]
}

describe.each(Log.Log.literals)("the %s log", (log) => {
  it("has the contract's columns in the contract's order, with both labels", () => {
    const columns = Log.columns[log].map(({ key, label }) => [key, label.pl, label.en] as const)
    assert.deepStrictEqual(columns, contract[log])
  })

  it("has every column in its rows", () => {
    const fields = Object.keys(Log.rows[log].fields)
    for (const { key } of Log.columns[log]) assert.include(fields, key)
  })

  it.prop(
    "gives each row back from its JSON",
    [Log.rows[log]],
    ([row]) => {
      const json: unknown = JSON.parse(JSON.stringify(Schema.encodeUnknownSync(Log.rows[log])(row)))
      const back = LogJson.decode(log, json)
      assert.isTrue(Result.isSuccess(back) && Schema.toEquivalence(Schema.toType(Log.rows[log]))(back.success, row))
    },
    options
  )

  it("describes its rows as JSON Schema that stands on its own", () => {
    const schema = Log.jsonSchema(log)
    const text = JSON.stringify(schema)
    const referred = [...text.matchAll(/"\$ref":"#\/\$defs\/([^"]+)"/g)].map(([, name = ""]) => name)
    assert.includeMembers(Object.keys(schema.$defs), referred)
    assert.include(referred, "LogId")
  })

  const described = SchemaRepresentation.fromJsonSchemaDocument(Schema.toJsonSchemaDocument(Log.rows[log]), {
    patterns: "apply"
  })
  const isDescribed = Schema.is(described)

  it.prop(
    "describes every row that it writes, and none that lacks a column",
    [Log.rows[log]],
    ([row]) => {
      const json = Schema.encodeUnknownSync(Log.rows[log])(row)
      assert.isTrue(isDescribed(json))
      for (const { key } of Log.columns[log]) {
        assert.isFalse(isDescribed(Object.fromEntries(Object.entries(json).filter(([name]) => name !== key))))
      }
    },
    options
  )
})

describe("LogJson.decode", () => {
  it("keeps a log ID that no JSON number could carry", () => {
    const row = LogJson.decode("api", apiRow)
    assert.strictEqual(Result.getOrThrow(row).id, "9007199254740993")
  })

  it.each([
    ["a number as the ID", { id: 9_007_199_254_740_992 }, "invalid", "/id"],
    ["a status that HTTP does not have", { status: 99 }, "invalid", "/status"],
    ["a local time", { createdAt: "today" }, "invalid", "/createdAt"],
    ["text that cannot be stored", { url: "/a\u0000" }, "unstorable-text", "/url"],
    ["an address that is too long", { url: "/".repeat(2_049) }, "too-large", "/url"],
    ["no request ID", { details: { processingMs: 1, userAgent: null } }, "missing", "/details/requestId"]
  ] as const)("refuses %s and points at it", (_, change, reason, pointer) => {
    assert.deepStrictEqual(LogJson.decode("api", { ...apiRow, ...change }), Result.fail({ reason, pointer }))
  })
})

const apiRow = {
  id: "9007199254740993",
  unitId: 1,
  createdAt: "2026-03-02T10:00:00.000Z",
  url: "/orders",
  method: "POST",
  status: 201,
  apiKey: { name: "Shop", prefix: "sk_live_4f" },
  ip: "203.0.113.7",
  details: { requestId: "req-1", processingMs: 12.5, userAgent: null }
}
