import { assert, describe, it } from "@effect/vitest"
import * as HttpStatus from "../../src/status/HttpStatus.ts"

const logs = ["panel", "api"] as const
const codes = Array.from({ length: 500 }, (_, at) => 100 + at)

describe("HttpStatus.meaning", () => {
  it("explains a code by its log", () => {
    assert.deepStrictEqual(HttpStatus.meaning("panel", 403).explanation, {
      pl: "nie wykonano: użytkownik nie ma dostępu do tej treści",
      en: "not done: the user has no access to what they wanted to reach"
    })
    assert.deepStrictEqual(HttpStatus.meaning("api", 403).explanation, {
      pl: "poprawne zapytanie o dane, do których nie ma uprawnień",
      en: "a correct request for data the key may not see"
    })
  })

  it("names what the logs' own tables list, and nothing else, in their words", () => {
    assert.deepStrictEqual(HttpStatus.codesOf("panel"), [200, 302, 403, 500])
    assert.deepStrictEqual(HttpStatus.codesOf("api"), [200, 201, 400, 401, 403, 404, 500])
    for (const log of logs) {
      const own = codes.filter((code) => HttpStatus.meaning(log, code).origin === "log")
      assert.deepStrictEqual(own, HttpStatus.codesOf(log))
    }
    assert.strictEqual(HttpStatus.meaning("panel", 302).name, "Redirect")
  })

  it("has a name, a class, a severity and an explanation in both languages for every code from 100 to 599", () => {
    for (const code of codes) {
      for (const log of logs) {
        const { name, className, explanation, statusClass } = HttpStatus.meaning(log, code)
        for (const text of [name, className.pl, className.en, explanation.pl, explanation.en]) {
          assert.match(text, /^\S.*\S$/)
        }
        assert.notStrictEqual(explanation.pl, explanation.en)
        assert.strictEqual(statusClass, HttpStatus.classOf(code))
      }
    }
  })

  it.each([
    [100, "informational", "none", "Informacja", "Informational"],
    [199, "informational", "none", "Informacja", "Informational"],
    [299, "success", "none", "Sukces", "Success"],
    [399, "redirect", "notice", "Przekierowanie", "Redirect"],
    [400, "client-error", "warning", "Błąd klienta", "Client error"],
    [499, "client-error", "warning", "Błąd klienta", "Client error"],
    [599, "server-error", "error", "Błąd serwera", "Server error"],
    [99, "server-error", "error", "Błąd serwera", "Server error"],
    [600, "server-error", "error", "Błąd serwera", "Server error"]
  ] as const)("puts %i in the class %s with severity %s", (code, statusClass, severity, pl, en) => {
    const found = HttpStatus.meaning("api", code)
    assert.deepInclude(found, { statusClass, severity, className: { pl, en } })
  })

  it("gives the standard reason phrase outside the tables", () => {
    assert.deepInclude(HttpStatus.meaning("api", 429), {
      name: "Too Many Requests",
      origin: "http",
      explanation: {
        pl: "Too Many Requests; nie wykonano: błąd leży w samym zapytaniu",
        en: "Too Many Requests; not done: the fault lies in the request itself"
      }
    })
    assert.strictEqual(HttpStatus.meaning("panel", 401).name, "Unauthorized")
  })

  it("says so when HTTP knows no such code", () => {
    assert.deepInclude(HttpStatus.meaning("api", 499), {
      name: "Status 499",
      origin: "class",
      explanation: {
        pl: "kod bez standardowego znaczenia; nie wykonano: błąd leży w samym zapytaniu",
        en: "a code without a standard meaning; not done: the fault lies in the request itself"
      }
    })
  })
})
