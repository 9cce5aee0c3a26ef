import { Effect, Option } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import { canCopy } from "./Connection.ts"

/** What a field of a row may be. `undefined` and `null` are null. */
type Field = string | number | boolean | null | undefined

/**
 * Writes rows by COPY, which costs PostgreSQL half of what an insert of the same rows from JSON does.
 *
 * *Shape*: `target` is SQL, a table and its columns; `fieldsOf` gives them of a row, JSON as text already. *Units*: instants as ISO 8601.
 * *Fails* with `SqlError`, which may say no more than that the transaction has failed; the transaction is over in any case.
 * Belongs inside a transaction.
 */
export const copyInto = <A>(
  sql: SqlClient.SqlClient,
  target: string,
  rows: ReadonlyArray<A>,
  fieldsOf: (row: A) => ReadonlyArray<Field>
): Effect.Effect<void, SqlError.SqlError> =>
  Effect.flatMap(Effect.serviceOption(sql.transactionService), (held) => {
    const connection = Option.getOrUndefined(held)?.[0]
    return connection !== undefined && canCopy(connection)
      ? connection.copy(`copy ${target} from stdin`, textsOf(rows, fieldsOf))
      : Effect.die(new Error("COPY outside of a transaction would not tell of errors."))
  })

/**
 * The same where it matters why it failed: `byStatement`, which inserts these rows, is asked then, because it tells.
 *
 * *Fails* with what that fails with, and leaves the transaction whole where that does.
 */
export const copyOrInsert = <A>(
  sql: SqlClient.SqlClient,
  target: string,
  rows: ReadonlyArray<A>,
  fieldsOf: (row: A) => ReadonlyArray<Field>,
  byStatement: Effect.Effect<void, SqlError.SqlError>
): Effect.Effect<void, SqlError.SqlError> =>
  rows.length === 0
    ? Effect.void
    : sql.withTransaction(copyInto(sql, target, rows, fieldsOf)).pipe(Effect.catch(() => byStatement))

/** A JSON column's text. */
export const jsonOf = (value: object | null | undefined): string | null => (value ? JSON.stringify(value) : null)

/**
 * Writes instants, most of which are in the minute of the one before; `toISOString` of each took a fifteenth of a worker's time.
 *
 * *Units*: UTC milliseconds. *Shape*: as `toISOString`.
 */
export const instants = () => {
  let minute = NaN
  let prefix = ""
  return (at: number): string => {
    const begun = Math.floor(at / MINUTE)
    if (begun !== minute) {
      minute = begun
      prefix = new Date(begun * MINUTE).toISOString().slice(0, -"00.000Z".length)
    }
    const milliseconds = at - begun * MINUTE
    return `${prefix}${(milliseconds / 1_000).toFixed(3).padStart("00.000".length, "0")}Z`
  }
}

const MINUTE = 60_000

/** Rows that are sent at once: the server writes some while the next ones are made. */
const rowsAtOnce = 128

function* textsOf<A>(rows: ReadonlyArray<A>, fieldsOf: (row: A) => ReadonlyArray<Field>): Generator<string> {
  for (let from = 0; from < rows.length; from += rowsAtOnce) {
    let text = ""
    for (const row of rows.slice(from, from + rowsAtOnce)) text += lineOf(fieldsOf(row))
    yield text
  }
}

const lineOf = (fields: ReadonlyArray<Field>): string => `${fields.map(fieldOf).join("\t")}\n`

/** *Source*: PostgreSQL 18, COPY, "Text Format". */
const fieldOf = (field: Field): string => {
  if (field === undefined || field === null) return "\\N"
  if (typeof field !== "string") return String(field)
  return special.test(field) ? field.replaceAll(allSpecial, (character) => escapes[character]!) : field
}

const special = /[\\\t\n\r]/
const allSpecial = new RegExp(special, "g")
const escapes: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" }
