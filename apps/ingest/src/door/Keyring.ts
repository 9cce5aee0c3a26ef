import { ApiKey, ApiKeys, Key, Known, WriteKeys } from "@spoor/postgres"
import { Context, Effect, Layer } from "effect"
import { createHash } from "node:crypto"

/** *Shape*: `find` gives null for a key that is not known or revoked. */
interface Ring<A> {
  readonly find: (key: string) => Effect.Effect<A | null>
}

/** The keys that may write to a site, held in memory: a door must answer while PostgreSQL is away. */
export class Keyring extends Context.Service<Keyring, Ring<Key>>()("@spoor/ingest/Keyring") {
  static readonly layer = Layer.effect(
    Keyring,
    Effect.gen(function* () {
      return Keyring.of(yield* ring(yield* Known.keep("write-keys", Key, (yield* WriteKeys).active)))
    })
  )
}

/** The keys of the platform and the read API (`x-api-key`), held in the same way. */
export class ApiKeyring extends Context.Service<ApiKeyring, Ring<ApiKey>>()("@spoor/ingest/ApiKeyring") {
  static readonly layer = Layer.effect(
    ApiKeyring,
    Effect.gen(function* () {
      return ApiKeyring.of(yield* ring(yield* Known.keep("api-keys", ApiKey, (yield* ApiKeys).active)))
    })
  )
}

const ring = Effect.fnUntraced(function* <A extends { readonly sha256: string }, E>(
  active: Effect.Effect<ReadonlyArray<A>, E>
) {
  const { find } = yield* Known.hold(Effect.map(active, (keys) => new Map(keys.map((key) => [key.sha256, key]))))
  return {
    find: (key: string) => (key === "" ? Effect.succeed(null) : find(createHash("sha256").update(key).digest("hex")))
  }
})
