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
  type SessionRow,
  Sessions,
  type Touched,
  Webhooks
} from "@spoor/postgres"
import { Clock, Context, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Metrics from "./Metrics.ts"
import { Histories, type History } from "./Histories.ts"
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
        const { orderIds, emails, visitors } = yield* reportedOrders.claims(place, touched)
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
        const known = yield* read(place, held, fresh)
        const settlement = Settlement.settle(rules, known, now)

        yield* sessions.remove(place, settlement.bridged)
        const rows = yield* sessions.rows(settlement.sessions)
        const members = Settlement.membership(
          settlement.sessions,
          rows.map(({ no }) => no)
        )
        const inserted = fresh.map((activity) => ({
          activity,
          sessionNo: members.get(activity.id)!,
          isLate: settlement.late.has(activity.id)
        }))
        // One statement after the other, in this order: the rows of the one are made while PostgreSQL writes those of the other. Each is
        // let come to its end, for what fails here fails for the whole connection, which then answers no question to cancel the other.
        const [sessionsWritten, activitiesWritten] = yield* Effect.all(
          [
            Effect.exit(sessions.write(place, rows, known.texts)),
            Effect.exit(activities.insert(place, inserted)),
            Effect.sync(() =>
              remember(place, held, [...known.stored.map(({ activity }) => activity), ...fresh], members, rows)
            )
          ],
          { concurrency: "unbounded" }
        )
        yield* sessionsWritten
        yield* activitiesWritten
        const moves = Settlement.moves(known.stored, members)
        yield* activities.move(place, moves)
        yield* sessionEvents.follow(place, distinct(moves.map(({ from }) => from)))
        yield* writeLedger(place, rules, settlement.changes, members, now)
        yield* sessionEvents.assign(
          place,
          settlement.placed.flatMap((bought) => Settlement.assignment(bought, members))
        )
      })

      const remember = (
        place: Place,
        { locked }: Hold,
        events: ReadonlyArray<Activity.Activity>,
        members: ReadonlyMap<Ids.EventId, number>,
        rows: ReadonlyArray<SessionRow>
      ): void => {
        const texts = new Map(rows.map(({ no, text }) => [no, text]))
        const byVisitor = Map.groupBy(events, ({ visitorId }) => visitorId)
        for (const visitor of locked) {
          const own = byVisitor.get(visitor.id) ?? []
          const stored = own.map((activity) => ({ activity, sessionNo: members.get(activity.id)! }))
          const sessions = new Map(stored.map(({ sessionNo }) => [sessionNo, texts.get(sessionNo)!]))
          histories.keep(place, visitor, { stored, sessions })
        }
      }

      const read = Effect.fn("Settler.read")(function* (
        place: Place,
        held: Hold,
        fresh: ReadonlyArray<Activity.Activity>
      ) {
        const { locked, visitorIds } = held
        const remembered: Array<History> = []
        const unknown: Array<Ids.VisitorId> = []
        for (const visitor of locked) {
          const history = histories.recall(place, visitor)
          if (history === undefined) unknown.push(visitor.id)
          else remembered.push(history)
        }
        const stored = [
          ...remembered.flatMap((history) => history.stored),
          ...(yield* activities.ofVisitors(place, unknown))
        ]
        const onPages = orderIdsOf([...stored.map(({ activity }) => activity), ...fresh])
        const orders = yield* reportedOrders.concerning(place, held, onPages)
        const orderIds = distinct([...onPages, ...orders.map(({ order }) => order.orderId)])
        const own = orders.flatMap(({ isOwn, order }) => (isOwn ? [order.orderId] : []))
        return {
          stored,
          texts: new Map(remembered.flatMap(({ sessions }) => [...sessions])),
          fresh,
          orders,
          given: yield* identifications.ofVisitors(place, visitorIds),
          otherPages: yield* activities.pagesOfOthers(place, orderIds, visitorIds),
          standing: yield* sessionEvents.standing(place, visitorIds, own)
        } satisfies Settlement.Known & { readonly texts: ReadonlyMap<number, string> }
      })

      const writeLedger = Effect.fn("Settler.writeLedger")(function* (
        place: Place,
        rules: Rules.Rules,
        changes: ReadonlyArray<Ledger.Change>,
        members: ReadonlyMap<Ids.EventId, number>,
        now: number
      ) {
        // A key is free for its next row only once the former one is superseded.
        const superseded = changes.filter((change) => change._tag === "Supersede")
        yield* webhooks.enqueue(place, superseded, now)
        yield* sessionEvents.mark(place, superseded, now)
        const emitted = changes.filter((change) => change._tag === "Emit")
        const emissions = emitted.map((change) => Settlement.emission(rules, change, members))
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
