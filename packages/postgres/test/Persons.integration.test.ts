import { assert, layer } from "@effect/vitest"
import { Ids, SmsLog } from "@spoor/domain"
import { Effect, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import { DeadLetters } from "../src/DeadLetters.ts"
import { Identifications } from "../src/Identifications.ts"
import { personTables } from "../src/PersonRows.ts"
import { Persons } from "../src/Persons.ts"
import type { Who } from "../src/PersonIdentity.ts"
import { Webhooks } from "../src/Webhooks.ts"
import * as Shop from "./Shop.ts"

const HOUR = 3_600_000
const noon = Date.UTC(2026, 10, 24, 12)
const anna: Who = { by: "email", value: Ids.Email.make("anna.o'neil+shop@example.pl") }
const phone = SmsLog.Phone.make("+48501234567")
const visitor = "5f0c7a4e-anna"
const cart = { currency: "PLN", items: [{ id: "mug", name: "Kubek", quantity: 2, unitPrice: 4900 }] }

const Database = Layer.mergeAll(Persons.layer, Identifications.layer, DeadLetters.layer, Webhooks.layer).pipe(
  Layer.provideMerge(Shop.layer)
)

/** Every table of the schema with all it holds of a unit, as text. */
const everything = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const tables = yield* sql<{ readonly name: string }>`
    select table_name as name from information_schema.columns
    where table_schema = 'public' and column_name = 'unit_id' order by 1`
  const all: Record<string, ReadonlyArray<string>> = {}
  for (const { name } of tables) {
    const rows = yield* sql<{ readonly row: string }>`
      select (case when to_jsonb(it) ? 'body' then
        jsonb_set(to_jsonb(it), '{body}', to_jsonb(encode(decode(substr(to_jsonb(it) ->> 'body', 3), 'hex'), 'escape')))
        else to_jsonb(it) end)::text as row
      from ${sql(name)} as it where unit_id in (${unitId}, 0)`
    all[name] = rows.map(({ row }) => row).toSorted()
  }
  return all
})

const intake = (unitId: number, name: string, email: string) => ({
  unitId,
  siteId: "shop",
  door: "native",
  receivedAt: noon,
  duplicates: 0,
  rejections: [{ reason: "invalid", pointer: "/at", place: 1, item: JSON.stringify({ visitorId: name, at: "never" }) }],
  activities: [{ id: `late-${name}`, visitorId: name, type: "VisitOnWebsite", email }],
  identifications: []
})

let items = 0

