import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Layer, Result } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { SmsGateways } from "../src/SmsGateways.ts"
import { adapterSeenFor, SmsHealth } from "../src/SmsHealth.ts"
import * as SmsSetup from "../src/SmsSetup.ts"
import * as SmsUnknownCodes from "../src/SmsUnknownCodes.ts"
import * as Shop from "./Shop.ts"

const HOUR = 3_600_000
const now = Date.UTC(2026, 10, 24, 12, 30)
const patience = Duration.toMillis(adapterSeenFor)

const Database = Layer.merge(SmsGateways.layer, SmsHealth.layer).pipe(Layer.provideMerge(Shop.layer))

const open = Effect.gen(function* () {
  const unitId = yield* Shop.open("Dom")
  const key = `kannel-${unitId}`
  const added = yield* SmsSetup.add({ unitId, plugin: "kannel", key, name: "Kannel", settings: {} })
  return { unitId, key, id: Result.getOrThrow(added).id }
})

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("SmsHealth", (it) => {
  it.effect("knows what every adapter said last, and which of them is there", () =>
    Effect.gen(function* () {
      const { adapter, isTicket, leave, ofUnit, queue, tell } = yield* SmsHealth
      const { id, unitId } = yield* open
      const [one, other] = [randomUUID(), randomUUID()]
      const state = { unitId, gatewayId: id, binds: [], lastMinute: 0, trace: [], problem: null }
      const [busy, full] = [
        { share: 0.25, waiting: 7, oldestAt: now - 5 },
        { share: 0.5, waiting: 0, oldestAt: null }
      ]
      const bound = { phase: "bound", since: now, receivedAt: null, reason: null } as const
      yield* tell(
        { ticket: one, url: "http://one", queue: null },
        [{ ...state, problem: "There is no secret X." }],
        now
      )
      assert.isNull(yield* queue(unitId, now))
      const said = { ...state, binds: [bound], lastMinute: 12, trace: ["← deliver_sm"] }
      yield* tell({ ticket: one, url: "http://one", queue: busy }, [said], now + 1)
      yield* tell({ ticket: other, url: "http://other", queue: full }, [state], now)
      // The fullest of those that are there.
      assert.deepStrictEqual(yield* queue(unitId, now), full)
      assert.deepStrictEqual(yield* queue(unitId, now + patience), busy)
      assert.deepStrictEqual((yield* ofUnit(unitId, now))[0]?.states, [
        { problem: null, binds: [bound], lastMinute: 12, trace: ["← deliver_sm"], seenAt: now + 1 },
        { problem: null, binds: [], lastMinute: 0, trace: [], seenAt: now }
      ])
      assert.deepStrictEqual(yield* adapter(unitId, now + 1), { ticket: one, url: "http://one" })
      assert.deepStrictEqual([yield* isTicket(one, now), yield* isTicket(randomUUID(), now)], [true, false])
      assert.isFalse(yield* isTicket("nobody", now))
      assert.deepStrictEqual(
        [yield* isTicket(one, now + 1 + patience), yield* adapter(unitId, now + 1 + patience)],
        [false, null]
      )
      yield* leave(one)
      yield* leave(other)
      assert.isNull(yield* adapter(unitId, now))
      assert.deepStrictEqual((yield* ofUnit(unitId, now))[0]?.states, [])
    })
  )

  it.effect("sums up what a gateway reported, and on how many days it reported at this time", () =>
    Effect.gen(function* () {
      const { deadLetters, faults, ofUnit } = yield* SmsHealth
      const sql = yield* SqlClient.SqlClient
      const { id, unitId } = yield* open
      const count = (hour: number, said: string, number: number) => sql`
        insert into sms_report_count values (${unitId}, ${id}, to_timestamp(${hour - (hour % HOUR)}::float8 / 1000), ${said}::text::sms_said, ${number})`
      yield* count(now - 30 * HOUR, "failed", 7)
      yield* count(now - 5 * HOUR, "failed", 2)
      yield* count(now - 5 * HOUR, "delivered", 40)
      yield* count(now, "submitted", 9)
      for (const day of [1, 2, 3]) yield* count(now - day * 24 * HOUR - HOUR, "delivered", 1)
      const row = (code: string, category: string, at: number, text = "") => sql`
        insert into sms_log (unit_id, item_id, occurred_at, gateway, error_code, error_text, protocol, permanence, category)
        values (${unitId}, ${randomUUID()}, to_timestamp(${at}::float8 / 1000), 'Kannel', ${code}, ${text}, 'http', 'unknown', ${category})`
      yield* row("405", "unreachable", now - HOUR)
      yield* row("XYZ", "unknown", now - HOUR)
      yield* row("XYZ", "unknown", now - 2 * HOUR)
      yield* row("OLD", "unknown", now - 8 * 24 * HOUR)
      yield* row("to 48500100200", "unknown", now - HOUR, "+48 500 100 200 of anna@example.pl is barred")
      yield* row("to 48500100201", "unknown", now - 3 * HOUR)
      yield* sql`
        insert into sms_unreadable (unit_id, gateway_id, reason, payload, received_at)
        values (${unitId}, ${id}, 'No status', '', to_timestamp(${now}::float8 / 1000))`
      yield* sql`
        insert into dead_letter (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
        select ${unitId}, topic, '', '', '', 5, topic <> 'activity', now(), now() from unnest(array['sms', 'log', 'activity']) as topic`
      assert.strictEqual(yield* deadLetters(unitId), 1)
      assert.deepStrictEqual(yield* ofUnit(unitId, now), [
        {
          gatewayId: id,
          states: [],
          lastDay: { submitted: 9, delivered: 40, failed: 2 },
          recent: 0,
          usualDays: 3,
          unreadable: 1
        }
      ])
      assert.deepStrictEqual(yield* faults(unitId, { id, name: "Kannel" }, now), {
        categories: [
          { category: "unknown", count: 4 },
          { category: "unreachable", count: 1 }
        ],
        codes: [
          { code: "XYZ", rawCode: null, count: 2 },
          { code: "405", rawCode: null, count: 1 },
          { code: "to 48500100200", rawCode: null, count: 1 },
          { code: "to 48500100201", rawCode: null, count: 1 }
        ],
        unreadable: [{ reason: "No status", count: 1, lastAt: now }]
      })
      const unknown = { gateway: "Kannel", plugin: "kannel", count: 2, lastAt: now - HOUR }
      assert.deepStrictEqual(yield* SmsUnknownCodes.list(unitId, now), [
        { ...unknown, code: "XYZ", text: "", firstAt: now - 2 * HOUR },
        { ...unknown, code: "to …", text: "+… of … is barred", firstAt: now - 3 * HOUR },
        { ...unknown, code: "405", text: "", count: 1, firstAt: now - HOUR }
      ])
    })
  )
})
