import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"
import type { KeyKind } from "./WriteKeys.ts"

/** A key of the platform and the read API, for all of a unit. *Shape*: `sha256` of the key's text, in hex. */
export interface ApiKey extends Schema.Schema.Type<typeof ApiKey> {}

/** *Shape*: `prefix` is the part that may be shown, such as `ak_3fK2`. */
export const ApiKey = Schema.Struct({
  unitId: Schema.Int,
  name: Schema.String,
  prefix: Schema.String,
  sha256: Schema.String
})

/** A key of either kind, as a list shows it. *Shape*: null for a site where it opens all of the unit. *Units*: UTC milliseconds. */
export interface KeptKey {
  readonly kind: KeyKind | "api"
  readonly siteId: string | null
  readonly name: string
  readonly prefix: string
  readonly createdAt: number
  readonly revokedAt: number | null
}

/** The keys that other systems ask with; only their hashes are kept. *Fails* with `SqlError`. */
export class ApiKeys extends Context.Service<
  ApiKeys,
  {
    /** All keys of all units that are not revoked. */
    readonly active: Effect.Effect<ReadonlyArray<ApiKey>, SqlError.SqlError>
    readonly add: (key: ApiKey) => Effect.Effect<void, SqlError.SqlError>
    /** All keys of a unit, those of its sites too, the newest first. */
    readonly ofUnit: (unitId: number) => Effect.Effect<ReadonlyArray<KeptKey>, SqlError.SqlError>
    /** Revokes the unit's keys with this prefix, of whatever kind; gives how many of them were not revoked before. */
    readonly revoke: (unitId: number, prefix: string) => Effect.Effect<number, SqlError.SqlError>
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

      const ofUnit = Effect.fn("ApiKeys.ofUnit")(function* (unitId: number) {
        const times = sql`${instant(sql, "created_at", "createdAt")}, ${instant(sql, "revoked_at", "revokedAt")}`
        return yield* sql<KeptKey>`
          select * from (
            select kind::text, site_id as "siteId", name, prefix, ${times} from write_key where unit_id = ${unitId}
            union all select 'api', null, name, prefix, ${times} from api_key where unit_id = ${unitId}) as key
          order by "createdAt" desc, prefix`
      })

      const revoke = Effect.fn("ApiKeys.revoke")(function* (unitId: number, prefix: string) {
        const [row] = yield* sql<{ readonly count: number }>`
          with ours as (
            update api_key set revoked_at = now()
            where unit_id = ${unitId} and prefix = ${prefix} and revoked_at is null returning 1),
          theirs as (
            update write_key set revoked_at = now()
            where unit_id = ${unitId} and prefix = ${prefix} and revoked_at is null returning 1)
          select ((select count(*) from ours) + (select count(*) from theirs))::int as count`
        return row!.count
      })

      return ApiKeys.of({ active, add, ofUnit, revoke })
    })
  )
}
