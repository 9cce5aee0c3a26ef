import { assert, layer } from "@effect/vitest"
import { FilterText, Ids, Interval, Log, LogRow, SmsLog } from "@spoor/domain"
import { Context, Effect, Exit, Layer, Redacted, Result, Stream } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import * as Postgres from "../src/index.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const repositories = Layer.mergeAll(
  Layer.mergeAll(
    Postgres.ApiKeys.layer,
    Postgres.Counters.layer,
    Postgres.CustomEvents.layer,
    Postgres.Customers.layer
  ),
  Layer.mergeAll(Postgres.DeadLetters.layer, Postgres.Identifications.layer, Postgres.Intakes.layer),
  Layer.mergeAll(Postgres.LogCounts.layer, Postgres.LogLayouts.layer, Postgres.LogTail.layer, Postgres.LogValues.layer),
  Layer.mergeAll(Postgres.LogWriter.layer, Postgres.Orders.layer, Postgres.Overview.layer, Postgres.PanelChain.layer),
  Layer.mergeAll(
    Postgres.Persons.layer,
    Postgres.PersonStory.layer,
    Postgres.RejectedItems.layer,
    Postgres.RejectedReplays.layer
  ),
  Layer.mergeAll(Postgres.ReportedOrders.layer, Postgres.Retention.layer, Postgres.SavedViews.layer),
  Layer.mergeAll(Postgres.SecondFactors.layer, Postgres.SignInThrottle.layer, Postgres.SmsGateways.layer),
  Layer.mergeAll(Postgres.SmsHealth.layer, Postgres.SmsMessages.layer, Postgres.Statistics.layer, Postgres.Units.layer),
  Layer.mergeAll(Postgres.Unsettled.layer, Postgres.Users.layer, Postgres.Vitals.layer, Postgres.Webhooks.layer),
  Layer.mergeAll(Postgres.WebhookDeliveries.layer, Postgres.WriteKeys.layer)
).pipe(Layer.provideMerge(Postgres.LogReader.layer), Layer.provideMerge(Shop.layer))

const { noon } = Logs
const HOUR = 3_600_000
const at = new Date(noon)
const email = Ids.Email.make("anna@a.pl")
const phone = SmsLog.Phone.make("+48600700800")
const visitorId = Ids.VisitorId.make("v1")
const orderId = Ids.OrderId.make("by-api")

/** What is asked of the unit that has rows. *Shape*: IDs that its rows have. */
interface Known {
  readonly rowId: number
  readonly sessionNo: number
  readonly sessionEventId: number
  readonly rejectedId: number
  readonly letterId: number
  readonly gatewayId: number
  readonly webhookId: number
  readonly deliveryId: number
  readonly eventId: string
  readonly sessionId: string
  readonly pageOrderId: Ids.OrderId
}

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
  yield* sql`insert into intake_count (unit_id, site_id, day, stored, log) values (${unit}, 'shop', ${at}, 3, 'activity')`
  yield* sql`insert into identification values (${unit}, 'shop', 'i', 'v1', ${email}, ${at}, ${at})`
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
  const [known] = yield* sql<Omit<Known, "webhookId">>`
    select min(a.id)::float8 as "rowId", min(a.session_no)::float8 as "sessionNo", min(a.event_id) as "eventId",
      (select min(id) from session) as "sessionId", (select min(order_id) from activity) as "pageOrderId",
      (select min(id) from session_event)::float8 as "sessionEventId", (select min(id) from rejected_item)::float8 as "rejectedId",
      (select id from dead_letter)::float8 as "letterId",
      (select min(id) from sms_gateway) as "gatewayId", (select min(id) from webhook_delivery)::float8 as "deliveryId"
    from activity as a`
  return { unit, known: { ...known!, webhookId } }
})

const writes = "writes"
const unknownUnit = "asked before it is known whose unit it is, to sign somebody in or to know a key"
const allUnits = "the worker's or an operator's, of all units"
const believed = "what the planner believes of a table, which tells no row and is of no unit"

type Asking = (unitId: number) => Effect.Effect<unknown, SqlError.SqlError>
type Methods<S> = { readonly [M in keyof S]: Asking | string }