/** What one person leaves in every table. */
const leave = Effect.fnUntraced(function* (
  unitId: number,
  { email, name, phone }: { readonly name: string; readonly email: string; readonly phone: string }
) {
  const sql = yield* SqlClient.SqlClient
  const at = new Date(noon)
  items++
  yield* sql`insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unitId}, 'shop', ${name}, ${at}, ${at})`
  const events = [
    Shop.event(`${name}-1`, noon, { visitor: name, url: `https://shop.example/${name}` }),
    Shop.event(`${name}-2`, noon + 5 * HOUR, { visitor: name, type: "ModifyCart", cart, email } as never)
  ]
  yield* Shop.fill(unitId, events, noon + 40 * HOUR)
  yield* sql`
    insert into webhook_delivery (unit_id, webhook_id, type, session_event_id, created_at, next_attempt_at)
    select unit_id, (select id from webhook where unit_id = ${unitId}), 'outcome.emitted', id, ${at}, ${at}
    from session_event where unit_id = ${unitId} and visitor_id = ${name}`
  yield* sql`insert into identification values (${unitId}, 'shop', ${`i-${name}`}, ${name}, ${email}, ${at}, ${at})`
  yield* sql`
    insert into unlinking (unit_id, site_id, visitor_id, email, reason, decided_at, undone_at)
    values (${unitId}, 'shop', ${name}, ${email}, ${`Not ${email}`}, ${at}, ${at})`
  yield* sql`insert into customer (unit_id, id, email, phone, created_at, updated_at) values (${unitId}, ${`c-${name}`}, ${email}, ${phone}, ${at}, ${at})`
  yield* sql`
    insert into reported_order (unit_id, site_id, id, visitor_id, email, occurred_at, received_at, updated_at)
    values (${unitId}, 'shop', ${`o-${name}`}, null, ${email}, ${at}, ${at}, ${at})`
  yield* sql`insert into custom_event (unit_id, item_id, name, email, occurred_at) values (${unitId}, ${`e-${items}`}, 'Quiz', ${email}, ${at})`
  yield* sql`insert into unsettled (unit_id, site_id, visitor_id) values (${unitId}, 'shop', ${name})`
  yield* sql`
    insert into saved_view (unit_id, log, owner_id, name, is_shared, query)
    select unit_id, 'activity', id, ${`View ${items}`}, false, ${new URLSearchParams({ email }).toString()}
    from panel_user where unit_id = ${unitId}`
  const url = `/orders?q=${encodeURIComponent(email.toUpperCase())}`
  yield* sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
    values (${unitId}, ${`a-${items}`}, ${at}, ${url}, 'GET', 404, 'r', 1),
      (${unitId}, ${`c-${items}`}, ${at}, ${`/customers/c-${name}`}, 'PUT', 200, 'r', 1)`
  yield* sql`
    insert into panel_log (unit_id, item_id, occurred_at, url, method, status, user_email, user_id, processing_ms)
    values (${unitId}, ${`p-${items}`}, ${at}, ${url}, 'GET', 200, ${email}, 'u', 1)`
  yield* sql`
    insert into sms_log (unit_id, item_id, occurred_at, gateway, phone, error_code, error_text, protocol, permanence, category, raw_phone, payload)
    values (${unitId}, ${`s-${items}`}, ${at}, 'kannel', ${phone}, '1', 'Absent', 'http', 'unknown', 'unknown', null, ${`to ${phone}`}),
      (${unitId}, ${`t-${items}`}, ${at}, 'kannel', null, '1', 'Absent', 'http', 'unknown', 'unknown', ${phone.slice(1)}, null)`
  yield* sql`
    with message as (
      insert into sms_message (unit_id, gateway_id, id, standing, phone, is_registered, is_logged, first_seen_at)
      select unit_id, id, gen_random_uuid(), 'failed', ${phone}, false, true, ${at} from sms_gateway where unit_id = ${unitId}
      returning unit_id, gateway_id, id),
    unreadable as (
      insert into sms_unreadable (unit_id, gateway_id, reason, payload, received_at)
      select unit_id, gateway_id, 'No status', ${`to=${phone.slice(1)}`}, ${at} from message)
    insert into sms_report (unit_id, gateway_id, message_id, key, said, payload, received_at)
    select unit_id, gateway_id, id, 'k', 'failed', ${`to ${phone}`}, ${at} from message`
  yield* sql`
    insert into rejected_item (unit_id, site_id, door, batch_id, place, reason, pointer, item, received_at)
    values (${unitId}, 'shop', 'native', ${`b-${items}`}, 0, 'invalid', '/at', ${JSON.stringify({ visitorId: name })}, ${at}),
      (${unitId}, 'shop', 'native', ${`b-${items}`}, 1, 'invalid', '/at', ${JSON.stringify({ traits: { email } })}, ${at})`
})

const open = Effect.fnUntraced(function* (name: string) {
  const unitId = yield* Shop.open(name)
  yield* (yield* Webhooks).add(
    {
      unitId,
      url: "https://subscriber.example",
      secret: Redacted.make("whsec_c2VjcmV0"),
      outcomeTypes: ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"],
      isWithHistoric: true
    },
    noon
  )
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into sms_gateway (unit_id, key, name, plugin, settings, created_at)
    values (${unitId}, ${`kannel-${unitId}`}, 'Kannel', 'kannel', '{}', ${new Date(noon)})`
  yield* sql`
    insert into panel_user (unit_id, id, email, password_hash, role)
    values (${unitId}, ${`u-${unitId}`}, ${`u-${unitId}@shop.example`}, '', 'marketer')`
  return unitId
})

