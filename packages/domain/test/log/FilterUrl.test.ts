import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { parse, print } from "../../src/log/FilterText.ts"
import { decode, encode, names } from "../../src/log/FilterUrl.ts"
import { Log } from "../../src/log/Log.ts"
import { filters, type LogFilter } from "../../src/log/LogFilter.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }

const search = (filter: LogFilter): string =>
  String(new URLSearchParams(encode(filter).map(([name, value]): [string, string] => [name, value])))
const found = (log: Log, text: string) => decode(log, [...new URLSearchParams(text)])

describe.each(Log.literals)("a filter of the %s log in an address", (log) => {
  it.prop(
    "is read back as it was, from one parameter for each field",
    [filters[log]],
    ([filter]) => {
      assert.deepStrictEqual(found(log, search(filter)), Result.succeed(filter))
      const keys = encode(filter).map(([name]) => name)
      assert.strictEqual(new Set(keys).size, keys.length)
      assert.includeMembers([...names(log)], keys)
    },
    options
  )
})

describe("FilterUrl", () => {
  it("reads like the text, in the log's order whatever the filter's", () => {
    const filter = Result.getOrThrow(
      parse(
        "session-events",
        'range:today "a b" -type:AbandonedCart email:anna* type:AbandonedBrowse,FinalizedTransaction'
      )
    )
    assert.deepStrictEqual(encode(filter), [
      ["type", "AbandonedBrowse,FinalizedTransaction"],
      ["-type", "AbandonedCart"],
      ["email", "anna*"],
      ["text", '"a b"'],
      ["range", "today"]
    ])
  })

  it.each([
    [
      "adds the values of a repeated parameter",
      "type=ModifyCart&type=VisitOnSalePage",
      "type:ModifyCart,VisitOnSalePage"
    ],
    ["passes over empty fields of a form", "type=&email=+&active=yes", "active:yes"],
    ["leaves other parameters alone", "older=1.2&constructor=1&find=x&active=no", "active:no"],
    ["takes white space as people type it", "visitor=+a b+,c&text=out of stock", 'visitor:"a b",c "out of stock"']
  ])("%s", (_, text, expected) => {
    assert.strictEqual(print(Result.getOrThrow(found("activity", text))), expected)
  })

  it.each([
    ["type=ModifyCart,Modify", "invalid-value", "type", 11, "Modify"],
    ["-visitor=a,,b", "missing-value", "visitor", 2, ""],
    ['text="a" b', "quote", "text", 3, " "],
    ["range=today&from=2026-03-29", "either-or", "range", 0, "today"],
    ["from=2026-03-29T12:00%2B01:00", "invalid-value", "from", 0, "2026-03-29T12:00+01:00"]
  ] as const)("refuses %s: %s", (text, reason, field, at, piece) => {
    const result = found("activity", text)
    if (Result.isSuccess(result)) assert.fail("it is a filter")
    assert.deepInclude({ ...result.failure }, { reason, field, at, found: piece })
  })
})
