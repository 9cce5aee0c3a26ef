import { describe, expect, it } from "vitest"
import { makeEmail, rememberedMs } from "../src/Email.ts"
import { makeStore } from "../src/Store.ts"

describe("the e-mail of a visit", () => {
  it("is forgotten half an hour after it was last used, and not before", () => {
    let time = 1_790_000_000_000
    const email = makeEmail(makeStore(undefined), () => time)
    email.set("anna@example.com")
    for (let visit = 0; visit < 3; visit++) {
      time += rememberedMs - 1
      expect(email.recall()).toBe("anna@example.com")
    }
    time += rememberedMs
    expect(email.recall()).toBeUndefined()
    time -= rememberedMs
    expect(email.recall()).toBeUndefined()
  })

  it("is forgotten at once after a logout", () => {
    const email = makeEmail(makeStore(undefined), () => 0)
    email.set("anna@example.com")
    email.forget()
    expect(email.recall()).toBeUndefined()
  })
})
