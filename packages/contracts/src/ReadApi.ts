import { FilterError, FilterFields, FilterUrl, Ids, Log, LogRow, Preset } from "@spoor/domain"
import { Schema } from "effect"
import {
  HttpApiEndpoint,
  HttpApiGroup,
  HttpApiMiddleware,
  HttpApiSchema,
  HttpApiSecurity,
  OpenApi
} from "effect/http-api"
import { Refusal, statusOf as statuses } from "./ActivityDoor.ts"
import { CustomEvent } from "./CustomEventsApi.ts"

/** Rows of a page: unless told otherwise, and at most. */
export const pageRowsDefault = 50
export const pageRowsMax = 1_000

/** Days that a question for counters may span; without one these are the last. */
export const counterDaysMax = 400
export const counterDaysDefault = 31

export const ndjson = "application/x-ndjson"

/**
 * What is wrong with a question.
 *
 * *Shape*: `parameter` is the query's (or the path's); `at` counts UTF-16 code units within its value, where `found` stands.
 * `allowed` lists what may stand there, or examples.
 */
export const Fault = Schema.Struct({
  parameter: Schema.String,
  reason: Schema.Literals([...FilterError.Reason.literals, "empty-range", "unknown-parameter"]),
  at: Schema.Int,
  found: Schema.String,
  allowed: Schema.Array(Schema.String)
}).annotate({ identifier: "Fault" })
export interface Fault extends Schema.Schema.Type<typeof Fault> {}

/** An answer that is no answer. `fault` stands where the question was wrong. */
export const ReadRefusal = Schema.Struct({ ...Refusal.fields, fault: Schema.optionalKey(Fault) }).annotate({
  identifier: "ReadRefusal"
})
export interface ReadRefusal extends Schema.Schema.Type<typeof ReadRefusal> {}

/** The HTTP status of a refusal. */
export const statusOf = (error: ReadRefusal["error"]): number => statuses[error]

const refusals = (...errors: ReadonlyArray<ReadRefusal["error"]>) =>
  errors.map((error) => ReadRefusal.pipe(HttpApiSchema.status(statusOf(error))))

/** A key of the platform and the read API. It says whose rows are read: no question names a business unit. */
export class ApiKeyRequired extends HttpApiMiddleware.Service<ApiKeyRequired>()("@spoor/contracts/ApiKeyRequired", {
  security: { apiKey: HttpApiSecurity.apiKey({ key: "x-api-key" }) },
  error: refusals("unauthorized", "forbidden")
}) {}

const parameter = (description: string) => Schema.optionalKey(Schema.String.annotate({ description }))

const paging = {
  cursor: parameter("Where the page before ended: its nextCursor."),
  limit: parameter(`Rows of the page, 1 to ${pageRowsMax}. Default ${pageRowsDefault}; not with NDJSON.`)
}

const ranges: Readonly<Record<string, string>> = {
  range: `Only what happened then: ${Preset.Preset.literals.join("; ")}. Not with from and to.`,
  from: "Only from this day or instant on, such as: 2026-03-29; 2026-03-29T12:00; 2026-03-29T12:00Z.",
  to: "Only up to the end of this day, or before this instant.",
  tz: "The time zone of range, from and to, such as: Europe/Warsaw. Default UTC."
}

const describe = (log: Log.Log, name: string): string => {
  const fields: Readonly<Record<string, { readonly label: LogRow.Label; readonly allowed: ReadonlyArray<string> }>> =
    FilterFields.fields[log]
  const isNegated = name.startsWith("-")
  const of = fields[isNegated ? name.slice(1) : name] ?? (name.endsWith("text") ? FilterFields.word : undefined)
  if (of === undefined) return ranges[name] ?? ""
  return `${of.label.en}${isNegated ? ", and not one of these" : ""}, such as: ${of.allowed.join("; ")}.`
}

/** What a question to a log may have beside its filter. */
export const ownParameters = ["q", "cursor", "limit", "format"] as const

const isNegatedRange = (name: string): boolean => ["-range", "-from", "-to", "-tz"].includes(name)

const queryOf = (log: Log.Log) =>
  Schema.Struct({
    q: parameter("The filter as one line of text, as in the panel: status:5xx -ip:10.0.0.1 range:last-24h"),
    ...Object.fromEntries(
      FilterUrl.names(log)
        .filter((name) => !isNegatedRange(name))
        .map((name) => [name, parameter(describe(log, name))])
    ),
    ...paging,
    format: Schema.optionalKey(
      Schema.Literals(["json", "ndjson"]).annotate({
        description: "Without it, as Accept says. NDJSON has all rows, to the end of the range."
      })
    )
  })

