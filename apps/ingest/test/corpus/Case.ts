import type { Rejection } from "@spoor/domain"

/** What must become of one item among good ones. */
export type Expected = "stored" | "duplicate" | readonly [reason: Rejection.RejectionReason, pointer: string]

/**
 * One item that somebody could send.
 *
 * *Shape*: `json` as it stands on the wire: two of a key, numbers that no number holds, half a surrogate.
 */
export interface ItemCase {
  readonly name: string
  readonly json: string
  readonly expected: Expected
}

export const item = (name: string, value: unknown, expected: Expected): ItemCase => ({
  name,
  json: typeof value === "string" ? value : JSON.stringify(value),
  expected
})

/** A good one with these fields. It has an ID of its own, unless the case gives one. */
export const withFields =
  (good: (id: string) => object) =>
  (name: string, fields: object, expected: Expected): ItemCase =>
    item(name, { ...good(idOf(name)), ...fields }, expected)

/** The same with one field as raw JSON. */
export const withRaw =
  (good: (id: string) => object) =>
  (name: string, field: string, json: string, expected: Expected): ItemCase =>
    item(name, `${JSON.stringify(good(idOf(name))).slice(0, -1)},${JSON.stringify(field)}:${json}}`, expected)

export const idOf = (name: string): string => name.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 100)
