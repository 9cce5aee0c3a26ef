import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import type { FilterError } from "../../src/log/FilterError.ts"
import { sentence } from "../../src/log/FilterError.ts"
import { parse, print } from "../../src/log/FilterText.ts"
import { valuesMax } from "../../src/log/FilterValue.ts"
import { Log } from "../../src/log/Log.ts"
import { filters } from "../../src/log/LogFilter.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }

const failed = (log: Log, text: string): FilterError => {
  const result = parse(log, text)
  if (Result.isSuccess(result)) assert.fail(`"${text}" is a filter`)
  return result.failure
}

/** The canonical text of a filter's text. */
const canonical = (log: Log, text: string): string => print(Result.getOrThrow(parse(log, text)))

describe.each(Log.literals)("a filter of the %s log", (log) => {
  it.prop(
    "is read back from its text as it was",
    [filters[log]],
    ([filter]) => {
      assert.deepStrictEqual(parse(log, print(filter)), Result.succeed(filter))
    },
    options
  )
})

/** What texts are made of, so that they are often nearly right. */
const pieces: ReadonlyArray<string> = [
  ...Array.from('aZ0 -*:,"\\.\n'),
  ...Array.from("   "),
  ..."type: email: url: text: active: Session: status: constructor: range: from: to: tz:".split(" "),
  ...'ModifyCart visitonwebsite anna@example.pl Anna* yes 404 4xx shop:e-1 \\" "*"'.split(" "),
  ..."today LAST-24H 2026-03-29 2026-03-29T12:00z Europe/Warsaw".split(" ")
]
const Text = Schema.Array(Schema.Literals(pieces))

describe("any text", () => {
  it.prop(
    "is refused with a reason that points into it, or has one canonical text",
    [Schema.Literals(Log.literals), Text],
    ([log, parts]) => {
      const text = parts.join("")
      const result = parse(log, text)
      if (Result.isFailure(result)) {
        const { at, found } = result.failure
        assert.isTrue(text.toLowerCase().startsWith(found.toLowerCase(), at))
        assert.match(sentence(result.failure).pl, /\.$/)
      } else {
        const printed = print(result.success)
        assert.deepStrictEqual(parse(log, printed), result)
        assert.strictEqual(canonical(log, printed), printed)
      }
    },
    { ...options, arbitrary: { ...options.arbitrary, size: 8 } }
  )
})

