import { type Pending, type Place, Sites, Unsettled } from "@spoor/postgres"
import { Clock, Context, Duration, Effect, Exit, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "./Job.ts"
import { Settler } from "./Settler.ts"
import { Worker } from "./Worker.ts"

/** The most orders and identifications of a site that one transaction settles. */
const pendingMax = 100

/** What the platform's API wrote beside the queue: orders and e-mails that change sessions and outcomes. */
export class Backlog extends Context.Service<
  Backlog,
  {
    /** Settles some of every site; gives the number of orders and identifications, 0 when there was none. */
    readonly settle: Effect.Effect<number, SqlError.SqlError>
    /** For ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/Backlog") {
  static readonly layer = Layer.effect(
    Backlog,
    Effect.gen(function* () {
      const settler = yield* Settler
      const sites = yield* Sites
      const unsettled = yield* Unsettled
      const { transact } = yield* Worker

      /** In one transaction. Gives those that were settled. */
      const settleSome = Effect.fn("Backlog.settleSome")(function* (place: Place, after: number, limit: number) {
        const pending = yield* unsettled.take(place, yield* Clock.currentTimeMillis, { after, limit })
        if (pending.length === 0) return pending
        const rules = yield* sites.rules(place)
        yield* settler.settle(place, rules, yield* settler.hold(place, touchedBy(pending)), [])
        yield* unsettled.remove(
          place,
          pending.map(({ no }) => no)
        )
        return pending
      })

      /** All at once; where that fails for good, each by itself, so that one harms only itself. */
      const settleSite = Effect.fn("Backlog.settleSite")(function* (place: Place) {
        const together = yield* Effect.exit(transact(settleSome(place, 0, pendingMax)))
        if (Exit.isSuccess(together)) return together.value.length
        let settled = 0
        const pending = yield* unsettled.take(place, yield* Clock.currentTimeMillis, { after: 0, limit: pendingMax })
        for (const { no } of pending) {
          const alone = yield* Effect.exit(transact(settleSome(place, no - 1, 1)))
          if (Exit.isSuccess(alone)) settled += alone.value.length
          else yield* Effect.logError("An order or an e-mail could not be settled; it waits", { no }, alone.cause)
        }
        return settled
      })

      const settle = Effect.gen(function* () {
        const places = yield* unsettled.places(yield* Clock.currentTimeMillis)
        const settled = yield* Effect.forEach(places, settleSite)
        return settled.reduce((sum, count) => sum + count, 0)
      })

      const run = settle.pipe(Job.steadily("Orders and e-mails could not be settled; trying again", pause))

      return Backlog.of({ settle, run })
    })
  ).pipe(Layer.provide([Settler.layer, Worker.layer]))
}

const pause = Duration.seconds(1)

const touchedBy = (pending: ReadonlyArray<Pending>) => ({
  orderIds: pending.flatMap(({ orderId }) => orderId ?? []),
  emails: pending.flatMap(({ emails }) => emails),
  visitors: pending.flatMap(({ visitor }) => visitor ?? [])
})
