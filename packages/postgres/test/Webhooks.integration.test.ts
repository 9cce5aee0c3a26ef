import { assert, layer } from "@effect/vitest"
import type { Ledger, Outcome } from "@spoor/domain"
import { Duration, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { deliveriesKeptFor, type TakenDelivery, WebhookDeliveries } from "../src/WebhookDeliveries.ts"
import { type NewWebhook, Webhooks } from "../src/Webhooks.ts"
import * as Shop from "./Shop.ts"

const SECOND = 1_000
const HOUR = 3_600_000
const noon = Date.UTC(2026, 10, 24, 12)
const lease = Duration.minutes(1)
const limits = { max: 100, perWebhookMax: 100, lease }
const cart = { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 4900 }] }
const { siteId } = Shop

const Database = Layer.merge(Webhooks.layer, WebhookDeliveries.layer).pipe(Layer.provideMerge(Shop.layer))

const subscribe = Effect.fnUntraced(function* (unitId: number, more: Partial<NewWebhook> = {}) {
  return yield* (yield* Webhooks).add(
    {
      unitId,
      url: "https://subscriber.example/hook",
      secret: Redacted.make("whsec_c2VjcmV0"),
      outcomeTypes: ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"],
      isWithHistoric: false,
      ...more
    },
    noon
  )
})

/** Visitors who each leave a cart twice, a day apart: two sessions with one outcome each. */
const leaveCarts = Effect.fnUntraced(function* (unitId: number, visitors: ReadonlyArray<string>) {
  const events = visitors.flatMap((visitor) =>
    [0, 30].map((hours) =>
      Shop.event(`${visitor}-${hours}`, noon + hours * HOUR, { visitor, type: "ModifyCart" as const, cart })
    )
  )
  return (yield* Shop.fill(unitId, events, noon + 40 * HOUR)).outcomes
})

const emitted = (outcomes: ReadonlyArray<Outcome.Outcome>) =>
  outcomes.map((outcome): Ledger.Change => ({ _tag: "Emit", outcome, isHistoric: false }))

const amended = ({ key, visitorId }: Outcome.Outcome): Ledger.Change => ({
  _tag: "Amend",
  key,
  visitorId,
  email: null,
  recoveredBy: null
})

/** What the unit's subscribers are to be told: type and key, in the order of the outbox. */
const outbox = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly told: string }>`
    select concat_ws(' ', delivery.webhook_id, delivery.type, row.key) as told
    from webhook_delivery as delivery
    join session_event as row on row.unit_id = delivery.unit_id and row.id = delivery.session_event_id
    where delivery.unit_id = ${unitId} order by delivery.id`
  return rows.map(({ told }) => told)
})

/** Takes of this unit alone: tests share the tables, and nobody else's deliveries may be held. */
const takeOf = Effect.fnUntraced(function* (unitId: number, now: number, more: Partial<typeof limits> = {}) {
  const taken = yield* (yield* WebhookDeliveries).take(now, { ...limits, ...more })
  return taken.filter((one) => one.unitId === unitId).sort((a, b) => a.id - b.id)
})

const keysOf = Effect.fnUntraced(function* (taken: ReadonlyArray<TakenDelivery>) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly id: string; readonly key: string }>`select id::text as id, key from session_event`
  return taken.map(({ sessionEventId }) => rows.find(({ id }) => id === sessionEventId)?.key.slice("cart:shop:".length))
})

const delivered = { isDelivered: true, status: 200 } as const
const broken = (retryAt: number | null) => ({ isDelivered: false, status: 500, error: "no", retryAt }) as const