describe("parse", () => {
  it("reads fields, alternatives, negations, words and a range", () => {
    const text = `type:ModifyCart,VisitOnSalePage -visitor:v-1 Email:Anna* url:*cart* active:yes sale "a b" -c range:today`
    assert.deepStrictEqual(
      parse("activity", text),
      Result.succeed(
        Schema.decodeSync(filters.activity)({
          log: "activity",
          type: { any: ["ModifyCart", "VisitOnSalePage"] },
          visitor: { none: ["v-1"] },
          email: { any: [{ op: "startsWith", value: "anna" }] },
          url: { any: [{ op: "contains", value: "cart" }] },
          active: { any: [true] },
          text: { all: ["sale", "a b"], none: ["c"] },
          range: { preset: "today" }
        })
      )
    )
  })

  it.each([
    ["session-events", "type:abandonedcart,ABANDONEDBROWSE", "type:AbandonedCart,AbandonedBrowse"],
    ["session-events", "type:AbandonedCart type:AbandonedCart,AbandonedBrowse", "type:AbandonedCart,AbandonedBrowse"],
    [
      "session-events",
      "refund email:ANNA@example.pl* -type:AbandonedCart",
      "-type:AbandonedCart email:anna@example.pl* refund"
    ],
    ["activity", "session:shop:e-1", "session:shop:e-1"],
    ["activity", 'visitor:"a,b","c d","*"', 'visitor:"a,b","c d","*"'],
    ["activity", 'visitor:"plain"', "visitor:plain"],
    ["activity", 'url:"a b"* url:*"c d"* url:*', 'url:"a b"*,*"c d"*,*'],
    ["activity", 'url:"say \\"hi\\" \\\\ c:\\temp"', 'url:"say \\"hi\\" \\\\ c:\\\\temp"'],
    ["activity", 'text:a,"b:c" "-d" -e', 'a "b:c" "-d" -e'],
    ["activity", "12:30 a,b", '"12:30" "a,b"'],
    ["activity", "  \n ", ""],
    [
      "api",
      "status:4XX,500,4xx -ip:10.0.0.1 url:/orders method:post",
      "url:/orders method:POST status:4xx,500 -ip:10.0.0.1"
    ],
    ["sms", 'phone:"0048 600-700-800" category:Blocked', "phone:+48600700800 category:blocked"],
    [
      "api",
      "from:2026-03-29 to:2026-03-30t12:00 tz:Europe/Warsaw",
      "from:2026-03-29 to:2026-03-30T12:00 tz:Europe/Warsaw"
    ],
    ["api", "RANGE:Last-24h", "range:last-24h"]
  ] as const)("brings %s %s into its one spelling", (log, text, expected) => {
    assert.strictEqual(canonical(log, text), expected)
  })

  it.each([
    ["activity", "status:200", "unknown-field", "status", 0, "status"],
    ["activity", "a constructor:1", "unknown-field", "constructor", 2, "constructor"],
    ["activity", "a -https://shop", "unknown-field", "https", 3, "https"],
    ["activity", "type:", "missing-value", "type", 5, ""],
    ["activity", "type:ModifyCart,", "missing-value", "type", 16, ""],
    ["activity", "type:ModifyCart, x", "missing-value", "type", 16, ""],
    ["activity", "a - b", "missing-value", "text", 3, ""],
    ["activity", "x type:ModifyCart,Modify", "invalid-value", "type", 18, "Modify"],
    ["activity", "email:anna", "invalid-value", "email", 6, "anna"],
    ["activity", 'visitor:""', "invalid-value", "visitor", 8, '""'],
    ["activity", "active:maybe", "invalid-value", "active", 7, "maybe"],
    ["api", "status:99", "invalid-value", "status", 7, "99"],
    ["api", "status:6xx", "invalid-value", "status", 7, "6xx"],
    ["api", "ip:300.1.1.1", "invalid-value", "ip", 3, "300.1.1.1"],
    ["activity", "visitor:v*", "wildcard", "visitor", 8, "v*"],
    ["activity", "email:*anna*", "wildcard", "email", 6, "*anna*"],
    ["activity", "url:*anna", "wildcard", "url", 4, "*anna"],
    ["activity", "url:a*b", "wildcard", "url", 4, "a*b"],
    ["activity", 'url:"a', "quote", "url", 4, '"'],
    ["activity", 'url:a"b', "quote", "url", 5, '"'],
    ["activity", 'url:"a"b', "quote", "url", 7, "b"],
    ["activity", "-range:today", "negated", "range", 7, "today"],
    ["activity", "range:today range:yesterday", "repeated", "range", 18, "yesterday"],
    ["activity", "from:2026-03-29,2026-03-30", "repeated", "from", 16, "2026-03-30"],
    ["activity", "range:today to:2026-03-30", "either-or", "range", 6, "today"],
    ["activity", "tz:UTC", "without-range", "tz", 3, "UTC"],
    ["activity", "range:last-2h", "invalid-value", "range", 6, "last-2h"],
    ["activity", "from:2026-02-30", "invalid-value", "from", 5, "2026-02-30"],
    ["activity", "range:today tz:Europe/Warszawa", "invalid-value", "tz", 15, "Europe/Warszawa"]
  ] as const)("refuses %s %s: %s", (log, text, reason, field, at, found) => {
    const { allowed: _, ...error } = failed(log, text)
    assert.deepInclude(error, { reason, field, at, found })
  })

  it("says what is allowed", () => {
    assert.deepStrictEqual(failed("session-events", "type:x").allowed, [
      "AbandonedBrowse",
      "AbandonedCart",
      "FinalizedTransaction"
    ])
    assert.deepStrictEqual(failed("sms", "type:x").allowed, [
      "gateway",
      "sender",
      "phone",
      "code",
      "category",
      "permanence",
      "text",
      "range",
      "from",
      "to",
      "tz"
    ])
    assert.deepStrictEqual(failed("panel", "url:*x").allowed, ["/settings", "/settings*", "*/settings*"])
    assert.deepStrictEqual(sentence(failed("activity", "active:maybe")), {
      pl: "Pole „active” nie przyjmuje „maybe”. Możliwe: yes, no.",
      en: 'The field "active" does not take "maybe". Possible: yes, no.'
    })
  })

  it("shows only examples that it takes itself", () => {
    for (const log of Log.literals) {
      for (const name of failed(log, "none:x").allowed) {
        const examples = failed(log, `${name}:`).allowed
        assert.isNotEmpty(examples)
        const zoned = name === "tz" ? "range:today " : ""
        for (const example of examples)
          assert.isTrue(Result.isSuccess(parse(log, `${zoned}${name}:${example}`)), example)
      }
    }
  })

  it("takes 50 values of one field and no more", () => {
    const values = Array.from({ length: valuesMax + 1 }, (_, at) => `v${at}`)
    assert.isTrue(Result.isSuccess(parse("activity", `visitor:${values.slice(1).join(",")},v1`)))
    assert.deepInclude(failed("activity", `visitor:${values.join(",")}`), { reason: "too-many", allowed: ["50"] })
  })

  it("answers to a megabyte of anything, shortly", () => {
    for (const piece of ["a", '"', "\\", "type:", "*", "-", 'a:"\\', "visitor:"]) {
      const { found } = failed("activity", `"x" ${piece.repeat(1_000_000 / piece.length)}*`)
      assert.isAtMost(found.length, 200)
    }
    assert.strictEqual(canonical("activity", "a ".repeat(500_000)), "a")
  })
})
