import { describe, expect, it } from "vitest"
import en from "../messages/en.json" with { type: "json" }
import pl from "../messages/pl.json" with { type: "json" }

/** The variables that a message takes; a plural form may leave one out, the other language's need not. */
const variables = (message: unknown) => [...new Set(JSON.stringify(message).match(/(?<=\{)\w+(?=\})/g) ?? [])].sort()

describe("the messages", () => {
  it("are the same in both languages", () => {
    expect(Object.keys(en)).toEqual(Object.keys(pl))
  })

  it("take the same variables in both languages", () => {
    const taken = (messages: object) => Object.entries(messages).map(([key, message]) => [key, variables(message)])
    expect(taken(en)).toEqual(taken(pl))
  })

  it("have every plural form that Polish needs", () => {
    for (const [key, message] of Object.entries(pl)) {
      if (typeof message === "string") continue
      const forms = message.flatMap(({ match }) => Object.keys(match).map((form) => form.split("=")[1]))
      expect([key, forms]).toEqual([key, ["one", "few", "*"]])
    }
  })
})
