import { Result, Schema } from "effect"
import { Rejection } from "../session/Rejection.ts"
import type { Log, RowOf } from "./Log.ts"
import * as LogJson from "./LogJson.ts"

/** A longer line is not even parsed: no row comes near it. *Units*: UTF-16 code units. */
export const lineLengthMax = 1_048_576

/** A line that holds no row. *Shape*: lines count from 1, empty ones included. */
export const LineRejection = Schema.Struct({ line: Schema.Int, ...Rejection.fields })
export interface LineRejection extends Schema.Schema.Type<typeof LineRejection> {}

/** What a text of many lines came to: every line that is not empty is in one of the two lists, in the text's order. */
export interface Decoded<Row> {
  readonly rows: ReadonlyArray<{ readonly line: number; readonly row: Row }>
  readonly rejected: ReadonlyArray<LineRejection>
}

/** One row per line, each line ended. */
export const encode = <L extends Log>(log: L, rows: Iterable<RowOf<L>>): string => {
  let text = ""
  for (const row of rows) text += encodeLine(log, row)
  return text
}

/** One line, ended: what an export or a live tail appends. */
export const encodeLine = <L extends Log>(log: L, row: RowOf<L>): string =>
  `${JSON.stringify(LogJson.encode(log, row))}\n`

/** Takes what is right and says of every other line what is wrong with it. Empty lines are skipped, CR LF is taken. */
export const decode = <L extends Log>(log: L, text: string): Decoded<RowOf<L>> => {
  const rows: Array<{ readonly line: number; readonly row: RowOf<L> }> = []
  const rejected: Array<LineRejection> = []
  for (const [at, content] of text.split("\n").entries()) {
    if (content.trim() === "") continue
    const line = at + 1
    const result = decodeLine(log, content)
    if (Result.isSuccess(result)) rows.push({ line, row: result.success })
    else rejected.push({ line, ...result.failure })
  }
  return { rows, rejected }
}

/** One line, ended or not. *Fails* as `LogJson.decode`, and where it is too long or no JSON. */
export const decodeLine = <L extends Log>(log: L, line: string): Result.Result<RowOf<L>, Rejection> => {
  if (line.length > lineLengthMax) return Result.fail({ reason: "too-large", pointer: "" })
  const json = parse(line)
  return Result.isFailure(json) ? Result.fail({ reason: "malformed", pointer: "" }) : LogJson.decode(log, json.success)
}

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Unknown))
