import { Clock, Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"
import type { Account } from "./Users.ts"

/** Whose account it is. */
export interface Owner {
  readonly unitId: number
  readonly userId: string
}

/** *Shape*: `secret` is Base32. *Units*: `enabledAt` in UTC milliseconds, null until a code has been seen. */
export interface Factor {
  readonly secret: string
  readonly enabledAt: number | null
  readonly codesLeft: number
}

/** Somebody whose password was right. */
export interface Step extends Owner, Pick<Account, "email" | "isDisabled"> {}

/** The second factors of accounts, and who is between their password and their code. *Fails* with `SqlError`. */
export class SecondFactors extends Context.Service<
  SecondFactors,
  {
    /** Null where there is none, not even one that was only begun. */
    readonly of: (owner: Owner) => Effect.Effect<Factor | null, SqlError.SqlError>
    /** Keeps a secret of which no code has been seen yet; false, and nothing, where there is one in force. */
    readonly prepare: (owner: Owner, secret: string) => Effect.Effect<boolean, SqlError.SqlError>
    /** Puts it in force by the code of a step, with these digests of recovery codes; false when it is in force already. */
    readonly enable: (
      owner: Owner,
      step: number,
      codes: ReadonlyArray<string>
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** Takes the code of a step, once: false for a step that was taken, or lies before one that was. */
    readonly take: (owner: Owner, step: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Takes a recovery code by its digest, once. */
    readonly takeCode: (owner: Owner, sha256: string) => Effect.Effect<boolean, SqlError.SqlError>
    readonly replaceCodes: (owner: Owner, codes: ReadonlyArray<string>) => Effect.Effect<void, SqlError.SqlError>
    readonly remove: (owner: Owner) => Effect.Effect<void, SqlError.SqlError>
    /** Remembers whose code is awaited, under the digest of a token. *Units*: `expiresAt` in UTC milliseconds. */
    readonly await: (owner: Owner, id: string, expiresAt: number) => Effect.Effect<void, SqlError.SqlError>
    /** Null when nobody's is, or no longer. */
    readonly awaited: (id: string) => Effect.Effect<Step | null, SqlError.SqlError>
    readonly forget: (id: string) => Effect.Effect<void, SqlError.SqlError>
    /** Removes what is no longer awaited. */
    readonly sweep: Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/SecondFactors") {
  static readonly layer = Layer.effect(
    SecondFactors,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const ofOwner = ({ unitId, userId }: Owner) => sql`unit_id = ${unitId} and user_id = ${userId}`
      const at = (ms: number) => sql`to_timestamp(${ms}::float8 / 1000)`

      const of = Effect.fn("SecondFactors.of")(function* (owner: Owner) {
        const rows = yield* sql<Factor>`
          select secret, ${instant(sql, "enabled_at", "enabledAt")},
            (select count(*)::float8 from recovery_code where ${ofOwner(owner)}) as "codesLeft"
          from second_factor where ${ofOwner(owner)}`
        return rows[0] ?? null
      })

      const prepare = Effect.fn("SecondFactors.prepare")(function* ({ unitId, userId }: Owner, secret: string) {
        const rows = yield* sql`
          insert into second_factor as known (unit_id, user_id, secret) values (${unitId}, ${userId}, ${secret})
          on conflict (unit_id, user_id) do update set secret = excluded.secret, last_step = 0
          where known.enabled_at is null returning 1`
        return rows.length > 0
      })

      const replaceCodes = Effect.fn("SecondFactors.replaceCodes")(function* (
        owner: Owner,
        codes: ReadonlyArray<string>
      ) {
        yield* sql`delete from recovery_code where ${ofOwner(owner)}`
        yield* sql`
          insert into recovery_code (unit_id, user_id, sha256)
          select ${owner.unitId}, ${owner.userId}, code from unnest(${codes}::text[]) as code`
      }, sql.withTransaction)

      const enable = Effect.fn("SecondFactors.enable")(function* (
        owner: Owner,
        step: number,
        codes: ReadonlyArray<string>
      ) {
        const now = yield* Clock.currentTimeMillis
        const rows = yield* sql`
          update second_factor set enabled_at = ${at(now)}, last_step = ${step}::bigint
          where ${ofOwner(owner)} and enabled_at is null returning 1`
        if (rows.length === 0) return false
        yield* replaceCodes(owner, codes)
        return true
      }, sql.withTransaction)

      const take = Effect.fn("SecondFactors.take")(function* (owner: Owner, step: number) {
        const rows = yield* sql`
          update second_factor set last_step = ${step}::bigint
          where ${ofOwner(owner)} and enabled_at is not null and last_step < ${step}::bigint returning 1`
        return rows.length > 0
      })

      const takeCode = Effect.fn("SecondFactors.takeCode")(function* (owner: Owner, sha256: string) {
        const rows = yield* sql`delete from recovery_code where ${ofOwner(owner)} and sha256 = ${sha256} returning 1`
        return rows.length > 0
      })

      const remove = Effect.fn("SecondFactors.remove")(function* (owner: Owner) {
        yield* sql`delete from second_factor where ${ofOwner(owner)}`
      })

      const awaitCode = Effect.fn("SecondFactors.await")(function* (
        { unitId, userId }: Owner,
        id: string,
        expiresAt: number
      ) {
        yield* sql`
          insert into sign_in_step (unit_id, id, user_id, expires_at)
          values (${unitId}, ${id}, ${userId}, ${at(expiresAt)})`
      })

      const awaited = Effect.fn("SecondFactors.awaited")(function* (id: string) {
        const now = yield* Clock.currentTimeMillis
        const rows = yield* sql<Step>`
          select step.unit_id as "unitId", user_id as "userId", email, disabled_at is not null as "isDisabled"
          from sign_in_step as step join panel_user on panel_user.id = user_id
          where step.id = ${id} and expires_at > ${at(now)}`
        return rows[0] ?? null
      })

      const forget = Effect.fn("SecondFactors.forget")(function* (id: string) {
        yield* sql`delete from sign_in_step where id = ${id}`
      })

      const sweep = Effect.gen(function* () {
        yield* sql`delete from sign_in_step where expires_at < ${at(yield* Clock.currentTimeMillis)}`
      })

      return SecondFactors.of({
        of,
        prepare,
        enable,
        take,
        takeCode,
        replaceCodes,
        remove,
        await: awaitCode,
        awaited,
        forget,
        sweep
      })
    })
  )
}
