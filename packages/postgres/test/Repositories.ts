import { FilterText, Ids, Interval, Log, LogRow } from "@spoor/domain"
import { Context, Effect, Layer, Result, Stream } from "effect"
import type { SqlError } from "effect/sql"
import { tmpdir } from "node:os"
import * as Postgres from "../src/index.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

/** All of them, over an empty server. */
export const layer = Layer.mergeAll(
  Layer.mergeAll(
    Postgres.ApiKeys.layer,
    Postgres.Counters.layer,
    Postgres.CustomEvents.layer,
    Postgres.Customers.layer
  ),
  Layer.mergeAll(Postgres.DeadLetters.layer, Postgres.Identifications.layer, Postgres.Intakes.layer),
  Layer.mergeAll(Postgres.LogCounts.layer, Postgres.LogLayouts.layer, Postgres.LogTail.layer, Postgres.LogValues.layer),
  Layer.mergeAll(Postgres.LogWriter.layer, Postgres.Orders.layer, Postgres.Overview.layer, Postgres.PanelChain.layer),
  Postgres.PanelCheckpoints.layer(tmpdir()),
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
export const email = Ids.Email.make("anna@a.pl")
const visitorId = Ids.VisitorId.make("v1")
export const orderId = Ids.OrderId.make("by-api")

/** What is asked of the unit that has rows. *Shape*: IDs that its rows have. */
export interface Known {
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

const writes = "writes"
const unknownUnit = "asked before it is known whose unit it is, to sign somebody in or to know a key"
const allUnits = "the worker's or an operator's, of all units"
const believed = "what the planner believes of a table, which tells no row and is of no unit"

export type Asking = (unitId: number) => Effect.Effect<unknown, SqlError.SqlError>
type Methods<S> = { readonly [M in keyof S]: Asking | string }

/** Every method of every repository: how it is asked about a unit, or why it need not be asked within the lock. */
export const decisions = Effect.fnUntraced(function* (unit: number, known: Known) {
  const services = yield* Effect.context<Layer.Success<typeof layer>>()
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
      purge: writes,
      page: (unitId) => it.page({ unitId, rowsMax: 9 }),
      find: () => it.find(known.letterId),
      handOver: writes
    })),
    of(Postgres.Identifications, (it) => ({
      add: writes,
      ofVisitors: (unitId) => it.ofVisitors(place(unitId), [visitorId]),
      unlink: writes,
      relink: writes,
      visitors: (unitId) => it.visitors(unitId, { email }),
      eventsOf: (unitId) => it.eventsOf(place(unitId), Ids.VisitorId.make("v2")),
      decisions: (unitId) => it.decisions(unitId, { email })
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
      picture: "asks what it is given",
      linkAt: (unitId) => it.linkAt(unitId, 1)
    })),
    of(Postgres.PanelCheckpoints, () => ({
      units: allUnits,
      verify: "it signs, for an operator, what PanelChain finds whole",
      verifyGrown: allUnits
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
      claims: (unitId) => it.claims(place(unitId), held.orderIds),
      companions: (unitId) => it.companions(place(unitId), { orderIds: [], visitorIds: [], emails: [email] }),
      concerning: (unitId) => it.concerning(place(unitId), held, [orderId]),
      ofSite: (unitId) => it.ofSite(place(unitId), 0, 9)
    })),
    of(Postgres.Retention, (it) => ({
      ofUnit: (unitId) => it.ofUnit(unitId),
      keep: writes,
      expiring: (unitId) => it.expiring(unitId, noon),
      purge: writes
    })),
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
    of(Postgres.Units, (it) => ({
      all: allUnits,
      change: writes,
      get: (unitId) => it.get(unitId),
      close: writes,
      open: writes
    })),
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
      addUnit: writes,
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
