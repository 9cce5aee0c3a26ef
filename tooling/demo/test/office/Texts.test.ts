import { assert, describe, it } from "@effect/vitest"
import { SmsError } from "@spoor/domain"
import type * as Receipt from "@spoor/sms/smpp/Receipt"
import * as ReceiptText from "@spoor/sms/smpp/ReceiptText"
import * as Session from "@spoor/sms/smpp/Session"
import { Program } from "@spoor/testing"
import { Duration, Effect, Redacted } from "effect"
import * as Smsc from "../../src/office/Smsc.ts"
import * as Texts from "../../src/office/Texts.ts"
import * as Chance from "../../src/visitors/Chance.ts"

const at = Date.UTC(2026, 2, 4, 12)

const draws = (hasFailed: boolean): ReadonlyArray<Texts.Told> => {
  const chance = Chance.of("demo", String(hasFailed))
  return Array.from({ length: 400 }, () => Texts.draw(chance, at, hasFailed))
}

const meaning = (told: Texts.Told) => {
  switch (told.by) {
    case "operator": {
      const { err, stat } = ReceiptText.parse(told.receipt.text)
      return SmsError.classify("smpp", { reason: err ?? "", status: stat ?? "" }, "gsm-map")
    }
    case "twilio": {
      const { ErrorCode: reason, MessageStatus: status = "" } = told.fields
      return SmsError.classify("twilio", { ...(reason !== undefined && { reason }), status })
    }
    case "sinch":
      return SmsError.classify("sinch", { reason: String(told.fields["code"]), status: String(told.fields["status"]) })
  }
}

describe("the shop's texts", () => {
  it("fail as gateways say it, for reasons of several kinds, in all three gateways", () => {
    const failures = draws(true)
    const categories = new Set(failures.map((told) => meaning(told).category))
    assert.isTrue(failures.every((told) => meaning(told).isFailure))
    assert.isAtLeast(categories.size, 6)
    assert.isTrue(draws(false).every((told) => !meaning(told).isFailure))
    assert.strictEqual(new Set(failures.map(({ by }) => by)).size, 3)
  })

  it.live("are kept by the operator until somebody is bound and takes them", () =>
    Effect.gen(function* () {
      const password = Redacted.make("secret")
      const port = yield* Program.freePort
      const smsc = yield* Smsc.listen({ host: "127.0.0.1", port, password })
      const readings: Array<Receipt.Reading> = []
      let isRefusing = true
      yield* Session.open({
        settings: {
          host: "127.0.0.1",
          port,
          tls: null,
          systemId: "spoor",
          password,
          systemType: "",
          mode: "receiver",
          binds: 1
        },
        limits: { refusalPause: Duration.millis(1) },
        receive: (batch) =>
          Effect.suspend(() => {
            if (isRefusing) {
              isRefusing = false
              return Effect.fail("full")
            }
            readings.push(...batch)
            return Effect.void
          })
      })
      yield* smsc.deliver({ phone: "48500100200", sender: "Herbata", text: "id:7 stat:UNDELIV err:001 dlvrd:000" })
      assert.strictEqual(readings.length, 1)
      assert.deepInclude(readings[0], { kind: "receipt", phone: "48500100200", sender: "Herbata", messageIds: ["7"] })
    }).pipe(Effect.scoped)
  )
}, 30_000)
