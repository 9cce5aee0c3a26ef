import type { Log } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { logTables } from "./LogTable.ts"

/** How many rows of a log the planner expects; costs nothing and may be far off. */
export const expectedRows = Effect.fnUntraced(function* (
  sql: SqlClient.SqlClient,
  log: Log.Log,
  where: Statement.Fragment
) {
  const plans = yield* sql<{ readonly "QUERY PLAN": readonly [{ readonly Plan: { "Plan Rows": number } }] }>`
    explain (format json) select from ${sql.literal(logTables[log].name)} where ${where}`.unprepared
  return plans[0]?.["QUERY PLAN"][0].Plan["Plan Rows"] ?? 0
})
