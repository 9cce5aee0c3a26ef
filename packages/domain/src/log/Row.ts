import { Schema, SchemaTransformation, Struct } from "effect"
import { InstantFromWire } from "../session/Time.ts"

/**
 * The ID of a log row: assigned once, ascending, never reused (sessions.md 2.4).
 *
 * *Shape*: decimal text without leading zeros, 1 to 2^63 - 1, in memory as on every wire. PostgreSQL counts with
 * bigint, which JSON numbers cannot carry beyond 2^53; its driver hands it over as text, so nothing is ever converted.
 */
export const LogId = Schema.String.check(
  Schema.isPattern(/^[1-9]\d{0,18}$/u),
  Schema.makeFilter((id: string) => id.length < 19 || id <= "9223372036854775807", {
    expected: "an ID up to 2^63 - 1"
  })
).pipe(Schema.brand("LogId"), Schema.annotate({ identifier: "LogId" }))
export type LogId = typeof LogId.Type

/** The order in which IDs were assigned: as numbers, not as text. */
export const compareIds = (a: LogId, b: LogId): number => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0)

/** The business unit that a row belongs to. *Shape*: PostgreSQL's integer identity. */
export const BusinessUnitId = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 2_147_483_647 })).pipe(
  Schema.brand("BusinessUnitId"),
  Schema.annotate({ identifier: "BusinessUnitId" })
)
export type BusinessUnitId = typeof BusinessUnitId.Type

/**
 * An instant in a row.
 *
 * *Units*: UTC milliseconds. *Shape*: encodes to ISO 8601 in UTC with milliseconds, which has four digits for the year.
 */
export const RowInstant = Schema.String.annotate({ format: "date-time" }).pipe(
  Schema.decodeTo(
    InstantFromWire,
    SchemaTransformation.transform<string | number, string>({ decode: (iso) => iso, encode: String })
  )
)

/** What every row of every log has. */
export const head = { id: LogId, unitId: BusinessUnitId, createdAt: RowInstant }

/** In the two languages of the panel. */
export interface Label {
  readonly pl: string
  readonly en: string
}

/** A column of a log's table, as screens and exports name it. *Shape*: `key` is the row's field. */
export interface Column<Key extends string = string> {
  readonly key: Key
  readonly label: Label
}

/** The columns of a log, in the order in which its labels are written. */
export const columnsOf = <Key extends string>(labels: Readonly<Record<Key, Label>>): ReadonlyArray<Column<Key>> =>
  Struct.keys(labels).map((key) => ({ key, label: labels[key] }))
