import { PanelCheckpoints } from "@spoor/postgres"
import { Context, Duration, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "./Job.ts"

/** After the start, when there is more to do than this. */
const firstPause = Duration.minutes(10)
/** What has come since the last checkpoint may be computed anew by who may write to the database, and knows how. */
const pause = Duration.hours(1)

export interface Settings {
  /** The folder that SPOOR_HOME names, which has the key and the checkpoints. */
  readonly home: string
  /** A unit has a checkpoint at most so often. Default 1 hour. */
  readonly age?: Duration.Input
}

/** Verifies each unit's panel log and signs where it ends, without being asked: what `spoor verify` compares it with (ADR 0044). */
export class Checkpoints extends Context.Service<
  Checkpoints,
  {
    /** Every unit that has new rows; gives the number of checkpoints signed. A panel log that is not whole is told in the log. */
    readonly once: Effect.Effect<number, SqlError.SqlError>
    /** For ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/Checkpoints") {
  static readonly layer = ({ age = pause, home }: Settings) =>
    Layer.effect(
      Checkpoints,
      Effect.gen(function* () {
        const checkpoints = yield* PanelCheckpoints

        const sign = Effect.fn("Checkpoints.sign")(
          function* (unitId: number) {
            const found = yield* checkpoints.verifyGrown(unitId, Duration.fromInputUnsafe(age))
            if (found === null) return 0
            if (found.isWhole) return found.end.seq === 0 ? 0 : 1
            const { faults, missed } = found
            const told = { unitId, faults: faults.length, rows: found.end.seq, missed: missed?.seq ?? null }
            yield* Effect.logError("The panel log was written to by something else than Spoor: see spoor verify", told)
            return 0
          },
          Effect.catchTag(["CheckpointsUnreadable", "SigningKeyUnreadable"], (error) =>
            Effect.as(Effect.logError("The panel log's checkpoints cannot be used", error), 0)
          )
        )

        const once = Effect.flatMap(checkpoints.units, (units) =>
          Effect.map(Effect.forEach(units, sign), (signed) => signed.reduce((sum, count) => sum + count, 0))
        )

        const run = once.pipe(
          Job.nowAndThen("The panel log could not be verified; trying again", { first: firstPause, every: pause })
        )

        return Checkpoints.of({ once, run })
      })
    ).pipe(Layer.provide(PanelCheckpoints.layer(home)))
}
