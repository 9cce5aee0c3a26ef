import { assert, layer } from "@effect/vitest"
import { SmsLog } from "@spoor/domain"
import { Effect, Exit, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as Postgres from "../src/index.ts"
import * as Logs from "./Logs.ts"
import * as Repositories from "./Repositories.ts"
import * as Shop from "./Shop.ts"

const { noon } = Logs
const { email, orderId } = Repositories
const HOUR = 3_600_000
const at = new Date(noon)
const phone = SmsLog.Phone.make("+48600700800")

/** A unit with a row in every table. */
const fill = Effect.fnUntraced(function* () {
  const sql = yield* SqlClient.SqlClient
  const unit = yield* Shop.open("Full")
  const below = Logs.numbers(8)
  yield* Logs.fill(unit, 20, below)
  yield* Logs.visit(unit, 60, below, noon + 40 * HOUR)
  yield* sql`insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unit}, 'shop', 'v1', ${at}, ${at})`
  yield* sql`update session set due_at = null`
  yield* sql`select link_panel_log(${unit}, array_agg(id)) from panel_log`
  yield* sql`insert into panel_user (unit_id, id, email, password_hash, role) values (${unit}, 'u', 'u@a.pl', '', 'analyst')`
  yield* sql`insert into saved_view (unit_id, log, owner_id, name, is_shared, query) values (${unit}, 'api', 'u', 'Failed', true, '')`
  yield* sql`insert into log_layout (unit_id, user_id, log, is_roomy) values (${unit}, 'u', 'api', true)`
  yield* sql`insert into second_factor (unit_id, user_id, secret) values (${unit}, 'u', 'ABC')`
  yield* sql`insert into retention values (${unit}, 'api', 90)`
  yield* sql`insert into retention_run values (${unit}, 'api', ${at}, 3)`
  yield* sql`insert into intake_count (unit_id, site_id, day, stored, log) values (${unit}, 'shop', ${at}, 3, 'activity')`
  yield* sql`insert into identification values (${unit}, 'shop', 'i', 'v1', ${email}, ${at}, ${at})`
  yield* sql`
    insert into unlinking (unit_id, site_id, visitor_id, email, decided_at) values (${unit}, 'shop', 'v1', ${email}, ${at})`
  yield* sql`insert into customer (unit_id, id, email, phone, created_at, updated_at) values (${unit}, 'c', ${email}, ${phone}, ${at}, ${at})`
  yield* sql`
    insert into reported_order (unit_id, site_id, id, visitor_id, email, occurred_at, received_at, updated_at)
    values (${unit}, 'shop', ${orderId}, 'v1', ${email}, ${at}, ${at}, ${at}),
      (${unit}, 'shop', 'of-nobody', null, ${email}, ${at}, ${at}, ${at})`
  yield* sql`insert into custom_event (unit_id, item_id, name, email, occurred_at) values (${unit}, 'e', 'Quiz', ${email}, ${at})`
  yield* sql`
    insert into rejected_item (unit_id, site_id, door, batch_id, place, reason, pointer, item, received_at)
    values (${unit}, 'shop', 'native', 'b', 0, 'invalid', '/at', '{}', ${at})`
  yield* sql`insert into unsettled (unit_id, site_id, visitor_id) values (${unit}, 'shop', 'v1')`
  yield* sql`
    insert into dead_letter (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
    values (${unit}, 'sms', 'm', '', 'E', 5, true, ${at}, ${at})`
  yield* (yield* Postgres.ApiKeys).add({ unitId: unit, name: "Shop", prefix: "ak_full", sha256: "a" })
  yield* sql`
    insert into write_key (unit_id, site_id, kind, name, prefix, key_sha256, public_key)
    values (${unit}, 'shop', 'browser', 'Pages', 'wk', 'w', 'wk_public')`
  yield* sql`
    insert into sms_gateway (unit_id, key, name, plugin, settings, created_at, last_report_at)
    values (${unit}, 'kannel', 'Kannel', 'kannel', '{}', ${at}, ${at})`
  yield* sql`
    insert into sms_adapter (unit_id, ticket, url, seen_at, queue_share, queue_waiting)
    values (${unit}, '00000000-0000-4000-8000-000000000000', 'http://127.0.0.1', ${at}, 0.5, 9)`
  yield* sql`insert into rejected_replay (unit_id, asked_at, after_at, after_id) values (${unit}, ${at}, ${at}, 0)`
  yield* sql`
    insert into sms_message (unit_id, gateway_id, id, standing, phone, is_registered, is_logged, first_seen_at, due_at)
    select unit_id, id, gen_random_uuid(), 'submitted', ${phone}, true, false, ${at}, ${at} from sms_gateway`
  yield* sql`
    insert into sms_message_name (unit_id, gateway_id, name, message_id) select unit_id, gateway_id, 'm', id from sms_message`
  yield* sql`
    insert into sms_unreadable (unit_id, gateway_id, reason, payload, received_at)
    select unit_id, id, 'No status', '', ${at} from sms_gateway`
  const webhooks = yield* Postgres.Webhooks
  const webhook = { unitId: unit, url: "https://subscriber.example", secret: Redacted.make("whsec_c2VjcmV0") }
  const webhookId = yield* webhooks.add({ ...webhook, outcomeTypes: ["AbandonedCart"], isWithHistoric: true }, noon)
  yield* webhooks.test(unit, webhookId, noon)
  const [known] = yield* sql<Omit<Repositories.Known, "webhookId">>`
    select min(a.id)::float8 as "rowId", min(a.session_no)::float8 as "sessionNo", min(a.event_id) as "eventId",
      (select min(id) from session) as "sessionId", (select min(order_id) from activity) as "pageOrderId",
      (select min(id) from session_event)::float8 as "sessionEventId", (select min(id) from rejected_item)::float8 as "rejectedId",
      (select id from dead_letter)::float8 as "letterId",
      (select min(id) from sms_gateway) as "gatewayId", (select min(id) from webhook_delivery)::float8 as "deliveryId"
    from activity as a`
  return { unit, known: { ...known!, webhookId } }
})

const { within } = Postgres.UnitLock

/** What was found, or that it failed. */
const found = <A, E>(exit: Exit.Exit<A, E>) => (Exit.isSuccess(exit) ? { is: exit.value } : { is: "a failure" })

layer(Repositories.layer, { timeout: "60 seconds", excludeTestServices: true })("the lock of a unit", (it) => {
  it.effect(
    "lets no repository find anything of another unit, whichever it asks for",
    () =>
      Effect.gen(function* () {
        const { known, unit } = yield* fill()
        const other = yield* Shop.open("Other")
        const nobodys = 999
        const repositories = yield* Repositories.decisions(unit, known)
        const exported = Object.entries(Postgres).filter(([, value]) => typeof value === "function" && "layer" in value)
        assert.sameMembers(
          repositories.map(({ name }) => name),
          exported.map(([name]) => name)
        )
        for (const { methods, name, service } of repositories) {
          assert.sameMembers(Object.keys(methods), Object.keys(service as object), name)
          for (const [method, ask] of Object.entries<Repositories.Asking | string>(methods)) {
            if (typeof ask === "string") continue
            const answer = (about: number, unitId: number) => Effect.map(within(unitId)(Effect.exit(ask(about))), found)
            const nothing = yield* answer(nobodys, nobodys)
            const said = `${name}.${method}`
            assert.notDeepEqual(yield* answer(unit, unit), nothing, `${said} finds nothing of its own unit`)
            assert.deepStrictEqual(yield* answer(unit, other), nothing, said)
          }
        }
      }),
    60_000
  )

  it.effect("lets nobody change or add what is another unit's", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unit = yield* Shop.open("Changed by its own alone")
      const other = yield* Shop.open("Another")
      const retention = yield* Postgres.Retention
      const customers = yield* Postgres.Customers
      const customer = { id: "c", email, phone: null, attributes: {}, createdAt: noon, updatedAt: noon }
      yield* within(unit)(customers.add(unit, customer as never, []))
      assert.isFalse(yield* within(other)(customers.remove(unit, "c")))
      const refused = yield* within(other)(Effect.flip(retention.keep(unit, { log: "api", days: 40 })))
      assert.strictEqual(refused.reason._tag, "AuthorizationError")
      // What is lifted is the owner's again, and so is what comes after the lock.
      assert.isNotNull(yield* within(other)(Postgres.UnitLock.lifted(customers.find(unit, "c"))))
      assert.isTrue(yield* customers.remove(unit, "c"))
      assert.deepStrictEqual([...(yield* sql`select current_user = session_user as "isOwner"`)], [{ isOwner: true }])
    })
  )

  it.effect("is on every table that has rows of a unit, and its views have every column", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const open = yield* sql`
        select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
          and not (relrowsecurity and exists (select from pg_policy where polrelid = pg_class.oid)) order by 1`
      // Of the migrator, of who tries to sign in, and of the whole installation.
      assert.deepStrictEqual(
        open.map(({ name }) => name),
        ["migration", "set_up", "sign_in_throttle"]
      )
      const columns = (schema: string) =>
        sql`select table_name, column_name, data_type from information_schema.columns where table_schema = ${schema}
          and table_name in (select relname from pg_class where relkind = 'v' and relnamespace = 'of_unit'::regnamespace)
          order by table_name, ordinal_position`
      assert.deepStrictEqual([...(yield* columns("of_unit"))], [...(yield* columns("public"))])
    })
  )

  it.effect("leaves an address and a type to be looked up beside what is said of sessions", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const plan = Effect.andThen(
        sql`set local enable_seqscan = off`,
        sql<{ readonly "QUERY PLAN": string }>`
          explain select from activity where unit_id = 1 and left(url, 200) collate "C" = 'https://shop.example/'
            and site_id = 'sklep' and type = 'VisitOnWebsite' and exists (
              select from session where session.unit_id = activity.unit_id and session.no = activity.session_no and email ^@ 'a')
          order by occurred_at desc, id desc limit 1`
      )
      const lines = (yield* within(1)(sql.withTransaction(plan))).map((row) => row["QUERY PLAN"])
      const looked = lines.find((line) => line.includes("Index Cond") && line.includes("left")) ?? lines.join("\n")
      assert.match(looked, /Index Cond.*'https:\/\/shop.example\/'.*'VisitOnWebsite'/)
    })
  )

  it.effect("is made by an owner who is no superuser, once the role is granted to it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* sql`create role poor login password 'poor'`
      yield* sql`create database poor owner poor`.unprepared
      const url = new URL(Redacted.value((yield* EmbeddedPostgres).url))
      const poor = Object.assign(url, { username: "poor", password: "poor", pathname: "/poor" }).href
      yield* Effect.gen(function* () {
        assert.strictEqual((yield* Effect.flip(Postgres.migrate)).reason._tag, "AuthorizationError")
        yield* sql`grant spoor_unit to poor`
        yield* Postgres.migrate
        const own = yield* SqlClient.SqlClient
        yield* own`insert into business_unit (name) values ('one'), ('two')`
        assert.lengthOf(yield* within(2)(own`select from business_unit`), 1)
      }).pipe(Effect.provide(Postgres.PostgresClient.layer({ url: Redacted.make(poor) })))
    })
  )
})
