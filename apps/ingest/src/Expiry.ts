import { Retention, Units } from "@spoor/postgres"
import { Clock, Context, Duration, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "./Job.ts"

/** A day's rows leave in twenty-four parts. */
const pauses = { first: Duration.minutes(10), every: Duration.hours(1) }

const DAY = 86_400_000

/** Removes from the logs what was kept for as long as its unit wants. */
export class Expiry extends Context.Service<
  Expiry,
  {
    /** Every log of every unit; gives the number of rows that went. */
    readonly once: Effect.Effect<number, SqlError.SqlError>
    /** For ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/Expiry") {
  static readonly layer = Layer.effect(
    Expiry,
    Effect.gen(function* () {
      const retention = yield* Retention
      const units = yield* Units

      const once = Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        let total = 0
        for (const { id } of yield* units.all) {
          for (const { days, log } of yield* retention.ofUnit(id)) {
            const removed = yield* retention.purge(id, log, now - days * DAY)
            if (removed > 0) yield* Effect.logInfo("Rows were kept long enough and went", { unitId: id, log, removed })
            total += removed
          }
        }
        return total
      })

      const run = once.pipe(Job.nowAndThen("What was kept long enough could not be removed; trying again", pauses))

      return Expiry.of({ once, run })
    })
  )
}
