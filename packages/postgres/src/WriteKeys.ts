import { Ids } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"

/** A browser key stands in the shop's pages and can only write; a server key may also import history. */
export type KeyKind = "browser" | "server"

/** A key that may write to one site. *Shape*: `sha256` of the key's text, in hex. */
export interface Key extends Schema.Schema.Type<typeof Key> {}

/** *Shape*: `prefix` is the part that may be shown. */
export const Key = Schema.Struct({
  unitId: Schema.Int,
  siteId: Ids.SiteId,
  sha256: Schema.String,
  kind: Schema.Literals(["browser", "server"]),
  name: Schema.String,
  prefix: Schema.String
})

/** A key to be added. `publicKey` is the text of a browser key; of a server key only the hash is kept. */
export interface NewKey extends Key {
  readonly publicKey: string | null
}

/** The keys of the doors. *Fails* with `SqlError`. */
export class WriteKeys extends Context.Service<
  WriteKeys,
  {
    /** All keys of all sites that are not revoked. */
    readonly active: Effect.Effect<ReadonlyArray<Key>, SqlError.SqlError>
    readonly add: (key: NewKey) => Effect.Effect<void, SqlError.SqlError>
    /** The site's newest browser key in full, for the snippet that a shop pastes; null when it has none. */
    readonly browserKey: (place: Place) => Effect.Effect<string | null, SqlError.SqlError>
  }
>()("@spoor/postgres/WriteKeys") {
  static readonly layer = Layer.effect(
    WriteKeys,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const active = sql<Key>`
        select unit_id as "unitId", site_id as "siteId", kind, name, prefix, key_sha256 as sha256
        from write_key where revoked_at is null`

      const add = Effect.fn("WriteKeys.add")(function* (key: NewKey) {
        yield* sql`
          insert into write_key (unit_id, site_id, kind, name, prefix, key_sha256, public_key)
          values (${key.unitId}, ${key.siteId}, ${key.kind}, ${key.name}, ${key.prefix}, ${key.sha256}, ${key.publicKey})`
      })

      const browserKey = Effect.fn("WriteKeys.browserKey")(function* ({ unitId, siteId }: Place) {
        const rows = yield* sql<{ readonly key: string }>`
          select public_key as key from write_key
          where unit_id = ${unitId} and site_id = ${siteId} and kind = 'browser' and revoked_at is null
          order by id desc limit 1`
        return rows[0]?.key ?? null
      })

      return WriteKeys.of({ active, add, browserKey })
    })
  )
}
