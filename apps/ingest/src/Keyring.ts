import { type Key, WriteKeys } from "@spoor/postgres"
import { Clock, Context, Effect, Layer, Ref, Schedule } from "effect"
import { createHash } from "node:crypto"

/** How often the keys are read again. A revoked key is refused after at most this long. */
const refreshEvery = "2 seconds"

/** A key that is not known makes the ring read again, at most this often. *Units*: milliseconds. */
const missPauseMin = 500

/**
 * The keys that may write, held in memory: a door must answer while PostgreSQL is away.
 *
 * *Shape*: `find` gives null for a key that is not known or revoked.
 */
export class Keyring extends Context.Service<Keyring, { readonly find: (key: string) => Effect.Effect<Key | null> }>()(
  "@spoor/ingest/Keyring"
) {
  static readonly layer = Layer.effect(
    Keyring,
    Effect.gen(function* () {
      const writeKeys = yield* WriteKeys
      const ring = yield* Ref.make<Ring>({ keys: new Map(), readAt: 0 })
      const refresh = Effect.gen(function* () {
        const keys = yield* writeKeys.active
        yield* Ref.set(ring, {
          keys: new Map(keys.map((key) => [key.sha256, key])),
          readAt: yield* Clock.currentTimeMillis
        })
      })
      // With PostgreSQL away the keys of before stay good.
      const tryRefresh = Effect.ignore(refresh)
      yield* refresh
      yield* Effect.forkScoped(Effect.repeat(tryRefresh, Schedule.spaced(refreshEvery)))

      const find = Effect.fn("Keyring.find")(function* (key: string) {
        const sha256 = createHash("sha256").update(key).digest("hex")
        const { keys, readAt } = yield* Ref.get(ring)
        const found = keys.get(sha256)
        if (found !== undefined) return found
        if ((yield* Clock.currentTimeMillis) - readAt < missPauseMin) return null
        yield* tryRefresh
        return (yield* Ref.get(ring)).keys.get(sha256) ?? null
      })

      return Keyring.of({ find })
    })
  )
}

interface Ring {
  readonly keys: ReadonlyMap<string, Key>
  readonly readAt: number
}
