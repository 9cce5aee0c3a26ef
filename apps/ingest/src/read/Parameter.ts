import { ReadApi } from "@spoor/contracts"
import { Effect } from "effect"
import { invalid, type Refused, wrong } from "./Refused.ts"

/** The value of a parameter that may be given once; an empty one says nothing. */
export const one = (parameters: URLSearchParams, name: string): Effect.Effect<string | undefined, Refused> => {
  const [value, second] = parameters.getAll(name).filter((text) => text.trim() !== "")
  return second === undefined
    ? Effect.succeed(value)
    : Effect.fail(
        wrong(
          { parameter: name, reason: "repeated", at: 0, found: second.slice(0, 200), allowed: [] },
          "it has one value."
        )
      )
}

/** *Fails* at a parameter that nobody would look at: a misspelt one must not widen an answer. */
export const onlyKnown = (parameters: URLSearchParams, known: ReadonlyArray<string>): Effect.Effect<void, Refused> => {
  const unknown = [...parameters.keys()].find((name) => !known.includes(name))
  return unknown === undefined
    ? Effect.void
    : Effect.fail(
        wrong(
          { parameter: unknown.slice(0, 200), reason: "unknown-parameter", at: 0, found: "", allowed: [...known] },
          `there is none of this name. Possible: ${known.join(", ")}.`
        )
      )
}

/** How many rows a page may have. */
export const limit = (parameters: URLSearchParams): Effect.Effect<number, Refused> =>
  Effect.flatMap(one(parameters, "limit"), (text) => {
    if (text === undefined) return Effect.succeed(ReadApi.pageRowsDefault)
    const rows = /^\d{1,4}$/.test(text) ? Number(text) : 0
    return rows >= 1 && rows <= ReadApi.pageRowsMax
      ? Effect.succeed(rows)
      : Effect.fail(invalid("limit", text, [`1 to ${ReadApi.pageRowsMax}`]))
  })
