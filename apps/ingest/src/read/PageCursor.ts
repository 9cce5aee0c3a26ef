import { type Log, LogRow, Time } from "@spoor/domain"
import type { Keyset } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { invalid, type Refused } from "./Refused.ts"

/** What has pages. */
type Paged = Log.Log | "custom-events"

/**
 * The place where a page ended, as its reader gives it back.
 *
 * It says nothing but a time and an ID, so that it opens no other unit's rows: the key alone says whose rows they are.
 */
export const write = (paged: Paged, { at, id }: Keyset.Cursor): string =>
  Buffer.from(`${paged}.${at}.${id}`).toString("base64url")

/** *Fails* for what was not written for the same list. */
export const read = (paged: Paged, text: string): Effect.Effect<Keyset.Cursor, Refused> => {
  const [of, at = "", id] = Buffer.from(text, "base64url").toString("latin1").split(".")
  const isPlace =
    of === paged && /^-?\d{1,15}$/.test(at) && Schema.is(Time.Instant)(Number(at)) && Schema.is(LogRow.LogId)(id)
  return isPlace
    ? Effect.succeed({ at: Number(at), id })
    : Effect.fail(invalid("cursor", text, [`the nextCursor of a page of ${paged}`]))
}
