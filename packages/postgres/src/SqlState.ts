import { SqlError } from "effect/sql"

/**
 * What a failed statement came to, by its SQLSTATE or by the socket's or postgres.js' own code.
 *
 * *Source*: PostgreSQL 18, Appendix A, "PostgreSQL Error Codes".
 */
export const sqlError = (cause: unknown, operation: string) =>
  new SqlError.SqlError({ reason: reasonOf(cause, operation) })

const reasonOf = (cause: unknown, operation: string): SqlError.SqlErrorReason => {
  const code = textOf(cause, "code")
  const fields = { cause, operation, message: cause instanceof Error ? cause.message : String(cause) }
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

const textOf = (cause: unknown, key: string): string => {
  if (!(cause instanceof Error)) return ""
  const value: unknown = Reflect.get(cause, key)
  return typeof value === "string" ? value : ""
}