const pages = {
  panel: "PanelLogPage",
  activity: "ActivityPage",
  "session-events": "SessionEventsPage",
  api: "ApiLogPage",
  sms: "SmsLogPage"
} as const satisfies Record<Log.Log, string>

/** A page of rows, newest first. *Shape*: `nextCursor` is null on the last page. */
const page = <Row extends Schema.Top>(row: Row, identifier: string) =>
  Schema.Struct({ rows: Schema.Array(row), nextCursor: Schema.NullOr(Schema.String) }).annotate({ identifier })

/** The rows of each log under a name of their own. */
const rows = {
  panel: Log.rows.panel.annotate({ identifier: "PanelLogRow" }),
  activity: Log.rows.activity.annotate({ identifier: "ActivityRow" }),
  "session-events": Log.rows["session-events"].annotate({ identifier: "SessionEventRow" }),
  api: Log.rows.api.annotate({ identifier: "ApiLogRow" }),
  sms: Log.rows.sms.annotate({ identifier: "SmsLogRow" })
}

const list = <L extends Log.Log, Row extends Schema.Top>(log: L, row: Row) =>
  HttpApiEndpoint.get(`${log}-list`, `/v1/logs/${log}`, {
    query: queryOf(log),
    success: [page(row, pages[log]), HttpApiSchema.StreamNdjson({ schema: row })],
    error: refusals("malformed", "unavailable")
  }).annotate(OpenApi.Summary, `${Log.names[log].en}: rows, newest first`)

const one = <L extends Log.Log, Row extends Schema.Top>(log: L, row: Row) =>
  HttpApiEndpoint.get(`${log}-row`, `/v1/logs/${log}/:id`, {
    params: { id: LogRow.LogId },
    success: row,
    error: refusals("malformed", "not-found", "unavailable")
  }).annotate(OpenApi.Summary, `${Log.names[log].en}: one row`)

/** What became of the items that one site sent to one log on one day (UTC); sent is their sum. */
export const Counter = Schema.Struct({
  siteId: Ids.SiteId,
  log: Log.Log,
  day: Schema.String.annotate({ format: "date" }),
  stored: Schema.Int,
  duplicate: Schema.Int,
  rejected: Schema.Int
}).annotate({ identifier: "Counter" })
export interface Counter extends Schema.Schema.Type<typeof Counter> {}

/** Custom events by their senders' IDs, newest first. */
export const CustomEventsPage = page(CustomEvent, "CustomEventsPage")

export const Counters = Schema.Struct({ counters: Schema.Array(Counter) }).annotate({ identifier: "Counters" })

/** Everything that can be read, newest first. */
export const group = HttpApiGroup.make("read")
  .add(
    list("panel", rows.panel),
    one("panel", rows.panel),
    list("activity", rows.activity),
    one("activity", rows.activity),
    list("session-events", rows["session-events"]),
    one("session-events", rows["session-events"]),
    list("api", rows.api),
    one("api", rows.api),
    list("sms", rows.sms),
    one("sms", rows.sms),
    HttpApiEndpoint.get("custom-events", "/v1/custom-events", {
      query: {
        name: parameter("The event's name, exactly."),
        email: parameter("The customer's e-mail, exactly."),
        visitorId: parameter("The visitor's ID, exactly."),
        cursor: paging.cursor
      },
      success: CustomEventsPage,
      error: refusals("malformed", "unavailable")
    }).annotate(OpenApi.Summary, "Custom events, newest first"),
    HttpApiEndpoint.get("counters", "/v1/counters", {
      query: {
        from: parameter(`The first day, such as 2026-03-01. Default: ${counterDaysDefault} days with the last.`),
        to: parameter(`The last day. Default today (UTC). At most ${counterDaysMax} days.`)
      },
      success: Counters,
      error: refusals("malformed", "unavailable")
    }).annotate(OpenApi.Summary, "What became of sent items, per site, log and day")
  )
  .middleware(ApiKeyRequired)
  .annotateMerge(
    OpenApi.annotations({
      title: "Reading",
      description: "The five logs of the business unit whose key asks, as rows or as NDJSON."
    })
  )
