import { SqlError } from "effect/sql"

/**
 * What a failed statement came to, by its SQLSTATE or by the socket's or postgres.js' own code.
 *
 * *Source*: PostgreSQL 18, Appendix A, "PostgreSQL Error Codes".
 */
export const sqlError = (cause: unknown, operation: string) =>
  new SqlError.SqlError({ reason: reasonOf(withoutData(cause), operation) })

/**
 * The failure as it leaves this package, where errors are logged: without what stood in parameters, rows or statements.
 *
 * postgres.js hangs the statement and its parameters on the error, and PostgreSQL quotes values in details ("Key (email)=(…)
 * already exists."), contexts and, where a value itself is wrong, in the message. *Source*: ADR 0029.
 */
const withoutData = (cause: unknown): Error => {
  const code = textOf(cause, "code")
  const message = cause instanceof Error && namesNoData.test(code) ? cause.message : untold(code)
  const told = Object.assign(new Error(message), fieldsKept(cause))
  told.stack = `${told.name}: ${message}${frames(cause)}`
  return told
}

/**
 * Classes whose messages name parts of the schema or the server and never a value: connections, constraints, transaction states,
 * rights, conflicts, the statement's text (ours, with parameters apart), resources, limits, operators, the system; and codes that
 * are no SQLSTATE: those of sockets and postgres.js. All others may quote, 22 "data exception" above all.
 */
const namesNoData = /^((08|23|25|28|3D|40|42|53|54|55|57|58)...|E[A-Z]+|CONNECT(ION)?_[A-Z_]+)$/

const untold = (code: string): string =>
  `${/^[0-9A-Z]{5}$/.test(code) ? `SQLSTATE ${code}` : "An error without SQLSTATE"}, whose message may quote values`

const fieldsKept = (cause: unknown): Record<string, string> =>
  Object.fromEntries(
    ["code", "severity", "routine", "schema_name", "table_name", "column_name", "constraint_name"]
      .map((key) => [key, textOf(cause, key)] as const)
      .filter(([, text]) => text !== "")
  )

/** Where it happened, without the first lines, which repeat the message. */
const frames = (cause: unknown): string =>
  (cause instanceof Error ? (cause.stack ?? "") : "").match(/\n {4}at .*/g)?.join("") ?? ""

/**
 * What a failure says about trying again.
 *
 * - `values`: the server refused what it was given, and would again.
 * - `server`: it is away, full, closed to us or of another version, so that nothing we ask for would succeed now.
 * - `circumstances`: others were in the way, or nobody knows; the same may succeed another time.
 */
export type Blame = "values" | "server" | "circumstances"

/** A unique violation is one of values: whoever met another transaction has tried again before it comes to this. */
export const blameOf = ({ reason }: SqlError.SqlError): Blame => {
  const code = textOf(reason.cause, "code")
  if (isConnectionCode(code) || isServerCode(code)) return "server"
  return isValueCode(code) ? "values" : "circumstances"
}

const reasonOf = (cause: Error, operation: string): SqlError.SqlErrorReason => {
  const code = textOf(cause, "code")
  const fields = { cause, operation, message: cause.message }
  switch (code) {
    case "23505":
      return new SqlError.UniqueViolation({ ...fields, constraint: textOf(cause, "constraint_name") })
    case "40001":
      return new SqlError.SerializationError(fields)
    case "40P01":
      return new SqlError.DeadlockError(fields)
    case "42501":
      return new SqlError.AuthorizationError(fields)
    case "55P03":
      return new SqlError.LockTimeoutError(fields)
    case "57014":
      return new SqlError.StatementTimeoutError(fields)
  }
  if (isConnectionCode(code)) return new SqlError.ConnectionError(fields)
  switch (code.slice(0, 2)) {
    case "23":
      return new SqlError.ConstraintError(fields)
    case "28":
      return new SqlError.AuthenticationError(fields)
    case "42":
      return new SqlError.SqlSyntaxError(fields)
  }
  return new SqlError.UnknownError(fields)
}

/** 08xxx, a server that is going down or coming up (57P01 to 57P03), Node's socket codes, postgres.js' own. */
const isConnectionCode = (code: string) => /^(08|57P0[123]$|E[A-Z]+$|CONNECT)/.test(code)

/** No right (28, 42501), a schema that is not ours (42), a disk that fails or is full, no connection left, a standby. */
const isServerCode = (code: string) => /^(28|42|58|25006$|53[134]00$)/.test(code)

/** Cardinality, data, constraints, program limits such as an index row's size, what a trigger raises. */
const isValueCode = (code: string) => /^(21|22|23|54|P0)/.test(code)

const textOf = (cause: unknown, key: string): string => {
  if (!(cause instanceof Error)) return ""
  const value: unknown = Reflect.get(cause, key)
  return typeof value === "string" ? value : ""
}
