import { type ApiKey, ApiKeys, type Key, WriteKeys } from "@spoor/postgres"
import { Clock, Context, Effect, Layer, Ref, Schedule } from "effect"
import { createHash } from "node:crypto"

/** How often the keys are read again. A revoked key is refused after at most this long. */
const refreshEvery = "2 seconds"

/** A key that is not known makes the ring read again, at most this often. *Units*: milliseconds. */
const missPauseMin = 500

/** *Shape*: `find` gives null for a key that is not known or revoked. */
interface Ring<A> {
  readonly find: (key: string) => Effect.Effect<A | null>
}

/** The keys that may write to a site, held in memory: a door must answer while PostgreSQL is away. */
export class Keyring extends Context.Service<Keyring, Ring<Key>>()("@spoor/ingest/Keyring") {
  static readonly layer = Layer.effect(
    Keyring,
    Effect.gen(function* () {
      return Keyring.of(yield* ring((yield* WriteKeys).active))
    })
  )
}

/** The keys of the platform and the read API (`x-api-key`), held in the same way. */
export class ApiKeyring extends Context.Service<ApiKeyring, Ring<ApiKey>>()("@spoor/ingest/ApiKeyring") {
  static readonly layer = Layer.effect(
    ApiKeyring,
    Effect.gen(function* () {
      return ApiKeyring.of(yield* ring((yield* ApiKeys).active))
    })
  )
}

const ring = <A extends { readonly sha256: string }, E>(active: Effect.Effect<ReadonlyArray<A>, E>) =>
  Effect.gen(function* () {
    const held = yield* Ref.make<{ readonly keys: ReadonlyMap<string, A>; readonly readAt: number }>({
      keys: new Map(),
      readAt: 0
    })
    const refresh = Effect.gen(function* () {
      const keys = yield* active
      yield* Ref.set(held, {
        keys: new Map(keys.map((key) => [key.sha256, key])),
        readAt: yield* Clock.currentTimeMillis
      })
    })
    // With PostgreSQL away the keys of before stay good.
    const tryRefresh = Effect.ignore(refresh)
    yield* refresh
    yield* Effect.forkScoped(Effect.repeat(tryRefresh, Schedule.spaced(refreshEvery)))

    const find = Effect.fnUntraced(function* (key: string) {
      if (key === "") return null
      const sha256 = createHash("sha256").update(key).digest("hex")
      const { keys, readAt } = yield* Ref.get(held)
      const found = keys.get(sha256)
      if (found !== undefined) return found
      if ((yield* Clock.currentTimeMillis) - readAt < missPauseMin) return null
      yield* tryRefresh
      return (yield* Ref.get(held)).keys.get(sha256) ?? null
    })
    return { find }
  })