const her = { name: visitor, email: anna.value, phone }
const bob = { name: "7d1e-bob", email: "bob@example.pl", phone: "+48501234568" }

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("a person", (it) => {
  it.effect("goes from every table, and nobody else does", () =>
    Effect.gen(function* () {
      const { erase, rows } = yield* Persons
      const [unitId, other] = [yield* open("erase"), yield* open("erase: other")]
      yield* leave(unitId, bob)
      const before = yield* everything(unitId)
      yield* leave(other, her)
      const elsewhere = yield* everything(other)
      yield* leave(unitId, her)
      const letter = { unitId, topic: "activity", error: "SqlError", appendedAt: noon, failedAt: noon }
      const bodyOf = (...parts: ReadonlyArray<ReturnType<typeof intake>>) =>
        JSON.stringify({ ...parts[0]!, activities: parts.flatMap(({ activities }) => activities) })
      const { add } = yield* DeadLetters
      const shared = bodyOf(
        { ...intake(unitId, bob.name, bob.email), rejections: [] },
        intake(unitId, visitor, her.email)
      )
      yield* add({ ...letter, messageId: "shared", body: shared }, 1)
      yield* add({ ...letter, messageId: "broken", unitId: null, body: `{"email":"${her.email}` }, 1)

      const known = yield* Stream.runCollect(rows(unitId, anna))
      assert.deepEqual(new Set(known.map(({ table }) => table)), new Set(personTables))

      const erased = yield* erase(unitId, anna)
      const counts = Object.fromEntries(erased.map(({ table, ...count }) => [table, count]))
      assert.deepEqual(counts["activity"], { removed: 2, blanked: 0 })
      assert.deepEqual(counts["sms_log"], { removed: 0, blanked: 2 })
      assert.deepEqual(counts["rejected_item"], { removed: 2, blanked: 0 })
      assert.deepEqual(counts["dead_letter"], { removed: 1, blanked: 1 })

      const after = yield* everything(unitId)
      const text = JSON.stringify(after).toLowerCase()
      for (const trace of [her.email, encodeURIComponent(her.email), phone, phone.slice(1), visitor]) {
        assert.notInclude(text, trace.toLowerCase())
      }
      const blanked = new Set(["api_log", "panel_log", "sms_log", "dead_letter"])
      for (const [table, left] of Object.entries(before)) {
        if (blanked.has(table)) assert.includeMembers([...after[table]!], [...left], table)
        else assert.deepEqual(after[table], left, table)
      }
      assert.deepEqual([after["api_log"]!.length, after["sms_log"]!.length], [4, 4])
      assert.include(after["dead_letter"]!.join(), bob.email)
      assert.deepEqual(
        Object.entries(yield* everything(other)).filter(([table]) => table !== "dead_letter"),
        Object.entries(elsewhere).filter(([table]) => table !== "dead_letter")
      )
      assert.deepEqual(yield* erase(unitId, anna), [])
    })
  )

  it.effect("leaves a visitor to whoever else used the same browser", () =>
    Effect.gen(function* () {
      const { erase, rows } = yield* Persons
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* open("shared browser")
      const at = new Date(noon)
      yield* sql`insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unitId}, 'shop', 'family', ${at}, ${at})`
      const event = (id: string, hours: number, email: string | null) =>
        Shop.event(id, noon + hours * HOUR, { visitor: "family", ...(email !== null && { email: email as never }) })
      yield* Shop.fill(
        unitId,
        [event("nobody", 0, null), event("anna", 30, anna.value), event("bob", 60, bob.email)],
        noon + 99 * HOUR
      )
      const found = yield* Stream.runCollect(rows(unitId, anna))
      assert.deepEqual(
        found.flatMap(({ row, table }) => (table === "activity" ? [(row as { event_id: string }).event_id] : [])),
        ["nobody", "anna"]
      )
      yield* erase(unitId, anna)
      const left = yield* sql<{ readonly id: string }>`select event_id as id from activity where unit_id = ${unitId}`
      assert.deepEqual(left, [{ id: "bob" }])
      assert.lengthOf(yield* sql`select from visitor where unit_id = ${unitId}`, 1)
      // Whatever a worker remembers of the visitor is no longer valid.
      assert.lengthOf(yield* sql`select from visitor where unit_id = ${unitId} and version is not null`, 1)

      yield* erase(unitId, { by: "visitor", value: Ids.VisitorId.make("family") })
      assert.notInclude(JSON.stringify(yield* everything(unitId)), "family")
    })
  )

  it.effect("is no longer named by a visitor that the e-mail was taken back from, who stays", () =>
    Effect.gen(function* () {
      const { erase, rows } = yield* Persons
      const { unlink } = yield* Identifications
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* open("taken back")
      const at = new Date(noon)
      yield* sql`insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unitId}, 'shop', 'v1', ${at}, ${at})`
      yield* Shop.fill(unitId, [Shop.event("said", noon, { email: anna.value as never })], noon + 99 * HOUR)
      const never = { siteId: Shop.siteId, visitorId: Ids.VisitorId.make("v1"), from: null, until: null }
      const email = Ids.Email.make(anna.value)
      const decider = { userId: null, at: noon, reason: `${anna.value} was not here` }
      assert.isNumber(yield* unlink(unitId, { ...never, email }, decider))
      assert.isNull(yield* unlink(unitId, { ...never, email }, decider), "it stands already")
      // As the worker settles it.
      yield* sql`update session set email = null where unit_id = ${unitId}`
      yield* sql`insert into identification values (${unitId}, 'shop', 'typed', 'v1', ${email}, ${at}, ${at})`
      // Whoever asks what is known of them learns nothing of a stranger who typed their address.
      const hers = yield* Stream.runCollect(rows(unitId, anna))
      assert.deepEqual(
        hers.map(({ table }) => table),
        ["identification", "unlinking"]
      )
      yield* erase(unitId, anna)
      const left = yield* everything(unitId)
      assert.notInclude(JSON.stringify(left).toLowerCase(), anna.value.toLowerCase())
      assert.deepEqual([left["activity"]!.length, left["session"]!.length], [1, 1])
      assert.lengthOf(yield* sql`select from visitor where unit_id = ${unitId} and version is not null`, 1)
    })
  )

  it.effect("leaves what was taken back from one session of a browser to whoever used it then", () =>
    Effect.gen(function* () {
      const { erase } = yield* Persons
      const { unlink } = yield* Identifications
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* open("taken back once")
      const at = new Date(noon)
      yield* sql`insert into visitor (unit_id, site_id, id, first_seen_at, last_seen_at) values (${unitId}, 'shop', 'v1', ${at}, ${at})`
      yield* Shop.fill(
        unitId,
        [Shop.event("sister", noon), Shop.event("anna", noon + 30 * HOUR, { email: anna.value as never })],
        noon + 99 * HOUR
      )
      const then = { siteId: Shop.siteId, visitorId: Ids.VisitorId.make("v1"), from: noon, until: noon }
      const decider = { userId: null, at: noon, reason: null }
      yield* unlink(unitId, { ...then, email: Ids.Email.make(anna.value) }, decider)
      yield* sql`update session set email = null where unit_id = ${unitId} and id = 'shop:sister'`
      yield* erase(unitId, anna)
      const left = yield* everything(unitId)
      assert.notInclude(JSON.stringify(left).toLowerCase(), anna.value.toLowerCase())
      assert.deepEqual(yield* sql`select event_id as id from activity where unit_id = ${unitId}`, [{ id: "sister" }])
      assert.deepEqual([left["session"]!.length, left["visitor"]!.length], [1, 1])
    })
  )

  it.effect("is found by the phone number of a customer, unless it is somebody else's too", () =>
    Effect.gen(function* () {
      const { erase } = yield* Persons
      const unitId = yield* open("phone")
      yield* leave(unitId, her)
      yield* leave(unitId, { ...bob, phone })
      yield* erase(unitId, anna)
      const left = JSON.stringify(yield* everything(unitId))
      assert.notInclude(left, visitor)
      assert.include(left, phone, "the number is Bob's too")

      yield* erase(unitId, { by: "phone", value: phone })
      const after = JSON.stringify(yield* everything(unitId))
      for (const trace of [phone, phone.slice(1), bob.email, bob.name]) assert.notInclude(after, trace)
    })
  )

  it.effect("can stand in no column that erasing does not know", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = yield* sql<{ readonly name: string }>`
        select table_name || '.' || column_name as name from information_schema.columns
        where table_schema = 'public' and data_type in ('text', 'jsonb', 'json', 'bytea', 'ARRAY') order by 1`
      // What is said of a text message goes with it.
      const ofPersons = new Set<string>([...personTables, "dead_letter", "sms_message_name", "sms_report"])
      const others = columns.map(({ name }) => name).filter((name) => !ofPersons.has(name.split(".")[0]!))
      assert.deepEqual(others, impersonal)
    })
  )
})

