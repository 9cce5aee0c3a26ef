import { LogDoor } from "@spoor/contracts"
import { SmsError } from "@spoor/domain"
import { Result } from "effect"
import { assert, describe, it } from "@effect/vitest"
import * as Texts from "../../src/office/Texts.ts"

const until = Date.UTC(2026, 10, 24, 12)

describe("text messages that did not arrive", () => {
  const items = Texts.fortnight("seed", until)

  it("are what the door takes, with codes that every gateway's list explains", () => {
    assert.isAbove(items.length, 60)
    for (const item of items) {
      const { codes, kind = "smpp" } = Result.getOrThrow(LogDoor.decode.sms(item))
      const { category, isFailure } = SmsError.classify(kind, codes)
      assert.isTrue(isFailure)
      // One of them is of no list, as it happens.
      assert.isTrue(category !== "unknown" || codes.reason === "0B7" || codes.reason === "001", JSON.stringify(codes))
    }
  })

  it("are the same however often they are sent", () => {
    const later = Texts.fortnight("seed", until + 3_600_000)
    const known = new Map(later.map((item) => [item.id, item]))
    for (const item of items) assert.deepEqual(known.get(item.id), item)
    assert.strictEqual(new Set(items.map(({ id }) => id)).size, items.length)
  })
})
