import { assert, describe, it } from "@effect/vitest"
import { parse } from "./Exposition.ts"

const good = `# HELP a_total Of "a"
# TYPE a_total counter
a_total{x="1\\"2\\\\3\\n"} 4
a_total{x="y"} 0.5
# HELP b_seconds Of b
# TYPE b_seconds histogram
b_seconds_bucket{le="1"} 1
b_seconds_bucket{le="+Inf"} 3
b_seconds_sum 7e-7
b_seconds_count 3
`

describe("the check of the exposition format", () => {
  it("reads what is right, escapes included", () => {
    assert.lengthOf(parse(good), 6)
    assert.strictEqual(parse(good)[0]?.labels["x"], '1"2\\3\n')
  })

  const wrong: ReadonlyArray<readonly [string, string, string]> = [
    ["a label without quotes", 'x="y"', "x=y"],
    ["a name with a dot", "b_seconds_sum", "b.seconds_sum"],
    ["a type that does not exist", "a_total counter", "a_total count"],
    ["a missing help", "# HELP b_seconds Of b\n", ""],
    ["a counter of another name", "a_total", "a"],
    ["a raw line end in a label", "3\\n", "3\n"],
    ["a series twice", 'x="y"', 'x="1\\"2\\\\3\\n"'],
    ["a bucket of more than all", 'le="1"} 1', 'le="1"} 4'],
    ["no last bucket", 'b_seconds_bucket{le="+Inf"} 3\n', ""],
    ["a missing end", "b_seconds_count 3\n", "b_seconds_count 3"]
  ]
  for (const [name, from, to] of wrong) {
    it(`finds ${name}`, () => {
      assert.throws(() => parse(good.replaceAll(from, to)))
    })
  }
})
