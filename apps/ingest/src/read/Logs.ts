import { ReadApi } from "@spoor/contracts"
import { Log, LogJson, LogRow, Ndjson } from "@spoor/domain"
import { cursorOf, type Keyset, type LogQuery, LogReader, turnAfter, UnitLock } from "@spoor/postgres"
import { Clock, Effect, Schema, Stream } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { answered } from "./Answered.ts"
import * as PageCursor from "./PageCursor.ts"
import * as Parameter from "./Parameter.ts"
import * as Question from "./Question.ts"
import { invalid, Refused } from "./Refused.ts"

/** `GET /v1/logs/{log}`: rows that a filter lets pass, newest first, as a page or all of them as NDJSON. */
export const getLog = answered("GET /v1/logs", ({ unitId, parameters }) =>
  Effect.gen(function* () {
    const log = yield* logNamed
    const { headers } = yield* HttpServerRequest.HttpServerRequest
    const narrowed = yield* Question.read(log, parameters, yield* Clock.currentTimeMillis)
    const text = yield* Parameter.one(parameters, "cursor")
    const cursor = text === undefined ? null : yield* PageCursor.read(log, text)
    const query = { unitId, log, ...narrowed }
    return (yield* Question.isStreamed(parameters, headers["accept"] ?? ""))
      ? yield* streamed(query, cursor, parameters)
      : yield* paged(query, cursor, parameters)
  })
)

/** `GET /v1/logs/{log}/{id}`: one row. */
export const getRow = answered("GET /v1/logs/:id", ({ unitId, parameters }) =>
  Effect.gen(function* () {
    const log = yield* logNamed
    yield* Parameter.onlyKnown(parameters, [])
    const { id = "" } = yield* HttpRouter.params
    if (!Schema.is(LogRow.LogId)(id)) return yield* invalid("id", id, ["41"])
    const row = yield* (yield* LogReader).find(unitId, log, id)
    if (row === null) return yield* new Refused({ error: "not-found", message: `There is no row ${id} in this log.` })
    return HttpServerResponse.jsonUnsafe(LogJson.encode(log, row))
  })
)

const logNamed = Effect.gen(function* () {
  const { log } = yield* HttpRouter.params
  if (Schema.is(Log.Log)(log)) return log
  return yield* new Refused({ error: "not-found", message: `There are the logs ${Log.Log.literals.join(", ")}.` })
})

const paged = Effect.fnUntraced(function* (
  query: LogQuery<Log.Log>,
  cursor: Keyset.Cursor | null,
  parameters: URLSearchParams
) {
  const { rows, hasOlder } = yield* (yield* LogReader).page(
    query,
    turnAfter(cursor),
    yield* Parameter.limit(parameters)
  )
  const last = hasOlder ? rows.at(-1) : undefined
  return HttpServerResponse.jsonUnsafe({
    rows: rows.map((row) => LogJson.encode(query.log, row)),
    nextCursor: last === undefined ? null : PageCursor.write(query.log, cursorOf(last))
  })
})

/** The first page is read before anything is answered, so that a question that fails at once is told so by its status. */
const streamed = Effect.fnUntraced(function* (
  query: LogQuery<Log.Log>,
  cursor: Keyset.Cursor | null,
  parameters: URLSearchParams
) {
  const limit = yield* Parameter.one(parameters, "limit")
  if (limit !== undefined) return yield* invalid("limit", limit, ["none: NDJSON goes to the end of the range"])
  const reader = yield* LogReader
  const { rows, hasOlder } = yield* reader.page(query, turnAfter(cursor), ReadApi.pageRowsMax)
  const last = hasOlder ? rows.at(-1) : undefined
  const rest =
    last === undefined ? Stream.empty : UnitLock.streamWithin(query.unitId)(reader.stream(query, cursorOf(last)))
  const lines = Stream.concat(Stream.fromIterable(rows), rest).pipe(
    Stream.mapArray((some) => [Ndjson.encode(query.log, some)] as const),
    Stream.encodeText
  )
  return HttpServerResponse.stream(lines, { contentType: ReadApi.ndjson })
})
