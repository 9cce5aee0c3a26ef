import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"

/** A business unit as people see it. *Shape*: `timeZone` is an IANA zone, the one in which its people read. */
export interface Unit {
  readonly id: number
  readonly name: string
  readonly timeZone: string
}

/** *Units*: UTC milliseconds. *Shape*: null for a unit that is open. */
export interface Standing {
  readonly closedAt: number | null
}

/** Why a webhook of a closed unit is disabled. */
const closed = "closed"

/** The business units. *Fails* with `SqlError`. */
export class Units extends Context.Service<
  Units,
  {
    /** Closed ones too, for what they have is still kept. */
    readonly all: Effect.Effect<ReadonlyArray<Unit & Standing>, SqlError.SqlError>
    /** Gives a unit another name and time zone. */
    readonly change: (unit: Unit) => Effect.Effect<void, SqlError.SqlError>
    /** A unit that does not exist is a defect: its users are gone with it. */
    readonly get: (unitId: number) => Effect.Effect<Unit, SqlError.SqlError>
    /**
     * Locks everybody out, refuses its keys and gateways, and tells its webhooks nothing; its rows stay. False where it is closed already,
     * or is none. *Source*: ADR 0049.
     */
    readonly close: (unitId: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Gives back what the closing took, and nothing that was taken before. False where it is not closed. */
    readonly open: (unitId: number) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/Units") {
  static readonly layer = Layer.effect(
    Units,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const all = sql<Unit & Standing>`
        select unit_id as id, name, time_zone as "timeZone", ${instant(sql, "closed_at", "closedAt")}
        from business_unit order by unit_id`

      const get = Effect.fn("Units.get")(function* (unitId: number) {
        const rows = yield* sql<Unit>`
          select unit_id as id, name, time_zone as "timeZone" from business_unit where unit_id = ${unitId}`
        return rows[0] ?? (yield* Effect.die(new Error(`There is no business unit ${unitId}.`)))
      })

      const change = Effect.fn("Units.change")(function* ({ id, name, timeZone }: Unit) {
        yield* sql`update business_unit set name = ${name}, time_zone = ${timeZone} where unit_id = ${id}`
      })

      // All of them at the transaction's instant, by which they are found again.
      const close = Effect.fn("Units.close")(function* (unitId: number) {
        const rows = yield* sql`
          update business_unit set closed_at = now() where unit_id = ${unitId} and closed_at is null returning 1`
        if (rows.length === 0) return false
        yield* sql`update panel_user set disabled_at = now() where unit_id = ${unitId} and disabled_at is null`
        yield* sql`delete from panel_session where unit_id = ${unitId}`
        yield* sql`delete from sign_in_step where unit_id = ${unitId}`
        yield* sql`update api_key set revoked_at = now() where unit_id = ${unitId} and revoked_at is null`
        yield* sql`update write_key set revoked_at = now() where unit_id = ${unitId} and revoked_at is null`
        yield* sql`update sms_gateway set removed_at = now() where unit_id = ${unitId} and removed_at is null`
        yield* sql`
          update webhook set is_enabled = false, disabled_reason = ${closed} where unit_id = ${unitId} and is_enabled`
        return true
      }, sql.withTransaction)

      const open = Effect.fn("Units.open")(function* (unitId: number) {
        const rows = yield* sql`
          select from business_unit where unit_id = ${unitId} and closed_at is not null for update`
        if (rows.length === 0) return false
        const then = sql`(select closed_at from business_unit where unit_id = ${unitId})`
        yield* sql`update panel_user set disabled_at = null where unit_id = ${unitId} and disabled_at = ${then}`
        yield* sql`update api_key set revoked_at = null where unit_id = ${unitId} and revoked_at = ${then}`
        yield* sql`update write_key set revoked_at = null where unit_id = ${unitId} and revoked_at = ${then}`
        yield* sql`
          update sms_gateway as own set removed_at = null where unit_id = ${unitId} and removed_at = ${then}
            and not exists (select from sms_gateway as other where other.key = own.key and other.removed_at is null)`
        yield* sql`
          update webhook set is_enabled = true, disabled_reason = null
          where unit_id = ${unitId} and disabled_reason = ${closed}`
        yield* sql`update business_unit set closed_at = null where unit_id = ${unitId}`
        return true
      }, sql.withTransaction)

      return Units.of({ all, change, get, close, open })
    })
  )
}