layer(Database, { timeout: "60 seconds" })("the outbox of webhooks", (it) => {
  it.effect("holds each change of the ledger once for each subscriber that asked for it", () =>
    Effect.gen(function* () {
      const { disable, enqueue } = yield* Webhooks
      const sql = yield* SqlClient.SqlClient
      const [unitId, other] = [yield* Shop.open("enqueue"), yield* Shop.open("enqueue: other")]
      const all = yield* subscribe(unitId)
      const history = yield* subscribe(unitId, { isWithHistoric: true, outcomeTypes: ["AbandonedCart"] })
      yield* subscribe(unitId, { outcomeTypes: ["FinalizedTransaction"] })
      yield* disable(unitId, yield* subscribe(unitId), "off")
      yield* subscribe(other)
      const [a, b] = yield* leaveCarts(unitId, ["a"])
      yield* sql`update session_event set is_historic = true where unit_id = ${unitId} and key = ${b!.key}`
      const place = { unitId, siteId }
      yield* enqueue(place, [amended(a!), ...emitted([b!, a!])], noon)
      yield* enqueue({ ...place, unitId: other }, emitted([a!]), noon)
      yield* enqueue(place, [{ _tag: "Supersede", key: a!.key, reason: "order-moved", replacedBy: null }], noon + 1)
      yield* sql`update session_event set superseded_at = now() where unit_id = ${unitId} and key = ${a!.key}`
      yield* enqueue(place, [amended(a!)], noon + 2)
      assert.deepStrictEqual(yield* outbox(unitId), [
        `${all} outcome.emitted ${a!.key}`,
        `${history} outcome.emitted ${a!.key}`,
        `${history} outcome.emitted ${b!.key}`,
        `${all} outcome.amended ${a!.key}`,
        `${history} outcome.amended ${a!.key}`,
        `${all} outcome.superseded ${a!.key}`,
        `${history} outcome.superseded ${a!.key}`
      ])
      assert.deepStrictEqual(yield* outbox(other), [])
    })
  )

  it.effect("gives a later message of a session out after the earlier one, and those of other sessions at once", () =>
    Effect.gen(function* () {
      const [{ enqueue }, { replay, settle }] = [yield* Webhooks, yield* WebhookDeliveries]
      const unitId = yield* Shop.open("order")
      const outcomes = yield* leaveCarts(unitId, ["a", "b"])
      yield* subscribe(unitId)
      const second = yield* subscribe(unitId)
      yield* enqueue({ unitId, siteId }, [...emitted(outcomes), ...outcomes.map(amended)], noon)
      const first = yield* takeOf(unitId, noon)
      assert.deepStrictEqual(yield* keysOf(first.filter(({ webhookId }) => webhookId === second)), [
        "a-0",
        "b-0",
        "a-30",
        "b-30"
      ])
      assert.isTrue(first.every(({ type }) => type === "outcome.emitted"))
      assert.lengthOf(first, 8)
      // One is told, one has failed, one was given up, and of one nothing is known yet.
      const [told, failed, lost] = first.filter(({ webhookId }) => webhookId === second)
      yield* settle(told!, delivered, noon)
      yield* settle(failed!, broken(noon + HOUR), noon)
      yield* settle(lost!, broken(null), noon)
      const next = yield* takeOf(unitId, noon + SECOND)
      assert.deepStrictEqual(yield* keysOf(next), ["a-0", "a-30"])
      assert.isTrue(next.every(({ type, webhookId }) => type === "outcome.amended" && webhookId === second))
      // What is sent again goes before what still waits.
      for (const taken of next) yield* settle(taken, broken(noon + 2 * SECOND), noon)
      assert.isTrue(yield* replay(unitId, lost!.id, noon + 2 * SECOND))
      assert.deepStrictEqual(
        (yield* takeOf(unitId, noon + 2 * SECOND)).map(({ id, type }) => [type, id === lost!.id]),
        [
          ["outcome.emitted", true],
          ["outcome.amended", false]
        ]
      )
    })
  )

  it.effect("puts off what waits behind one that failed, until that one is tried again", () =>
    Effect.gen(function* () {
      const [{ enqueue }, { page, settle }] = [yield* Webhooks, yield* WebhookDeliveries]
      const unitId = yield* Shop.open("behind")
      const [outcome] = yield* leaveCarts(unitId, ["a"])
      const webhookId = yield* subscribe(unitId)
      yield* enqueue({ unitId, siteId }, [...emitted([outcome!]), amended(outcome!)], noon)
      const [first] = yield* takeOf(unitId, noon)
      yield* settle(first!, broken(noon + 5 * HOUR), noon)
      assert.lengthOf(yield* takeOf(unitId, noon + SECOND), 0)
      const waiting = yield* page(unitId, webhookId, { rowsMax: 2 })
      assert.deepStrictEqual(
        waiting.map(({ nextAttemptAt, attempts }) => [nextAttemptAt, attempts]),
        [
          [noon + 5 * HOUR, 0],
          [noon + 5 * HOUR, 1]
        ]
      )
      const [again] = yield* takeOf(unitId, noon + 5 * HOUR)
      assert.strictEqual(again!.id, first!.id)
      yield* settle(again!, delivered, noon + 5 * HOUR)
      assert.lengthOf(yield* takeOf(unitId, noon + 5 * HOUR + SECOND), 1)
    })
  )

  it.effect("gives out what comes after however much waits behind one that failed", () =>
    Effect.gen(function* () {
      const [{ enqueue }, { settle }] = [yield* Webhooks, yield* WebhookDeliveries]
      const unitId = yield* Shop.open("after")
      const [outcome, other] = yield* leaveCarts(unitId, ["a"])
      yield* subscribe(unitId)
      const behind = Array.from({ length: 50 }, () => amended(outcome!))
      yield* enqueue({ unitId, siteId }, [...emitted([outcome!]), ...behind], noon)
      yield* enqueue({ unitId, siteId }, emitted([other!]), noon)
      const [first, ...others] = yield* takeOf(unitId, noon, { perWebhookMax: 1 })
      assert.lengthOf(others, 0)
      yield* settle(first!, broken(noon + HOUR), noon)
      const next = yield* takeOf(unitId, noon + SECOND, { perWebhookMax: 1 })
      assert.deepStrictEqual(yield* keysOf(next), ["a-30"])
    })
  )

  it.effect("keeps the order of two sessions that became one", () =>
    Effect.gen(function* () {
      const { enqueue } = yield* Webhooks
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* Shop.open("bridge")
      const [early, late] = yield* leaveCarts(unitId, ["a"])
      yield* subscribe(unitId)
      yield* enqueue({ unitId, siteId }, emitted([late!]), noon)
      yield* sql`
        update session_event set session_no = (select min(no) from session where unit_id = ${unitId})
        where unit_id = ${unitId}`
      yield* enqueue({ unitId, siteId }, [amended(early!)], noon)
      assert.deepStrictEqual(yield* keysOf(yield* takeOf(unitId, noon)), ["a-30"])
      assert.deepStrictEqual(yield* takeOf(unitId, noon), [])
    })
  )

  it.effect("gives each message to one of many takers, and no more of a webhook than it may have under way", () =>
    Effect.gen(function* () {
      const { enqueue } = yield* Webhooks
      const unitId = yield* Shop.open("takers")
      const outcomes = yield* leaveCarts(
        unitId,
        Array.from({ length: 30 }, (_, index) => `v${index}`)
      )
      yield* subscribe(unitId)
      yield* enqueue({ unitId, siteId }, emitted(outcomes), noon)
      const takes = yield* Effect.all(
        Array.from({ length: 12 }, () => takeOf(unitId, noon, { max: 7 })),
        { concurrency: 12 }
      )
      const ids = takes.flat().map(({ id }) => id)
      assert.lengthOf(new Set(ids), ids.length)
      assert.isTrue(takes.every((taken) => taken.length <= 7))
      for (;;) {
        const more = yield* takeOf(unitId, noon, { max: 7 })
        if (more.length === 0) break
        ids.push(...more.map(({ id }) => id))
      }
      assert.strictEqual(new Set(ids).size, 60)
      // All of them came back without a word.
      const later = noon + Duration.toMillis(lease)
      assert.lengthOf(yield* takeOf(unitId, later, { perWebhookMax: 5 }), 5)
      assert.lengthOf(yield* takeOf(unitId, later, { perWebhookMax: 5 }), 0)
      assert.lengthOf(yield* takeOf(unitId, later, { perWebhookMax: 8 }), 3)
    })
  )

  it.effect(
    "reads little of what waits, be it a hundred thousand messages",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* Shop.open("much")
        const webhookId = yield* subscribe(unitId)
        yield* sql`insert into webhook_delivery (unit_id, webhook_id, type, created_at, next_attempt_at)
        select ${unitId}, ${webhookId}, 'webhook.test', now(), to_timestamp(${noon / 1_000}::float8) from generate_series(1, 100000)`
        yield* sql`analyze webhook_delivery`
        const [taken, read] = yield* sql.withTransaction(
          Effect.all([
            takeOf(unitId, noon, { perWebhookMax: 8 }),
            sql<{ readonly whole: number; readonly rows: number }>`
            select seq_scan as whole, idx_tup_fetch as rows from pg_stat_xact_user_tables where relname = 'webhook_delivery'`
          ])
        )
        assert.lengthOf(taken, 8)
        assert.strictEqual(read[0]!.whole, 0)
        assert.isBelow(read[0]!.rows, 1_000)
        yield* (yield* Webhooks).remove(unitId, webhookId)
      }),
    60_000
  )

  it.effect("gives a message out again when the lease is over, and hears no former taker then", () =>
    Effect.gen(function* () {
      const [{ test }, { find, settle }] = [yield* Webhooks, yield* WebhookDeliveries]
      const unitId = yield* Shop.open("lease")
      const id = (yield* test(unitId, yield* subscribe(unitId), noon))!
      const [former] = yield* takeOf(unitId, noon)
      assert.lengthOf(yield* takeOf(unitId, noon + Duration.toMillis(lease) - 1), 0)
      const now = noon + Duration.toMillis(lease)
      const [taken] = yield* takeOf(unitId, now)
      assert.deepStrictEqual([former!.attempts, taken!.attempts], [1, 2])
      assert.strictEqual(taken!.messageId, former!.messageId)
      yield* settle(former!, broken(null), now)
      assert.deepInclude(yield* find(unitId, id), { state: "waiting", lastStatus: null })
      yield* settle(taken!, delivered, now + 1)
      assert.deepInclude(yield* find(unitId, id), { state: "delivered", lastStatus: 200, deliveredAt: now + 1 })
      assert.isNull(yield* find(unitId + 1, id))
    })
  )

  it.effect("holds what waits for a webhook that is disabled or paused", () =>
    Effect.gen(function* () {
      const { disable, enable, ofUnit, pause, remove, test } = yield* Webhooks
      const unitId = yield* Shop.open("disable")
      const id = yield* subscribe(unitId)
      yield* test(unitId, id, noon)
      assert.isTrue(yield* disable(unitId, id, "Gone."))
      assert.deepInclude((yield* ofUnit(unitId))[0], { disabledReason: "Gone.", createdAt: noon })
      assert.lengthOf(yield* takeOf(unitId, noon), 0)
      assert.isTrue(yield* enable(unitId, id))
      yield* pause(unitId, id, noon + HOUR)
      yield* pause(unitId, id, noon + 1)
      assert.lengthOf(yield* takeOf(unitId, noon + HOUR - 1), 0)
      assert.lengthOf(yield* takeOf(unitId, noon + HOUR), 1)
      assert.deepStrictEqual(
        yield* Effect.all([
          enable(unitId + 1, id),
          disable(unitId + 1, id, ""),
          remove(unitId + 1, id),
          remove(unitId, id)
        ]),
        [false, false, false, true]
      )
      assert.isNull(yield* test(unitId, id, noon))
    })
  )

  it.effect("lists, sends again and in the end forgets what was told or given up", () =>
    Effect.gen(function* () {
      const [{ test }, { find, page, purge, replay, replayFailed, replaySince, settle }] = [
        yield* Webhooks,
        yield* WebhookDeliveries
      ]
      // A purge is of all units, so nobody else's deliveries may be as old.
      const then = noon - 365 * 24 * HOUR
      const unitId = yield* Shop.open("replay")
      const webhookId = yield* subscribe(unitId)
      const ids: Array<number> = []
      for (let index = 0; index < 4; index++) ids.push((yield* test(unitId, webhookId, then + index))!)
      const taken = yield* takeOf(unitId, then + 10)
      yield* settle(taken[0]!, delivered, then + 10)
      yield* settle(taken[1]!, broken(null), then + 10)
      yield* settle(taken[2]!, broken(null), then + 10)
      yield* settle(taken[3]!, broken(then + HOUR), then + 10)
      const list = (options: { state?: "failed"; before?: number }) =>
        Effect.map(page(unitId, webhookId, { ...options, rowsMax: 2 }), (rows) => rows.map(({ id }) => id))
      assert.deepStrictEqual(yield* list({}), [ids[3], ids[2]])
      assert.deepStrictEqual(yield* list({ before: ids[2]! }), [ids[1], ids[0]])
      assert.deepStrictEqual(yield* list({ state: "failed" }), [ids[2], ids[1]])
      assert.deepStrictEqual(
        yield* Effect.all([
          replay(unitId, ids[3]!, then),
          replay(unitId + 1, ids[0]!, then),
          replay(unitId, ids[0]!, then + 11)
        ]),
        [false, false, true]
      )
      assert.strictEqual(yield* replayFailed(unitId, webhookId, then + 11), 2)
      assert.strictEqual(yield* replayFailed(unitId, webhookId, then + 11), 0)
      const again = yield* takeOf(unitId, then + 11)
      assert.deepStrictEqual(
        again.map(({ id, attempts, messageId }) => [id, attempts, messageId]),
        taken.slice(0, 3).map(({ id, messageId }) => [id, 1, messageId])
      )
      for (const one of again) yield* settle(one, delivered, then + 12)
      assert.strictEqual(yield* replaySince(unitId + 1, webhookId, then, then + 13), 0)
      assert.strictEqual(yield* replaySince(unitId, webhookId, then + 1, then + 13), 2)
      assert.deepStrictEqual(
        (yield* takeOf(unitId, then + 13)).map(({ id }) => id),
        ids.slice(1, 3)
      )
      const old = then + 4 + Duration.toMillis(deliveriesKeptFor)
      assert.strictEqual(yield* purge(then + Duration.toMillis(deliveriesKeptFor)), 0)
      assert.strictEqual(yield* purge(old), 1)
      assert.isNull(yield* find(unitId, ids[0]!))
      assert.lengthOf(yield* page(unitId, webhookId, { rowsMax: 10 }), 3)
    })
  )
})
