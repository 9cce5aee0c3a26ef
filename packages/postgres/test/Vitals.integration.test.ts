import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { DeadLetters } from "../src/DeadLetters.ts"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import { migrate } from "../src/Migrations.ts"
import * as PostgresClient from "../src/PostgresClient.ts"
import { Vitals } from "../src/Vitals.ts"

const Database = Layer.mergeAll(Vitals.layer, DeadLetters.layer, Layer.effectDiscard(migrate)).pipe(
  Layer.provideMerge(Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url })))),
  Layer.provide(EmbeddedPostgres.layerEphemeral)
)

/** A session of nobody's, due at an instant in UTC milliseconds, or not at all. */
const addSession = (id: string, dueAt: number | null) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      insert into session (unit_id, site_id, id, visitor_id, started_at, ended_at, closed_at, event_count,
        product_view_count, products_viewed, due_at)
      values (1, 'shop', ${id}, 'v', now(), now(), now(), 1, 0, 0, to_timestamp(${dueAt}::float8 / 1000))`
  )

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("Vitals", (it) => {
  it.effect("counts what is overdue, and knows how long the oldest is", () =>
    Effect.gen(function* () {
      const vitals = yield* Vitals
      assert.deepStrictEqual(yield* vitals.overdue(1_000_000), { sessions: 0, oldestDueAt: null })
      yield* addSession("a", 400_000)
      yield* addSession("b", 1_000_000)
      yield* addSession("c", 1_000_001)
      yield* addSession("d", null)
      assert.deepStrictEqual(yield* vitals.overdue(1_000_000), { sessions: 2, oldestDueAt: 400_000 })
      assert.deepStrictEqual(yield* vitals.overdue(399_999), { sessions: 0, oldestDueAt: null })
    })
  )

  it.effect("counts dead letters by topic, and none that is still tried", () =>
    Effect.gen(function* () {
      const vitals = yield* Vitals
      const letters = yield* DeadLetters
      assert.strictEqual((yield* vitals.deadLetters).size, 0)
      const failed = { unitId: 1, body: "{", error: "it fails", appendedAt: 1, failedAt: 2 }
      yield* letters.add({ ...failed, topic: "activity", messageId: "a" }, 1)
      yield* letters.add({ ...failed, topic: "activity", messageId: "b" }, 1)
      yield* letters.add({ ...failed, topic: "log", messageId: "c" }, 2)
      assert.deepStrictEqual([...(yield* vitals.deadLetters)], [["activity", 2]])
    })
  )

  it.effect("counts webhook messages that are still to be delivered", () =>
    Effect.gen(function* () {
      const { webhooksWaiting } = yield* Vitals
      const sql = yield* SqlClient.SqlClient
      assert.strictEqual(yield* webhooksWaiting, 0)
      yield* sql`insert into business_unit (unit_id, name) overriding system value values (1, 'Dom')`
      yield* sql`
        insert into webhook (unit_id, id, url, secret, outcome_types, created_at)
        overriding system value values (1, 1, 'https://crm.example', 's', '{}', now())`
      yield* sql`
        insert into webhook_delivery (unit_id, webhook_id, type, state, delivered_at, created_at, next_attempt_at)
        select 1, 1, 'webhook.test', state::webhook_delivery_state, case when state = 'delivered' then now() end, now(), now()
        from unnest(array['waiting', 'delivered', 'failed', 'waiting']) as state`
      assert.strictEqual(yield* webhooksWaiting, 2)
    })
  )

  it.effect("knows a schema that is older than the program, newer, and none", () =>
    Effect.gen(function* () {
      const { isMigrated } = yield* Vitals
      const sql = yield* SqlClient.SqlClient
      assert.isTrue(yield* isMigrated)
      yield* sql`insert into migration (migration_id, name) values (9999, 'of_the_future')`
      assert.isTrue(yield* isMigrated)
      yield* sql`delete from migration where migration_id >= (select max(migration_id) from migration where migration_id < 9999)`
      assert.isFalse(yield* isMigrated)
      yield* sql`alter table migration rename to elsewhere`
      assert.isFalse(yield* isMigrated)
    })
  )
})
