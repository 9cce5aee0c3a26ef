import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** A key of the platform and the read API, for all of a unit. *Shape*: `sha256` of the key's text, in hex. */
export interface ApiKey {
  readonly unitId: number
  readonly name: string
  /** The part that may be shown, such as `ak_3fK2`. */
  readonly prefix: string
  readonly sha256: string
}

/** The keys that other systems ask with; only their hashes are kept. *Fails* with `SqlError`. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** All keys of all units that are not revoked. */
    readonly active: Effect.Effect<ReadonlyArray<ApiKey>, SqlError.SqlError>
    readonly add: (key: ApiKey) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/ApiKeys") {
  static readonly layer = Layer.effect(
    ApiKeys,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const active = sql<ApiKey>`
        select unit_id as "unitId", name, prefix, key_sha256 as sha256 from api_key where revoked_at is null`

      const add = Effect.fn("ApiKeys.add")(function* ({ unitId, name, prefix, sha256 }: ApiKey) {
        yield* sql`
          insert into api_key (unit_id, name, prefix, key_sha256) values (${unitId}, ${name}, ${prefix}, ${sha256})`
      })

      return ApiKeys.of({ active, add })
    })
  )
}
