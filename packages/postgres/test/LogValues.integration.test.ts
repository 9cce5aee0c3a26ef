import { assert, layer } from "@effect/vitest"
import { Log } from "@spoor/domain"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { fieldsOf, LogValues, valuesMax } from "../src/LogValues.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const { noon } = Logs
const Database = LogValues.layer.pipe(Layer.provideMerge(Shop.layer))

const of = Effect.fnUntraced(function* (unitId: number, log: Log.Log, field: string | null, typed: string) {
  const values = yield* (yield* LogValues).like(unitId, log, field, typed)
  return values.map(({ field, value }) => `${field}:${value}`)
})

layer(Database, { timeout: "60 seconds" })("the values of a log", (it) => {
  it.effect("are found by any part, in any case: beginnings first, then the newest", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("values")
      const events = ["zoe@ann.pl", "anna@a.pl", "ANNE@b.pl", "bob@c.pl"].map((email, index) =>
        Shop.event(`e${index}`, noon + index * 60_000, { visitor: `v${index}`, email: email.toLowerCase() as never })
      )
      yield* Shop.fill(unitId, events, noon + 300_000)
      assert.deepStrictEqual(yield* of(unitId, "activity", "email", "AnN"), [
        "email:anne@b.pl",
        "email:anna@a.pl",
        "email:zoe@ann.pl"
      ])
      assert.deepStrictEqual(yield* of(unitId, "activity", null, "v3"), ["visitor:v3"])
      assert.deepStrictEqual(yield* of(unitId, "activity", "session", "e1"), ["session:shop:e1"])
      assert.deepStrictEqual(yield* of(unitId, "activity", "visitor", "anna"), [])
    })
  )

  it.effect("are never another unit's, whatever the log and the field", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("full")
      const empty = yield* Shop.open("empty")
      yield* Logs.fill(unitId, 40, Logs.numbers(7))
      yield* Shop.fill(unitId, [Shop.event("x", noon, { url: "/orders" })], noon)
      for (const log of Log.Log.literals) {
        for (const field of [null, ...fieldsOf(log)]) {
          assert.deepStrictEqual(yield* of(empty, log, field, ""), [], `${log} ${field}`)
        }
      }
      for (const field of ["gateway", "sender", "phone", "code"]) {
        assert.isNotEmpty(yield* of(unitId, "sms", field, ""), field)
      }
      for (const field of ["key", "ip", "url", "method"]) assert.isNotEmpty(yield* of(unitId, "api", field, ""), field)
      assert.isNotEmpty(yield* of(unitId, "panel", "email", ""))
    })
  )

  it.effect("take wildcards and quotes for what they are, and come in a short list", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("many")
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        insert into sms_log (unit_id, item_id, occurred_at, gateway, sender, error_code, error_text, protocol, permanence, category)
        select ${unitId}, n::text, to_timestamp(${noon / 1000}::float8 + n), '50%_' || n, 'O''Neil "x"', '1', '', 'http',
          'unknown', 'other' from generate_series(1, 30) as n`
      assert.deepStrictEqual(
        yield* of(unitId, "sms", "gateway", "%_"),
        Array.from({ length: valuesMax }, (_, place) => `gateway:50%_${30 - place}`)
      )
      assert.deepStrictEqual(yield* of(unitId, "sms", null, `o'neil "`), [`sender:O'Neil "x"`])
      assert.deepStrictEqual(yield* of(unitId, "sms", "gateway') --", ""), [])
    })
  )
})