/** What says nothing of a shop's customers. A new column is looked at before it is listed here. */
const impersonal: ReadonlyArray<string> = [
  "api_key.key_sha256",
  "api_key.name",
  "api_key.prefix",
  "business_unit.name",
  "business_unit.time_zone",
  "intake.batch_id",
  "intake_count.log",
  "intake_count.site_id",
  "log_layout.hidden",
  "log_layout.log",
  "log_layout.user_id",
  "log_layout.widths",
  "migration.name",
  "order_seen.id",
  "order_seen.site_id",
  "panel_log_chain.link",
  "panel_log_link.agent",
  "panel_log_link.agent_salt",
  "panel_log_link.facts",
  "panel_log_link.link",
  "panel_log_link.url",
  "panel_log_link.url_salt",
  "panel_log_link.who",
  "panel_log_link.who_salt",
  "panel_session.id",
  "panel_session.user_id",
  "panel_user.email",
  "panel_user.id",
  "panel_user.password_hash",
  "recovery_code.sha256",
  "recovery_code.user_id",
  "rejected_replay.ids",
  "rejected_replay.site_id",
  "retention.log",
  "retention_run.log",
  "second_factor.secret",
  "second_factor.user_id",
  "sign_in_step.id",
  "sign_in_step.user_id",
  "sign_in_throttle.subject",
  "site.event_map",
  "site.id",
  "site.name",
  "site.url",
  "site_rules.changed_by",
  "site_rules.site_id",
  "sms_adapter.url",
  "sms_gateway.key",
  "sms_gateway.name",
  "sms_gateway.plugin",
  "sms_gateway.settings",
  "sms_gateway_state.binds",
  "sms_gateway_state.problem",
  "sms_gateway_state.trace",
  "webhook.disabled_reason",
  "webhook.outcome_types",
  "webhook.secret",
  "webhook.url",
  "write_key.key_sha256",
  "write_key.name",
  "write_key.prefix",
  "write_key.public_key",
  "write_key.site_id"
]
