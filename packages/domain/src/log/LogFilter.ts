import { Result, Schema, Struct } from "effect"
import * as Rejection from "../session/Rejection.ts"
import { fields } from "./FilterFields.ts"
import { clause, type Value, Words } from "./FilterValue.ts"
import { Log } from "./Log.ts"
import { TimeRange } from "./TimeRange.ts"

/** From a field to the clause that a filter may hold of it. */
interface ToClause extends Struct.Lambda {
  <S extends Schema.Top>(field: { readonly value: S }): Schema.optionalKey<ReturnType<typeof clause<S>>>
  readonly "~lambda.out": this["~lambda.in"] extends { readonly value: infer S extends Schema.Top }
    ? Schema.optionalKey<ReturnType<typeof clause<S>>>
    : never
}
const toClause = Struct.lambda<ToClause>((field) => Schema.optionalKey(clause(field.value)))

const rest = { text: Schema.optionalKey(Words), range: Schema.optionalKey(TimeRange) }

/** The schema of each log's filters. */
export const filters = {
  panel: Schema.Struct({ log: Schema.Literal("panel"), ...Struct.map(fields.panel, toClause), ...rest }),
  activity: Schema.Struct({ log: Schema.Literal("activity"), ...Struct.map(fields.activity, toClause), ...rest }),
  "session-events": Schema.Struct({
    log: Schema.Literal("session-events"),
    ...Struct.map(fields["session-events"], toClause),
    ...rest
  }),
  api: Schema.Struct({ log: Schema.Literal("api"), ...Struct.map(fields.api, toClause), ...rest }),
  sms: Schema.Struct({ log: Schema.Literal("sms"), ...Struct.map(fields.sms, toClause), ...rest })
}

/**
 * What narrows a log: the one thing that its table, address, saved views, API, live tail and export share.
 *
 * A row passes if it passes every clause and every word and lies in the range. Within a clause, values are
 * alternatives.
 * *Shape*: for saved views and request bodies as it is, `{ "log": "api", "status": { "any": ["5xx"] } }`.
 */
export const LogFilter = Schema.Union([
  filters.panel,
  filters.activity,
  filters["session-events"],
  filters.api,
  filters.sms
])
export type LogFilter = typeof LogFilter.Type
export type FilterOf<L extends Log> = (typeof filters)[L]["Type"]

/**
 * A filter from JSON that came from outside. *Fails* at a field that the log does not have: it would narrow nothing.
 */
export const fromJson = (json: unknown): Result.Result<LogFilter, Rejection.Rejection> =>
  Result.mapError(
    Result.flatMap(decodeLog(json), ({ log }) => decode(log)(json, { onExcessProperty: "error" })),
    ({ issue }) => Rejection.fromIssue(issue, json)
  )

// The log comes first, so that a refusal can point at what is wrong with a filter of that log.
const decodeLog = Schema.decodeUnknownResult(Schema.Struct({ log: Log }))
const decode = (log: Log) => Schema.decodeUnknownResult<(typeof filters)[Log]>(filters[log])

/** The clauses of a filter by the name of their field, whatever the log. */
export const clausesOf = (
  filter: LogFilter
): Readonly<Record<string, { readonly any: ReadonlyArray<Value>; readonly none: ReadonlyArray<Value> } | undefined>> =>
  Struct.omit(filter, ["log", "text", "range"])
