import { type Activity, type Ids, type Ledger, OrderBook, type Rules } from "@spoor/domain"
import {
  Activities,
  type Held,
  type Locked,
  Identifications,
  type Place,
  ReportedOrders,
  type Seen,
  SessionEvents,
  Sessions,
  type Touched,
  Webhooks
} from "@spoor/postgres"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Metrics from "./Metrics.ts"
import { Histories, type History } from "./Histories.ts"
import * as Amount from "./Amount.ts"
import * as Numbering from "./Numbering.ts"
import * as Settlement from "./Settlement.ts"

/** What a transaction holds. *Shape*: `locked` are the visitors of `visitorIds`. */
interface Hold extends Held {
  readonly locked: ReadonlyArray<Locked>
}

/**
 * Brings sessions and outcomes of some visitors to what the rules say of all that is stored. *Fails* with `SqlError`.
 * Every method belongs inside the worker's transaction: first `hold` or `holdKnown`, then `settle`.
 */
export class Settler extends Context.Service<
  Settler,
  {
    /** Locks, in one fixed order, all that may change: the orders, then the visitors who may have to do with them. */
    readonly hold: (
      place: Place,
      touched: Touched & { readonly visitors: ReadonlyArray<Seen> }
    ) => Effect.Effect<Hold, SqlError.SqlError>
    /** The same of visitors of whom nothing is new. */
    readonly holdKnown: (
      place: Place,
      visitorIds: ReadonlyArray<Ids.VisitorId>
    ) => Effect.Effect<Hold, SqlError.SqlError>
    /** *Shape*: `fresh` events are of held visitors, and are stored. */
    readonly settle: (
      place: Place,
      rules: Rules.Rules,
      held: Hold,
      fresh: ReadonlyArray<Activity.Activity>
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/ingest/Settler") {
  static readonly layer = Layer.effect(
    Settler,
    Effect.gen(function* () {
      const activities = yield* Activities
      const identifications = yield* Identifications
      const reportedOrders = yield* ReportedOrders
      const sessions = yield* Sessions
      const sessionEvents = yield* SessionEvents
      const histories = new Histories()
      const webhooks = yield* Webhooks

      const hold = Effect.fn("Settler.hold")(function* (
        place: Place,
        touched: Touched & { readonly visitors: ReadonlyArray<Seen> }
      ) {
        const reporters = yield* activities.lockOrders(place, touched.orderIds)
        const { orderIds, emails, visitors } = yield* reportedOrders.claims(place, touched.orderIds)
        const locked = yield* activities.lock(place, [...touched.visitors, ...reporters, ...visitors])
        return yield* withCompanions(place, orderIds, [...touched.emails, ...emails], locked)
      })

      const holdKnown = Effect.fn("Settler.holdKnown")(function* (
        place: Place,
        visitorIds: ReadonlyArray<Ids.VisitorId>
      ) {
        return yield* withCompanions(place, [], [], yield* activities.lockKnown(place, visitorIds))
      })

      /** Where an order names only an e-mail, whose it is depends on all visitors who have it (sessions.md 4.4). */
      const withCompanions = Effect.fn("Settler.withCompanions")(function* (
        place: Place,
        orderIds: Held["orderIds"],
        emails: Held["emails"],
        locked: ReadonlyArray<Locked>
      ) {
        let held: Hold = { orderIds, emails, locked, visitorIds: locked.map(({ id }) => id) }
        for (;;) {
          const found = yield* reportedOrders.companions(place, held)
          if (found.visitorIds.length === 0) return { ...held, emails: found.emails }
          const more = yield* activities.lockKnown(place, found.visitorIds)
          held = {
            ...held,
            locked: [...held.locked, ...more],
            visitorIds: [...held.visitorIds, ...more.map(({ id }) => id)]
          }
        }
      })

      const settle = Effect.fn("Settler.settle")(function* (
        place: Place,
        rules: Rules.Rules,
        held: Hold,
        fresh: ReadonlyArray<Activity.Activity>
      ) {
        const now = yield* Clock.currentTimeMillis
        const rulesText = JSON.stringify(rules)
        const settlement = yield* settleKnown(place, rules, held, yield* read(place, rulesText, held, fresh), now)

        yield* sessions.remove(place, settlement.bridged)
        const rows = yield* sessions.rows(settlement.sessions)
        const numbers = new Map(settlement.sessions.map((write, index) => [write, rows[index]!.no]))
        const members = Numbering.membership(settlement.visitors, numbers)
        const inserted = fresh.map((activity) => ({
          activity,
          sessionNo: members.get(activity.id)!,
          isLate: settlement.late.has(activity.id)
        }))
        // What is remembered is made while PostgreSQL writes. The writing is let come to its end.
        const [written, known] = yield* Effect.all(
          [
            Effect.exit(Effect.andThen(sessions.write(place, rows), activities.insert(place, inserted))),
            Effect.sync(() => remember(place, rulesText, held, Numbering.histories(settlement.visitors, numbers)))
          ],
          { concurrency: "unbounded" }
        )
        yield* written
        const moves = Numbering.moves(settlement.visitors, members)
        yield* activities.move(place, moves)
        yield* sessionEvents.follow(place, distinct(moves.map(({ from }) => from)))
        yield* writeLedger(place, rules, settlement.changes, known, now)
        yield* sessionEvents.assign(
          place,
          settlement.placed.flatMap((bought) => Settlement.assignment(bought, known))
        )
      })

      const remember = (place: Place, rules: string, { locked }: Hold, known: ReadonlyMap<Ids.VisitorId, History>) => {
        for (const visitor of locked) histories.keep(place, visitor, rules, known.get(visitor.id)!)
        return known
      }

      /** What more is asked of than is remembered is read whole. */
      const settleKnown = Effect.fn("Settler.settleKnown")(function* (
        place: Place,
        rules: Rules.Rules,
        held: Hold,
        known: Settlement.Known,
        now: number
      ) {
        let visitors = known.visitors
        for (;;) {
          const settlement = Settlement.settle(rules, { ...known, visitors }, now)
          if (settlement._tag === "Settlement") return settlement
          const stored = yield* storedOf(place, settlement.visitorIds)
          visitors = visitors.map((visitor) => ({ ...visitor, stored: stored.get(visitor.id) ?? visitor.stored }))
        }
      })

      const storedOf = Effect.fnUntraced(function* (place: Place, visitorIds: ReadonlyArray<Ids.VisitorId>) {
        const stored = Map.groupBy(
          visitorIds.length === 0 ? [] : yield* activities.ofVisitors(place, visitorIds),
          ({ activity }) => activity.visitorId
        )
        return new Map(visitorIds.map((id) => [id, stored.get(id) ?? []]))
      })

      const read = Effect.fn("Settler.read")(function* (
        place: Place,
        rules: string,
        held: Hold,
        fresh: ReadonlyArray<Activity.Activity>
      ) {
        const { locked, visitorIds } = held
        const remembered = new Map(locked.map((visitor) => [visitor.id, histories.recall(place, visitor, rules)]))
        const stored = yield* storedOf(
          place,
          visitorIds.filter((id) => remembered.get(id) === undefined)
        )
        const freshOf = Map.groupBy(fresh, ({ visitorId }) => visitorId)
        const given = yield* identifications.ofVisitors(place, visitorIds)
        const identified = Map.groupBy(given.identifications, ({ visitorId }) => visitorId)
        const unlinked = Map.groupBy(given.unlinkings, ({ visitorId }) => visitorId)
        const visitors = visitorIds.map((id): Amount.KnownVisitor => ({
          id,
          stored: remembered.get(id) ?? stored.get(id)!,
          fresh: freshOf.get(id) ?? [],
          given: { identifications: identified.get(id) ?? [], unlinkings: unlinked.get(id) ?? [] }
        }))
        const onPages = distinct(visitors.flatMap(Amount.ordersOnPages))
        const orders = yield* reportedOrders.concerning(place, held, onPages)
        const orderIds = distinct([...onPages, ...orders.map(({ order }) => order.orderId)])
        const own = orders.flatMap(({ isOwn, order }) => (isOwn ? [order.orderId] : []))
        return {
          visitors,
          orders,
          otherPages: yield* activities.pagesOfOthers(place, orderIds, visitorIds),
          standing: yield* sessionEvents.standing(place, visitorIds, own)
        } satisfies Settlement.Known
      })

      const writeLedger = Effect.fn("Settler.writeLedger")(function* (
        place: Place,
        rules: Rules.Rules,
        changes: ReadonlyArray<Ledger.Change>,
        known: ReadonlyMap<Ids.VisitorId, History>,
        now: number
      ) {
        // A key is free for its next row only once the former one is superseded.
        const superseded = changes.filter((change) => change._tag === "Supersede")
        yield* webhooks.enqueue(place, superseded, now)
        yield* sessionEvents.mark(place, superseded, now)
        const emitted = changes.filter((change) => change._tag === "Emit")
        const emissions = emitted.map((change) => Settlement.emission(rules, change, known))
        yield* sessionEvents.emit(place, emissions, now)
        yield* Metrics.emitted(emissions, now)
        yield* sessionEvents.replace(place, superseded, now)
        const amendments = changes.filter((change) => change._tag === "Amend")
        yield* sessionEvents.mark(place, amendments, now)
        yield* webhooks.enqueue(place, [...emitted, ...amendments], now)
      })

      return Settler.of({ hold, holdKnown, settle })
    })
  ).pipe(Layer.provide(Webhooks.layer))
}

/** The orders that these events report. */
export const orderIdsOf = (activities: ReadonlyArray<Activity.Activity>): ReadonlyArray<Ids.OrderId> =>
  distinct(activities.flatMap((activity) => OrderBook.reportOf(activity)?.orderId ?? []))

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]
