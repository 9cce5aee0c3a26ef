import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { valuesMax } from "../../src/log/FilterValue.ts"
import { fromJson, LogFilter } from "../../src/log/LogFilter.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }
const encode = Schema.encodeSync(LogFilter)

describe("a filter as JSON", () => {
  it.prop(
    "is read back as it was",
    [LogFilter],
    ([filter]) => {
      assert.deepStrictEqual(fromJson(JSON.parse(JSON.stringify(encode(filter)))), Result.succeed(filter))
    },
    options
  )

  it("may leave out the side that says nothing", () => {
    const filter = fromJson({ log: "api", status: { any: ["5xx", 404] }, text: { none: ["health"] } })
    assert.deepStrictEqual(encode(Result.getOrThrow(filter)), {
      log: "api",
      status: { any: ["5xx", 404], none: [] },
      text: { all: [], none: ["health"] }
    })
  })

  it.each([
    ["no log", {}, "missing", "/log"],
    ["a field of another log", { log: "api", type: { any: ["ModifyCart"] } }, "invalid", "/type"],
    ["a misspelt side", { log: "api", status: { any: [404], not: [500] } }, "invalid", "/status/not"],
    ["a field without values", { log: "api", status: { any: [], none: [] } }, "invalid", "/status"],
    ["a value twice", { log: "api", status: { any: [404, 404] } }, "invalid", "/status/any"],
    [
      "too many values",
      { log: "api", status: { any: Array.from({ length: valuesMax + 1 }, (_, at) => 100 + at) } },
      "too-large",
      "/status/any"
    ],
    ["a status as text", { log: "api", status: { any: ["404"] } }, "invalid", "/status/any/0"],
    [
      "an e-mail in capitals",
      { log: "panel", email: { any: [{ op: "is", value: "A@b.pl" }] } },
      "invalid",
      "/email/any/0"
    ],
    [
      "an operator that the field has not",
      { log: "panel", email: { any: [{ op: "contains", value: "a" }] } },
      "invalid",
      "/email/any/0"
    ]
  ] as const)("is refused with %s", (_, json, reason, pointer) => {
    assert.deepStrictEqual(fromJson(json), Result.fail({ reason, pointer }))
  })
})
