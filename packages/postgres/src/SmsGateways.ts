import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"

/**
 * A gateway as it is kept.
 *
 * *Shape*: `settings` as `SmsGateway.Settings` encodes them. `unreportedSince` is when the first message was registered of which nothing has been
 * said since, `tracedUntil` until when its traffic is shown. *Units*: UTC milliseconds.
 */
export interface SmsGatewayRow {
  readonly unitId: number
  readonly id: number
  readonly key: string
  readonly name: string
  readonly plugin: string
  readonly settings: unknown
  readonly lastReportAt: number | null
  readonly unreportedSince: number | null
  readonly tracedUntil: number | null
}

export type NewSmsGateway = Pick<SmsGatewayRow, "unitId" | "key" | "name" | "plugin" | "settings">

/** The gateways of text messages. *Fails* with `SqlError`. */
export class SmsGateways extends Context.Service<
  SmsGateways,
  {
    /** All of all units that are not removed. */
    readonly active: Effect.Effect<ReadonlyArray<SmsGatewayRow>, SqlError.SqlError>
    /** The newest that has this name in the log, also a removed one; null when none has. */
    readonly named: (
      unitId: number,
      name: string
    ) => Effect.Effect<Pick<SmsGatewayRow, "plugin" | "settings"> | null, SqlError.SqlError>
    /** Gives its ID; null where another gateway, of any unit, has the key. See `SmsSetup.add`, which checks what is added. */
    readonly add: (gateway: NewSmsGateway, now: number) => Effect.Effect<number | null, SqlError.SqlError>
    /** Gives false where the unit has no such gateway. */
    readonly change: (
      gateway: Pick<SmsGatewayRow, "unitId" | "key" | "settings">
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** Nothing more is taken from it; its messages stay. Gives false where the unit has no such gateway. */
    readonly remove: (unitId: number, key: string, now: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** Shows its traffic until then, null no more. Gives false where the unit has no such gateway. */
    readonly trace: (unitId: number, key: string, until: number | null) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/SmsGateways") {
  static readonly layer = Layer.effect(
    SmsGateways,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const active = sql<SmsGatewayRow>`
        select unit_id as "unitId", id, key, name, plugin, settings, ${instant(sql, "last_report_at", "lastReportAt")},
          ${instant(sql, "unreported_since", "unreportedSince")}, ${instant(sql, "traced_until", "tracedUntil")}
        from sms_gateway where removed_at is null order by unit_id, id`

      const named = Effect.fn("SmsGateways.named")(function* (unitId: number, name: string) {
        const rows = yield* sql<Pick<SmsGatewayRow, "plugin" | "settings">>`
          select plugin, settings from sms_gateway where unit_id = ${unitId} and name = ${name} order by id desc limit 1`
        return rows[0] ?? null
      })

      const json = (settings: unknown) => sql`${JSON.stringify(settings)}::text::jsonb`

      const add = Effect.fn("SmsGateways.add")(function* (gateway: NewSmsGateway, now: number) {
        const rows = yield* sql<{ readonly id: number }>`
          insert into sms_gateway (unit_id, key, name, plugin, settings, created_at)
          values (${gateway.unitId}, ${gateway.key}, ${gateway.name}, ${gateway.plugin},
            ${json(gateway.settings)}, to_timestamp(${now}::float8 / 1000))
          on conflict (key) where removed_at is null do nothing returning id`
        return rows[0]?.id ?? null
      })

      const change = Effect.fn("SmsGateways.change")(function* ({
        key,
        settings,
        unitId
      }: Pick<SmsGatewayRow, "unitId" | "key" | "settings">) {
        const rows = yield* sql`
          update sms_gateway set settings = ${json(settings)}
          where unit_id = ${unitId} and key = ${key} and removed_at is null returning 1`
        return rows.length > 0
      })

      const remove = Effect.fn("SmsGateways.remove")(function* (unitId: number, key: string, now: number) {
        const rows = yield* sql`
          update sms_gateway set removed_at = to_timestamp(${now}::float8 / 1000)
          where unit_id = ${unitId} and key = ${key} and removed_at is null returning 1`
        return rows.length > 0
      })

      const trace = Effect.fn("SmsGateways.trace")(function* (unitId: number, key: string, until: number | null) {
        const rows = yield* sql`
          update sms_gateway set traced_until = to_timestamp(${until}::float8 / 1000)
          where unit_id = ${unitId} and key = ${key} and removed_at is null returning 1`
        return rows.length > 0
      })

      return SmsGateways.of({ active, named, add, change, remove, trace })
    })
  )
}