/** Every method of every repository: how it is asked about a unit, or why it need not be asked within the lock. */
const decisions = Effect.fnUntraced(function* (unit: number, known: Known) {
  const services = yield* Effect.context<Layer.Success<typeof repositories>>()
  const of = <I, S>(tag: Context.Key<I, S>, methods: (service: S) => Methods<S>) => {
    const service = Context.getUnsafe(services, tag as Context.Key<never, S>)
    return { name: tag.key.slice(tag.key.lastIndexOf("/") + 1), service, methods: methods(service) }
  }
  const place = (unitId: number) => ({ unitId, siteId: Shop.siteId })
  const owner = (unitId: number) => ({ unitId, userId: "u" })
  const visitors = Array.from({ length: 20 }, (_, index) => Ids.VisitorId.make(`v${index}`))
  const held = { orderIds: [orderId], visitorIds: [visitorId], emails: [email] }
  const span = { from: noon - HOUR, to: noon + 20 * HOUR }
  const edges = [span.from, noon + HOUR, span.to]
  const logs = (ask: (log: Log.Log) => Effect.Effect<unknown, SqlError.SqlError>) =>
    Effect.forEach(Log.Log.literals, ask)
  const query = <L extends Log.Log>(unitId: number, log: L): Postgres.LogQuery<L> => ({
    unitId,
    log,
    filter: Result.getOrThrow(FilterText.parse(log, "")),
    interval: Interval.always
  })
  const id = LogRow.LogId.make(`${known.rowId}`)
  const newest = { direction: "newest" } as const
  const identity = yield* Context.get(services, Postgres.PersonStory).identify(unit, { by: "email", value: email })
  const gateway = { id: known.gatewayId, name: "Kannel" }
  const named = [{ gatewayId: known.gatewayId, name: "m" }]
  return [
    of(Postgres.Activities, (it) => ({
      lockOrders: writes,
      lock: writes,
      lockKnown: writes,
      known: (unitId) => it.known(place(unitId), [Ids.EventId.make(known.eventId)]),
      ofVisitors: (unitId) => it.ofVisitors(place(unitId), [visitorId]),
      ofSite: (unitId) => it.ofSite(place(unitId), 0, 10),
      pagesOfOthers: (unitId) => it.pagesOfOthers(place(unitId), [known.pageOrderId], []),
      insert: writes,
      move: writes
    })),
    of(Postgres.ActivityLog, (it) => ({
      find: (unitId) => it.find(unitId, known.rowId),
      isFilled: (unitId) => it.isFilled(unitId, undefined)
    })),
    of(Postgres.ApiKeys, (it) => ({
      active: unknownUnit,
      add: writes,
      ofUnit: (unitId) => it.ofUnit(unitId),
      revoke: writes
    })),
    of(Postgres.Counters, (it) => ({
      between: (unitId) => it.between(unitId, { from: "2026-11-01", to: "2026-11-30" })
    })),
    of(Postgres.CustomEvents, (it) => ({ add: writes, page: (unitId) => it.page(unitId, {}, newest) })),
    of(Postgres.Customers, (it) => ({
      add: writes,
      find: (unitId) => it.find(unitId, "c"),
      page: (unitId) => it.page(unitId, { limit: 9 }),
      update: writes,
      remove: writes
    })),
    of(Postgres.DeadLetters, (it) => ({
      add: writes,
      pardon: writes,
      forget: writes,
      page: (unitId) => it.page({ unitId, rowsMax: 9 }),
      find: () => it.find(known.letterId),
      handOver: writes
    })),
    of(Postgres.Identifications, (it) => ({
      add: writes,
      ofVisitors: (unitId) => it.ofVisitors(place(unitId), [visitorId])
    })),
    of(Postgres.Intakes, (it) => ({
      enter: writes,
      count: writes,
      totals: (unitId) => it.totals(place(unitId), "activity")
    })),
    of(Postgres.LogCounts, (it) => ({
      extent: (unitId) => logs((log) => it.extent(unitId, log)),
      estimate: believed,
      bars: (unitId) => logs((log) => it.bars(query(unitId, log), edges)),
      facets: (unitId) => logs((log) => it.facets(query(unitId, log)))
    })),
    of(Postgres.LogLayouts, (it) => ({
      of: (unitId) => it.of({ ...owner(unitId), log: "api" }),
      keep: writes,
      forget: writes
    })),
    of(Postgres.LogReader, (it) => ({
      page: (unitId) => logs((log) => it.page(query(unitId, log), newest, 5)),
      stream: (unitId) => logs((log) => Stream.runCollect(it.stream(query(unitId, log), null))),
      count: (unitId) => logs((log) => it.count(query(unitId, log))),
      arrived: (unitId) => logs((log) => it.arrived(query(unitId, log), { after: 0 }, 5)),
      find: (unitId) => it.find(unitId, "activity", id),
      rows: (unitId) => it.rows(unitId, "activity", [id])
    })),
    of(Postgres.LogTail, (it) => ({
      place: (unitId) => logs((log) => it.place(unitId, log)),
      follow: "its rows are those of LogReader.arrived, and what it polls for is numbers of the watcher's own unit"
    })),
    of(Postgres.LogValues, (it) => ({ like: (unitId) => it.like(unitId, "panel", "email", "") })),
    of(Postgres.LogWriter, () => ({ add: writes })),
    of(Postgres.Orders, (it) => ({
      add: writes,
      find: (unitId) => it.find(place(unitId), orderId),
      page: (unitId) => it.page(place(unitId), { limit: 9 }),
      update: writes,
      remove: writes
    })),
    of(Postgres.Overview, (it) => ({
      counts: (unitId) => it.counts(unitId, edges),
      sources: (unitId) => it.sources(unitId),
      presence: (unitId) => it.presence(unitId, { kind: "site", id: Shop.siteId }, [span]),
      apiRate: (unitId) => it.apiRate(unitId, span),
      smsFailures: (unitId) => it.smsFailures(unitId, span)
    })),
    of(Postgres.PanelChain, (it) => ({
      units: allUnits,
      verify: (unitId) => Effect.map(it.verify(unitId, 0), ({ end }) => end.seq),
      linkAt: (unitId) => it.linkAt(unitId, 1)
    })),
    of(Postgres.Persons, (it) => ({
      rows: (unitId) => Stream.runCollect(it.rows(unitId, { by: "email", value: email })),
      erase: writes
    })),
    of(Postgres.PersonStory, (it) => ({
      identify: (unitId) => it.identify(unitId, { by: "email", value: email }),
      facts: (unitId) => it.facts(unitId, identity),
      page: (unitId) => it.page(unitId, identity, newest),
      visits: (unitId) => it.visits(unitId, [known.sessionNo])
    })),
    of(Postgres.RejectedItems, (it) => ({
      add: writes,
      page: (unitId) => it.page(unitId, {}, { rowsMax: 9 }),
      take: (unitId) => it.take(unitId, [known.rejectedId]),
      remove: writes,
      explain: writes,
      purge: writes
    })),
    of(Postgres.RejectedReplays, (it) => ({
      ask: writes,
      last: (unitId) => it.last(unitId),
      take: allUnits,
      settle: writes
    })),
    of(Postgres.ReportedOrders, (it) => ({
      claims: (unitId) => it.claims(place(unitId), held),
      companions: (unitId) => it.companions(place(unitId), { orderIds: [], visitorIds: [], emails: [email] }),
      concerning: (unitId) => it.concerning(place(unitId), held, [orderId]),
      ofSite: (unitId) => it.ofSite(place(unitId), 0, 9)
    })),
    of(Postgres.Retention, (it) => ({ ofUnit: (unitId) => it.ofUnit(unitId), keep: writes, purge: writes })),
    of(Postgres.SavedViews, (it) => ({
      of: (unitId) => it.of({ ...owner(unitId), isAdministrator: true }, "api"),
      add: writes,
      change: writes,
      remove: writes
    })),
    of(Postgres.SecondFactors, (it) => ({
      of: (unitId) => it.of(owner(unitId)),
      prepare: writes,
      enable: writes,
      take: writes,
      takeCode: writes,
      replaceCodes: writes,
      remove: writes,
      await: writes,
      awaited: unknownUnit,
      forget: writes,
      sweep: writes
    })),
    of(Postgres.SessionEventLog, (it) => ({ find: (unitId) => it.find(unitId, known.sessionEventId) })),
    of(Postgres.SessionEvents, (it) => ({
      standing: (unitId) => it.standing(place(unitId), visitors, []),
      emit: writes,
      mark: writes,
      replace: writes,
      follow: writes,
      assign: writes
    })),
    of(Postgres.Sessions, () => ({ rows: writes, write: writes, remove: writes, due: allUnits })),
    of(Postgres.SessionStory, (it) => ({ tell: (unitId) => it.tell(unitId, known.sessionId) })),
    of(Postgres.SignInThrottle, () => ({ attempt: unknownUnit, clear: unknownUnit, sweep: unknownUnit })),
    of(Postgres.Sites, (it) => ({
      addUnit: writes,
      add: writes,
      addWithKey: writes,
      ofUnit: (unitId) => it.ofUnit(unitId),
      seen: (unitId) => it.seen(place(unitId), 0),
      rules: (unitId) => it.rules(place(unitId)),
      versions: (unitId) => it.versions(place(unitId)),
      changeRules: writes,
      eventMaps: allUnits,
      setEventMap: writes
    })),
    of(Postgres.SmsGateways, (it) => ({
      active: allUnits,
      named: (unitId) => it.named(unitId, "Kannel"),
      add: writes,
      change: writes,
      remove: writes,
      trace: writes
    })),
    of(Postgres.SmsHealth, (it) => ({
      tell: writes,
      leave: writes,
      adapter: (unitId) => it.adapter(unitId, noon),
      isTicket: allUnits,
      queue: (unitId) => it.queue(unitId, noon),
      codes: (unitId) => it.codes(unitId, noon),
      deadLetters: (unitId) => it.deadLetters(unitId),
      ofUnit: (unitId) => it.ofUnit(unitId, noon),
      faults: (unitId) => it.faults(unitId, gateway, noon)
    })),
    of(Postgres.SmsMessages, (it) => ({
      hold: writes,
      find: (unitId) => it.find(unitId, named, 0),
      write: writes,
      due: allUnits,
      purge: writes
    })),
    of(Postgres.Statistics, () => ({ planned: believed, grew: writes })),
    of(Postgres.Units, (it) => ({ all: allUnits, get: (unitId) => it.get(unitId) })),
    of(Postgres.Unsettled, (it) => ({
      add: writes,
      places: allUnits,
      take: (unitId) => it.take(place(unitId), Number.MAX_SAFE_INTEGER, { after: 0, limit: 9 }),
      remove: writes
    })),
    of(Postgres.Users, (it) => ({
      findByEmail: unknownUnit,
      create: writes,
      isSetUp: unknownUnit,
      setUp: writes,
      ofUnit: (unitId) => it.ofUnit(unitId),
      change: writes
    })),
    of(Postgres.Vitals, () => ({
      isMigrated: allUnits,
      overdue: allUnits,
      deadLetters: allUnits,
      webhooksWaiting: allUnits
    })),
    of(Postgres.Webhooks, (it) => ({
      add: writes,
      ofUnit: (unitId) => it.ofUnit(unitId),
      enable: writes,
      disable: writes,
      rotate: writes,
      remove: writes,
      pause: writes,
      test: writes,
      enqueue: writes
    })),
    of(Postgres.WebhookDeliveries, (it) => ({
      take: allUnits,
      settle: writes,
      page: (unitId) => it.page(unitId, known.webhookId, { rowsMax: 9 }),
      find: (unitId) => it.find(unitId, known.deliveryId),
      replay: writes,
      replayFailed: writes,
      replaySince: writes,
      purge: writes
    })),
    of(Postgres.WriteKeys, (it) => ({
      active: unknownUnit,
      add: writes,
      browserKey: (unitId) => it.browserKey(place(unitId))
    }))
  ]
})

const { within } = Postgres.UnitLock

/** What was found, or that it failed. */
const found = <A, E>(exit: Exit.Exit<A, E>) => (Exit.isSuccess(exit) ? { is: exit.value } : { is: "a failure" })

layer(repositories, { timeout: "60 seconds", excludeTestServices: true })("the lock of a unit", (it) => {
  it.effect(
    "lets no repository find anything of another unit, whichever it asks for",
    () =>
      Effect.gen(function* () {
        const { known, unit } = yield* fill()
        const other = yield* Shop.open("Other")
        const nobodys = 999
        const repositories = yield* decisions(unit, known)
        const exported = Object.entries(Postgres).filter(([, value]) => typeof value === "function" && "layer" in value)
        assert.sameMembers(
          repositories.map(({ name }) => name),
          exported.map(([name]) => name)
        )
        for (const { methods, name, service } of repositories) {
          assert.sameMembers(Object.keys(methods), Object.keys(service as object), name)
          for (const [method, ask] of Object.entries<Asking | string>(methods)) {
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
})
