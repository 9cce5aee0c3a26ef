import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"

/** How many rows of a table the planner expects; costs nothing and may be far off. */
export const expectedRows = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  table: string,
  where: Statement.Fragment
) {
  const plans = yield* sql<{ readonly "QUERY PLAN": readonly [{ readonly Plan: { "Plan Rows": number } }] }>`
    explain (format json) select from ${sql.literal(table)} where ${where}`.unprepared
  return plans[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0
})
