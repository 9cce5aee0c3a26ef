import { type Result, Schema } from "effect"
import * as Rejection from "../session/Rejection.ts"
import { type Log, type RowJson, type RowOf, rows } from "./Log.ts"

/** A row as JSON. A row that breaks its own schema is a defect. */
export const encode = <L extends Log>(log: L, row: RowOf<L>): RowJson<L> =>
  Schema.encodeSync<(typeof rows)[L]>(rows[log])(row)

/** A row from JSON that came from outside. *Fails* with the first field that is wrong; unknown fields are ignored. */
export const decode = <L extends Log>(log: L, json: unknown): Result.Result<RowOf<L>, Rejection.Rejection> =>
  Rejection.decoder<RowOf<L>>(rows[log])(json)
