import { Effect, Stream } from "effect"
import { type SqlConnection, type SqlError, Statement } from "effect/sql"
import type { Writable } from "node:stream"
import type postgres from "postgres"
import { sqlError } from "./SqlState.ts"

type Parameter = postgres.ParameterOrJSON<never>

const CURSOR_ROWS = 256

/**
 * *Shape*: `cancel` stops what the connection does on the server; of a lost one nothing is asked. `onLost` calls back once it is
 * lost and postgres.js has said what it knows of it; what it returns takes that back.
 */
interface Controls {
  readonly cancel: Effect.Effect<void>
  readonly isLost: () => boolean
  readonly onLost: (tell: () => void) => () => void
}

/** What effect/sql has no word for. *Shape*: `texts` hold the rows in PostgreSQL's text format, and are asked for one by one. */
interface Copying {
  readonly copy: (statement: string, texts: Iterable<string>) => Effect.Effect<void, SqlError.SqlError>
}

export const canCopy = (connection: SqlConnection.Connection): connection is SqlConnection.Connection & Copying =>
  "copy" in connection

/** effect/sql's view of one connection. */
export const connectionOver = (
  sql: postgres.Sql,
  { cancel, isLost, onLost }: Controls
): SqlConnection.Connection & Copying => {
  const query = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean) => {
    if (isLost()) throw wentAway()
    return sql.unsafe(text, parameters.map(bind), { prepare })
  }
  const settle = settler(cancel, onLost)
  const rows = (text: string, parameters: ReadonlyArray<unknown>, prepare: boolean, transform: Transform) =>
    settle(() => query(text, parameters, prepare)).pipe(Effect.map((rows) => transform?.(rows) ?? rows))

  return {
    copy: (statement, texts) => settle(() => copyIn((asked) => query(asked, [], false), statement, texts)),
    execute: (text, parameters, transform) => rows(text, parameters, true, transform),
    executeUnprepared: (text, parameters, transform) => rows(text, parameters, false, transform),
    executeRaw: (text, parameters) => settle(() => query(text, parameters, true)),
    executeValues: (text, parameters) => settle(() => query(text, parameters, true).values()),
    executeValuesUnprepared: (text, parameters) => settle(() => query(text, parameters, false).values()),
    executeStream: (text, parameters, transform) =>
      Stream.suspend(() =>
        Stream.fromAsyncIterable(
          batches(() => query(text, parameters, true).cursor(CURSOR_ROWS)),
          (cause) => sqlError(cause, "executeStream")
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

/**
 * Interrupting the fiber cancels the query on the server, so that nobody's work goes on for an answer no one awaits; and it
 * waits for the end of both, so that whoever gets the connection next is not cancelled in its place.
 *
 * What postgres.js is asked between a socket's error and its close is never answered: it ends when the connection does.
 */
const settler =
  (cancel: Effect.Effect<void>, onLost: Controls["onLost"]) =>
  <A>(start: () => Promise<A>): Effect.Effect<A, SqlError.SqlError> =>
    Effect.callback((resume) => {
      const fail = (cause: unknown) => {
        const error = sqlError(cause, "execute")
        if (error.reason._tag === "ConnectionError") afterClose(() => resume(Effect.fail(error)))
        else resume(Effect.fail(error))
      }
      try {
        const pending = start()
        const settled = new Promise<void>((resolve) => {
          const forget = onLost(() => end(() => fail(wentAway())))
          const end = (tell: () => void) => {
            forget()
            tell()
            resolve()
          }
          pending.then(
            (rows) => end(() => resume(Effect.succeed(rows))),
            (cause) => end(() => fail(cause))
          )
        })
        return Effect.andThen(
          cancel,
          Effect.promise(() => settled)
        )
      } catch (cause) {
        return fail(cause)
      }
    })

const wentAway = () => Object.assign(new Error("the server went away"), { code: "CONNECTION_CLOSED" })

/**
 * postgres.js tells nobody of an error that comes after the last row (porsager/postgres#1173). Whoever asks next in the same
 * transaction is told that it has failed, if it has.
 */
const copyIn = async (
  query: (text: string) => ReturnType<postgres.Sql["unsafe"]>,
  statement: string,
  texts: Iterable<string>
): Promise<void> => {
  const asked = query(statement)
  const lost = errorOf(asked)
  // Between two texts nobody looks at it.
  lost.catch(() => {})
  const rows = await asked.writable()
  for (const text of texts) {
    const written = new Promise<void>((resolve, reject) => {
      rows.write(text, (error) => (error ? reject(error) : resolve()))
    })
    await Promise.race([written, lost])
  }
  rows.end()
  // The end is sent a turn later, and nothing may be asked before.
  await new Promise(setImmediate)
  await query("select 1")
}

/**
 * The error of what takes the rows, which ends the process where nobody listens. It may come with the same packet as what
 * takes them, and whoever awaits that gets it a turn later: too late to listen. So the question itself does, whose `resolve`
 * is not in the types of postgres.js (3.4.9, src/connection.js, `CopyInResponse`); it is called again at the end, with a result.
 */
const errorOf = (asked: object): Promise<never> =>
  new Promise((_, reject) => {
    if (!("resolve" in asked) || typeof asked.resolve !== "function") {
      throw new Error("postgres.js hands out what takes the rows of COPY in another way than 3.4.9 does.")
    }
    const { resolve } = asked
    asked.resolve = (rows: Writable) => {
      asked.resolve = resolve
      resolve(rows.on("error", reject))
    }
  })

/**
 * postgres.js rejects a query at its socket's error, and lets go of the connection at its close, which Node tells a turn of
 * the event loop later: what it is asked in between is never answered. So nobody hears of the error before.
 */
const afterClose = (tell: () => void) => setImmediate(() => setImmediate(tell))

/** postgres.js' cursor has a `return()` that is no promise, which `Stream.fromAsyncIterable` would wait for in vain. */
async function* batches<A>(start: () => AsyncIterable<A>) {
  for await (const rows of start()) yield rows
}

const bind = (value: unknown): Parameter => (isParameter(value) ? value : null)

/** The statement's author chose the value and PostgreSQL judges it; only `undefined` has no form on the wire. */
const isParameter = (value: unknown): value is Parameter => value !== undefined
