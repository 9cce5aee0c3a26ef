import type { SchemaIssue } from "effect"
import { Result, Schema } from "effect"

/** Why an item was not kept: a closed list (sessions.md 2.6). */
export const RejectionReason = Schema.Literals([
  "malformed",
  "missing",
  "invalid",
  "unknown-type",
  "unstorable-text",
  "too-large",
  "forbidden"
])
export type RejectionReason = typeof RejectionReason.Type

/** *Shape*: `pointer` is a JSON pointer (RFC 6901) from the item to the field, "" for the item itself. */
export const Rejection = Schema.Struct({ reason: RejectionReason, pointer: Schema.String })
export interface Rejection extends Schema.Schema.Type<typeof Rejection> {}

/** Decodes what came from outside; the first wrong field is named in the rejection, unknown fields are ignored. */
export const decoder = <A>(schema: Schema.ConstraintCodec<A, unknown>) => {
  const decode = Schema.decodeUnknownResult(schema)
  return (item: unknown): Result.Result<A, Rejection> =>
    Result.mapError(decode(item), ({ issue }) => fromIssue(issue, item))
}

/**
 * What a failed decoding says to the client: the first field that is wrong, and how.
 *
 * *Shape*: `item` is what was decoded; it tells an unknown type from a type that is no text.
 */
export const fromIssue = (issue: SchemaIssue.Issue, item: unknown): Rejection => {
  const { path, leaf, rejection } = descend(issue, [], undefined)
  const pointer = path.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")
  if (pointer === "" && rejection === undefined) return { reason: "malformed", pointer }
  if (leaf._tag === "MissingKey") return { reason: "missing", pointer }
  if (pointer === "/type" && isRecord(item) && typeof item["type"] === "string") {
    return { reason: "unknown-type", pointer }
  }
  return { reason: rejection ?? "invalid", pointer }
}

interface Found {
  readonly path: ReadonlyArray<PropertyKey>
  readonly leaf: SchemaIssue.Issue
  readonly rejection: "too-large" | "unstorable-text" | undefined
}

/** Follows an issue to its first leaf, collecting the path and the failed check's own reason. */
const descend = (issue: SchemaIssue.Issue, path: ReadonlyArray<PropertyKey>, rejection: Found["rejection"]): Found => {
  switch (issue._tag) {
    case "Pointer":
      return descend(issue.issue, [...path, ...issue.path], rejection)
    case "Composite":
      return descend(issue.issues[0], path, rejection)
    case "Encoding":
      return descend(issue.issue, path, rejection)
    case "Filter":
      return descend(issue.issue, path, issue.filter.annotations?.rejection ?? rejection)
    default:
      return { path, leaf: issue, rejection }
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null
