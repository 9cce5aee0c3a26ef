import { Key, Known, WriteKeys } from "@spoor/postgres"
import { Context, type Duration, Effect, Layer } from "effect"
import * as Digest from "../proof/Digest.ts"

/** The keys that services register submissions with, held in memory. */
export class Keyring extends Context.Service<
  Keyring,
  {
    /** Gives null for a key that is not known or revoked. */
    readonly find: (key: string) => Effect.Effect<Key | null>
  }
>()("@spoor/sms/Keyring") {
  static readonly layer = ({ missPause }: { readonly missPause?: Duration.Duration } = {}) =>
    Layer.effect(
      Keyring,
      Effect.gen(function* () {
        const active = yield* Known.keep("write-keys", Key, (yield* WriteKeys).active)
        const bySha256 = Effect.map(active, (keys) => new Map(keys.map((key) => [key.sha256, key])))
        const { find } = yield* Known.hold(bySha256, missPause)
        return Keyring.of({ find: (key) => find(Digest.sha256(key)) })
      })
    )
}
