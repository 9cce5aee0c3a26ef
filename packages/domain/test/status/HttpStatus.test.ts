import { assert, describe, it } from "@effect/vitest"
import { HttpStatus } from "../../src/index.ts"

describe("HttpStatus.meaning", () => {
  it("explains a code by its log", () => {
    assert.notDeepEqual(HttpStatus.meaning("panel", 403).explanation, HttpStatus.meaning("api", 403).explanation)
    assert.strictEqual(
      HttpStatus.meaning("api", 401).explanation?.pl,
      "brak klucza API lub uprawnień do tych informacji"
    )
    assert.isNull(HttpStatus.meaning("panel", 401).explanation)
  })

  it("has a name and a class for every code from 100 to 599", () => {
    for (let code = 100; code < 600; code++) {
      for (const log of ["panel", "api"] as const) {
        const { name, statusClass } = HttpStatus.meaning(log, code)
        assert.isNotEmpty(name)
        assert.strictEqual(statusClass, HttpStatus.classOf(code))
      }
    }
    assert.deepStrictEqual([199, 299, 399, 499, 599].map(HttpStatus.classOf), [
      "informational",
      "success",
      "redirect",
      "client-error",
      "server-error"
    ])
  })

  it("gives the standard reason phrase outside the tables", () => {
    assert.strictEqual(HttpStatus.meaning("api", 429).name, "Too Many Requests")
    assert.strictEqual(HttpStatus.meaning("panel", 302).name, "Redirect")
  })
})
