import { Effect, Stream } from "effect"
import { type SqlConnection, type SqlError, Statement } from "effect/sql"
import type postgres from "postgres"
import { sqlError } from "./SqlState.ts"

type Parameter = postgres.ParameterOrJSON<never>

const CURSOR_ROWS = 256

/** effect/sql's view of a postgres.js pool, or of one reserved connection inside a transaction. */
export const connectionOver = (sql: Pick<postgres.Sql, "unsafe">): SqlConnection.Connection => {
  const query = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean) =>
    sql.unsafe(text, parameters.map(bind), { prepare })
  const rows = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean, transform: Transform) =>
    settle(() => query(text, parameters, prepare)).pipe(Effect.map((rows) => transform?.(rows) ?? rows))

  return {
    execute: (text, parameters, transform) => rows(text, parameters, true, transform),
    executeUnprepared: (text, parameters, transform) => rows(text, parameters, false, transform),
    executeRaw: (text, parameters) => settle(() => query(text, parameters, true)),
    executeValues: (text, parameters) => settle(() => query(text, parameters, true).values()),
    executeValuesUnprepared: (text, parameters) => settle(() => query(text, parameters, false).values()),
    executeStream: (text, parameters, transform) =>
      Stream.suspend(() =>
        Stream.fromAsyncIterable(batches(query(text, parameters, true).cursor(CURSOR_ROWS)), (cause) =>
          sqlError(cause, "executeStream")
        )
      ).pipe(
        Stream.map((rows) => transform?.(rows) ?? rows),
        Stream.flattenIterable
      )
  }
}

/** Writes `$1` parameters and quoted identifiers. */
export const compiler = Statement.makeCompiler({
  dialect: "pg",
  placeholder: (index) => `$${index}`,
  onIdentifier: Statement.defaultEscape('"'),
  onRecordUpdate: (placeholders, alias, columns, values, returning) => [
    `(values ${placeholders}) as ${alias}${columns}${returning === undefined ? "" : ` returning ${returning[0]}`}`,
    returning === undefined ? values.flat() : [...values.flat(), ...returning[1]]
  ],
  onCustom: () => ["", []]
})

type Transform = (<A extends object>(rows: ReadonlyArray<A>) => ReadonlyArray<A>) | undefined

/** Interrupting the fiber cancels the query on the server, so that nobody's work goes on for an answer no one awaits. */
const settle = <A>(start: () => Promise<A> & { readonly cancel: () => void }): Effect.Effect<A, SqlError.SqlError> =>
  Effect.callback((resume) => {
    const pending = start()
    pending.then(
      (rows) => resume(Effect.succeed(rows)),
      (cause) => resume(Effect.fail(sqlError(cause, "execute")))
    )
    return Effect.sync(() => pending.cancel())
  })

/** postgres.js' cursor has a `return()` that is no promise, which `Stream.fromAsyncIterable` would wait for in vain. */
async function* batches<A>(cursor: AsyncIterable<A>) {
  for await (const rows of cursor) yield rows
}

const bind = (value: unknown): Parameter => (isParameter(value) ? value : null)

/** The statement's author chose the value and PostgreSQL judges it; only `undefined` has no form on the wire. */
const isParameter = (value: unknown): value is Parameter => value !== undefined
