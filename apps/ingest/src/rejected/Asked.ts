import { RejectedItemsApi } from "@spoor/contracts"
import { RejectedItems, RejectedReplays } from "@spoor/postgres"
import { Clock, Context, Duration, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import * as Job from "../Job.ts"
import { Replay } from "./Replay.ts"

/** Between two looks when nothing was asked for. */
const pause = Duration.seconds(1)

/** Longer than a hundred items take; after it another worker goes on. */
const lease = Duration.minutes(2)

/** Does the replays that were asked for in the panel, a hundred items at a time. *Source*: ADR 0048. */
export class Asked extends Context.Service<
  Asked,
  {
    /** One step of one replay; false when there is none. */
    readonly once: Effect.Effect<boolean, SqlError.SqlError>
    /** For ever: failures that may pass are logged and tried again. */
    readonly run: Effect.Effect<never>
  }
>()("@spoor/ingest/rejected/Asked") {
  static readonly layer = Layer.effect(
    Asked,
    Effect.gen(function* () {
      const { settle, take } = yield* RejectedReplays
      const { page } = yield* RejectedItems
      const { read } = yield* Replay

      const once = Effect.gen(function* () {
        const taken = yield* take(yield* Clock.currentTimeMillis, lease)
        if (taken === null) return false
        const rowsMax = RejectedItemsApi.replayItemsMax
        const items = yield* page(taken.unitId, taken.filter, { after: taken.after, rowsMax })
        const tally = yield* read(taken.unitId, items)
        const last = items.at(-1)
        const next = last === undefined || items.length < rowsMax ? null : { at: last.receivedAt, id: last.id }
        yield* settle(taken, tally, next, yield* Clock.currentTimeMillis)
        return true
      })

      const run = once.pipe(Job.steadily("Rejected items could not be read again; trying again", pause))

      return Asked.of({ once, run })
    })
  )
}
