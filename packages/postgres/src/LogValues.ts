import { FilterFields, type Log } from "@spoor/domain"
import { Context, Effect, Layer, Record } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { reading } from "./Keyset.ts"
import { logTables, type Operand, personalText } from "./log/LogTable.ts"

/** Only the newest rows are looked through, whatever the length of a log: what somebody types was mostly seen lately. */
const rowsMax = 10_000

/** Enough for a list under a field. */
export const valuesMax = 8

/** A value that a log has, and the field of the filter that it is of. */
export interface LogValue {
  readonly field: string
  readonly value: string
}

/** What a log's fields hold, to complete what somebody types. *Fails* with `SqlError`. */
export class LogValues extends Context.Service<
  LogValues,
  {
    /**
     * Up to `valuesMax` values that contain what was typed, in any case: those that begin with it first, then the newest.
     * *Shape*: `field` is one of `fieldsOf`; null stands for any. With `isMasked` nothing personal is told, or looked for.
     */
    readonly like: (
      unitId: number,
      log: Log.Log,
      field: string | null,
      typed: string,
      isMasked?: boolean
    ) => Effect.Effect<ReadonlyArray<LogValue>, SqlError.SqlError>
  }
>()("@spoor/postgres/LogValues") {
  static readonly layer = Layer.effect(
    LogValues,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const like = Effect.fn("LogValues.like")(
        function* (unitId: number, log: Log.Log, field: string | null, typed: string, isMasked = false) {
          const table = sql.literal(logTables[log].name)
          const places = Object.entries(placesOf(log, isMasked)).filter(([name]) => field === null || name === field)
          if (places.length === 0) return []
          const fields = places.flatMap(([name, columns]) => columns.map((column) => `('${name}', ${column})`))
          const session = sql.literal(
            log === "activity" || log === "session-events"
              ? `left join session on session.unit_id = newest.unit_id and session.no = newest.session_no`
              : ""
          )
          return yield* sql<LogValue>`
            select field, said as value
            from (
              select * from ${table} where unit_id = ${unitId} order by occurred_at desc, id desc limit ${rowsMax}
            ) as newest ${session}
            cross join lateral (values ${sql.literal(fields.join(", "))}) as found (field, said)
            where strpos(lower(said), ${typed.toLowerCase()}) > 0 and (not ${isMasked} or said !~ ${personalText})
            group by field, said
            order by bool_or(lower(said) ^@ ${typed.toLowerCase()}) desc, max(newest.occurred_at) desc, field, said
            limit ${valuesMax}`.unprepared
        },
        (effect) => reading(sql, effect)
      )

      return LogValues.of({ like })
    })
  )
}

/** The fields of a log that can be completed; with `isMasked`, those that hold nothing personal. */
export const fieldsOf = (log: Log.Log, isMasked = false): ReadonlyArray<string> => Object.keys(placesOf(log, isMasked))

/** Where the completable fields stand: not those that list their values themselves, nor IDs that no two rows share. */
const placesOf = (log: Log.Log, isMasked: boolean): Readonly<Record<string, ReadonlyArray<string>>> => {
  const kinds: Readonly<Record<string, { readonly kind: string }>> = FilterFields.fields[log]
  const operands: Readonly<Record<string, Operand>> = logTables[log].operands
  return Record.filter(
    Record.map(operands, (operand, name) =>
      isOpen(name, kinds[name]?.kind) && !(isMasked && operand.isPersonal) ? columnsOf(operand) : []
    ),
    (columns) => columns.length > 0
  )
}

const isOpen = (name: string, kind: string | undefined): boolean =>
  (kind === "exact" || kind === "pattern") && name !== "site" && name !== "request"

const columnsOf = (operand: Operand): ReadonlyArray<string> => {
  if (operand.kind === "session") return ["session.id"]
  if (operand.kind !== "text") return []
  return operand.columns.map((column) => `${operand.isOfSession ? "session" : "newest"}.${column.split(" ", 1)[0]}`)
}
