import { describe, expect, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { Item } from "../src/index.ts"

const decode = Item.decoder(
  Schema.Struct({
    id: Schema.String,
    list: Schema.optionalKey(Schema.Array(Schema.Struct({ name: Schema.optionalKey(Schema.String) })))
  })
)

describe("an item", () => {
  it("may say null for what it does not say, on every level", () => {
    expect(decode({ id: "a", list: null })).toEqual(Result.succeed({ id: "a" }))
    expect(decode({ id: "a", list: [{ name: null }] })).toEqual(Result.succeed({ id: "a", list: [{}] }))
    expect(decode({ id: null })).toEqual(Result.fail({ reason: "missing", pointer: "/id" }))
  })

  it("is refused in order, however deep something unknown in it is nested", () => {
    const deep: unknown = JSON.parse(`${"[".repeat(200_000)}${"]".repeat(200_000)}`)
    expect(decode({ deep })).toEqual(Result.fail({ reason: "missing", pointer: "/id" }))
    expect(decode({ id: "a", deep, list: null })).toEqual(Result.succeed({ id: "a" }))
  })
})
