import { assert, layer } from "@effect/vitest"
import * as Log from "@spoor/contracts/log"
import { Queue } from "@spoor/queue"
import { Console, Effect, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { LogWorker } from "../src/LogWorker.ts"
import { Worker } from "../src/Worker.ts"
import { Doors } from "./Doors.ts"
import { ask } from "./Process.ts"

const email = "anna.kowalska@example.pl"
const phone = "+48 600 700 800"
const ip = "203.0.113.9"
/** What may be found in no line, however the error came about that carries it. */
const secrets = [
  "anna.kowalska",
  "anna%2Ekowalska",
  "600 700 800",
  "600700800",
  ip,
  "2001:db8:",
  "tajny-koszyk",
  "tajne-haslo"
]

/** A log of this format, kept in memory as the process would print it. */
const kept = (format: Log.Format) => {
  const said: Array<string> = []
  const write = (...words: ReadonlyArray<unknown>) => void said.push(words.map(String).join(" "))
  const console = { ...globalThis.console, log: write, error: write, warn: write, info: write, debug: write }
  return {
    said,
    layer: Layer.merge(Log.layer({ format, level: "Debug" }), Layer.succeed(Console.Console, console))
  }
}

/** Makes statements fail that carry what people said of themselves. */
const spoil = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`alter table customer add check (email is null or email not like 'anna%')`
  yield* sql`alter table activity add check (email is null or email not like 'anna%')`
  yield* sql`alter table sms_log add check (phone is null or phone not like '%600700800')`
  yield* sql`alter table api_log add check (ip is null or ip <> '203.0.113.9')`
})

const Cart = Schema.Struct({ cart: Schema.Struct({ lines: Schema.Array(Schema.Int) }) })

for (const format of ["json", "text"] as const) {
  const { layer: log, said } = kept(format)
  layer(Doors.layer.pipe(Layer.provideMerge(log)), { timeout: "60 seconds", excludeTestServices: true })(
    `a log in ${format}`,
    (it) => {
      it.effect("tells of failed requests, batches and statements, and nothing of a person", () =>
        Effect.gen(function* () {
          const shop = yield* (yield* Doors).openShop
          const { faults, origin } = yield* Doors
          const queue = yield* Queue
          yield* spoil
          const post = (path: string, key: string, body: object) =>
            ask(origin + path, {
              method: "POST",
              headers: { "x-api-key": key, "x-write-key": key },
              body: JSON.stringify(body)
            })

          const customer = yield* post(`/customers?email=${email}`, shop.apiKey, { id: "k-1", email, phone })
          assert.strictEqual(customer.status, 500)
          const product = { id: "tajny-koszyk", name: "tajny-koszyk" }
          const seen = { id: "a", visitorId: "v", type: "VisitOnProductPage", email, product }
          const tracked = yield* post("/v1/events", shop.serverKey, { writeKey: shop.serverKey, events: [seen] })
          assert.strictEqual(tracked.status, 200)
          yield* (yield* Worker).once
          const failure = { id: "s", gateway: "twilio", codes: { status: "30003" }, phone, text: "tajny-koszyk" }
          assert.strictEqual((yield* post("/v1/logs/sms", shop.serverKey, { items: [failure] })).status, 200)
          const asked = { id: "r", url: "/orders", method: "GET", status: 200, processingMs: 1, ip }
          assert.strictEqual((yield* post("/v1/logs/api", shop.serverKey, { items: [asked] })).status, 200)
          const body = JSON.stringify({ unitId: 1, email, phone, cart: "tajny-koszyk" })
          yield* queue.append([{ id: "unreadable", topic: "log", body }])
          yield* queue.append([{ id: "no-json", topic: "log", body: `tajny-koszyk ${email}` }])
          yield* (yield* LogWorker).once
          yield* faults.failAppends(6, { reason: "full" })
          for (const again of ["at once", "a second time", "a third time"]) {
            const refused = yield* post("/v1/events", shop.serverKey, { writeKey: shop.serverKey, events: [] })
            assert.strictEqual(refused.status, 503, again)
          }

          yield* Effect.logError(
            "decoding",
            yield* Effect.flip(Schema.decodeUnknownEffect(Cart)({ cart: { lines: [email] } }))
          )
          yield* Effect.sync(() => JSON.parse("tajny-koszyk")).pipe(
            Effect.catchCause((cause) => Effect.logError("parsing", cause))
          )
          yield* Effect.logError("nested", new Error("outer", { cause: new TypeError(`No ${email} at ${phone}`) }))
          yield* Effect.logWarning(
            `${ip} and 2001:db8:85a3::8a2e:370:7334 asked https://u.example/x?q=tajne-haslo of anna%2Ekowalska%40example.pl`
          )
          yield* Effect.logInfo("with values", { email, attempt: 3, nested: { email } }).pipe(
            Effect.annotateLogs({ phone })
          )
          yield* Effect.die(new Error(`Customer ${email}`)).pipe(
            Effect.catchCause((cause) => Effect.logError("died", cause))
          )
          yield* Effect.logInfo('forged\r\n2026-01-01 ERROR another\u001b[31m line", "level": "error')

          const text = said.join("\n")
          for (const secret of [...secrets, shop.serverKey, shop.apiKey]) {
            const at = text.indexOf(secret)
            assert.strictEqual(at, -1, text.slice(Math.max(0, at - 300), at + 60))
          }
          for (const word of ["A request failed", "could not be read or written"]) assert.include(text, word)
          const full = said.filter((line) => line.includes("The queue does not take"))
          assert.lengthOf(full, format === "json" ? 1 : 0, "once a minute for the whole process")
          for (const line of full) assert.notMatch(line, /\bat |"at":/)
          assert.match(text, /ConstraintError[^]*23514/)
          assert.match(text, /customer_email_check/)
          assert.match(text, /invalid at \/cart\/lines\/0/)
          assert.include(text, "SyntaxError")
          assert.match(text, /"?attempt"?[=:]3/)
          assert.notInclude(text, "\u001b")
          const forged = said.filter((line) => line.includes("forged"))
          assert.lengthOf(forged, 1)
          assert.notInclude(forged[0], "\n")
          if (format === "json")
            for (const line of said) assert.containsAllKeys(JSON.parse(line), ["time", "level", "message"])
        })
      )
    }
  )
}
