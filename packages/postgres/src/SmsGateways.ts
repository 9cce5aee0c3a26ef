import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"

/** A gateway as it is kept. *Shape*: `settings` as `SmsGateway.Settings` encodes them. *Units*: UTC milliseconds. */
export interface SmsGatewayRow {
  readonly unitId: number
  readonly id: number
  readonly key: string
  readonly name: string
  readonly plugin: string
  readonly settings: unknown
  readonly lastReportAt: number | null
}

export type NewSmsGateway = Omit<SmsGatewayRow, "id" | "lastReportAt">

/** The gateways of text messages. *Fails* with `SqlError`. */
export class SmsGateways extends Context.Service<
  SmsGateways,
  {
    /** All of all units that are not removed. */
    readonly active: Effect.Effect<ReadonlyArray<SmsGatewayRow>, SqlError.SqlError>
    /** Gives its ID; null where another gateway, of any unit, has the key. */
    readonly add: (gateway: NewSmsGateway, now: number) => Effect.Effect<number | null, SqlError.SqlError>
    /** Nothing more is taken from it; its messages stay. Gives false where the unit has no such gateway. */
    readonly remove: (unitId: number, key: string, now: number) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/SmsGateways") {
  static readonly layer = Layer.effect(
    SmsGateways,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const active = sql<SmsGatewayRow>`
        select unit_id as "unitId", id, key, name, plugin, settings, ${instant(sql, "last_report_at", "lastReportAt")}
        from sms_gateway where removed_at is null order by unit_id, id`

      const add = Effect.fn("SmsGateways.add")(function* (gateway: NewSmsGateway, now: number) {
        const rows = yield* sql<{ readonly id: number }>`
          insert into sms_gateway (unit_id, key, name, plugin, settings, created_at)
          values (${gateway.unitId}, ${gateway.key}, ${gateway.name}, ${gateway.plugin},
            ${JSON.stringify(gateway.settings)}::text::jsonb, to_timestamp(${now}::float8 / 1000))
          on conflict (key) where removed_at is null do nothing returning id`
        return rows[0]?.id ?? null
      })

      const remove = Effect.fn("SmsGateways.remove")(function* (unitId: number, key: string, now: number) {
        const rows = yield* sql`
          update sms_gateway set removed_at = to_timestamp(${now}::float8 / 1000)
          where unit_id = ${unitId} and key = ${key} and removed_at is null returning 1`
        return rows.length > 0
      })

      return SmsGateways.of({ active, add, remove })
    })
  )
}
