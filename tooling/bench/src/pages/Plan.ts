import { Effect } from "effect"
import { SqlClient, Statement } from "effect/sql"

interface Node {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly Plans?: ReadonlyArray<Node>
}

/** Tables of a unit's settings are small: reading one as a whole is right. */
const logs = /^(activity|session)/

/** The logs' tables that a plan of what runs here reads as a whole. */
export const scansOf = Effect.fnUntraced(function* <A, E, R>(effect: Effect.Effect<A, E, R>) {
  const statements: Array<Statement.Statement<unknown>> = []
  yield* Effect.provideService(effect, Statement.CurrentTransformer, (statement) =>
    Effect.sync(() => {
      statements.push(statement)
      return statement
    })
  )
  const sql = yield* SqlClient.SqlClient
  const found = new Set<string>()
  for (const statement of statements) {
    const [text, parameters] = statement.compile()
    // Settings, and what is asked of the planner itself.
    if (/^\s*(select set_config|explain )/.test(text)) continue
    const [row] = yield* sql.unsafe<{ readonly "QUERY PLAN": readonly [{ readonly Plan: Node }] }>(
      `explain (format json) ${text}`,
      parameters
    ).unprepared
    for (const node of nodesOf(row!["QUERY PLAN"][0].Plan)) {
      const table = node["Relation Name"]
      if (node["Node Type"].endsWith("Seq Scan") && table !== undefined && logs.test(table)) found.add(table)
    }
  }
  return [...found]
})

const nodesOf = (node: Node): ReadonlyArray<Node> => [node, ...(node.Plans ?? []).flatMap(nodesOf)]
