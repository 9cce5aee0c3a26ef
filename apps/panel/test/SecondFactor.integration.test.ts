import { assert, layer } from "@effect/vitest"
import { hash } from "@node-rs/argon2"
import { SecondFactors, Sites, Users } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { TOTP, Secret } from "otpauth"
import { Auth } from "../src/lib/server/Auth.ts"
import { digestOfCode, makeCodes, makeSecret } from "../src/lib/server/SecondFactor.ts"

const password = "zielona herbata 7"
const MINUTE = 60_000

const Services = Layer.mergeAll(Auth.layer, SecondFactors.layer, Sites.layer, Users.layer).pipe(
  Layer.provideMerge(TestDatabase.layer)
)

const codeAt = (secret: string, timestamp: number) =>
  new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp })

let people = 0

/** A person with an app and recovery codes, at the machine's time. */
const enrol = Effect.fn(function* (email: string) {
  const unitId = yield* (yield* Sites).addUnit({ name: email, timeZone: "Europe/Warsaw" })
  const passwordHash = yield* Effect.promise(() => hash(password, { algorithm: 2 }))
  const userId = `id of ${email}`
  yield* (yield* Users).create({ unitId, id: userId, email, role: "marketer" }, passwordHash)
  yield* TestClock.setTime(yield* TestClock.withLive(Clock.currentTimeMillis))
  const factors = yield* SecondFactors
  const owner = { unitId, userId }
  const secret = makeSecret()
  const codes = makeCodes()
  assert.isTrue(yield* factors.prepare(owner, secret))
  assert.isTrue(yield* factors.enable(owner, 1, codes.map(digestOfCode)))
  people++
  // Guesses from one address slow its next ones down.
  return { owner, secret, codes, email, address: `192.0.2.${100 + people}` }
})

/** The token of whoever typed the password. */
const awaited = Effect.fn(function* ({ email, address }: { readonly email: string; readonly address: string }) {
  const answer = yield* (yield* Auth).signIn(email, password, address)
  assert.strictEqual(answer._tag, "CodeAwaited")
  return "token" in answer ? answer.token : ""
})

layer(Services, { timeout: "60 seconds" })("a second factor", (it) => {
  it.effect("is asked for after the password, which alone opens nothing", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("anna@example.com")
      const { address, email, secret } = anna
      const token = yield* awaited(anna)
      assert.isNull(yield* auth.identify(token))
      assert.isFalse(yield* auth.stands(token))
      assert.strictEqual(yield* auth.awaits(token), email)
      const now = yield* Clock.currentTimeMillis
      assert.deepStrictEqual(yield* auth.confirm(token, "000000x", address), { _tag: "Wrong" })
      const answer = yield* auth.confirm(token, codeAt(secret, now), address)
      assert.strictEqual(answer._tag, "SignedIn")
      if (answer._tag === "SignedIn") assert.deepInclude(yield* auth.identify(answer.token), { email })
      // The step is over, and its code was taken.
      assert.deepStrictEqual(yield* auth.confirm(token, codeAt(secret, now), address), { _tag: "Over" })
      const again = yield* awaited(anna)
      assert.deepStrictEqual(yield* auth.confirm(again, codeAt(secret, now), address), { _tag: "Wrong" })
      assert.deepStrictEqual(yield* auth.confirm("nonsense", codeAt(secret, now), address), { _tag: "Over" })
    })
  )

  it.effect("takes a code once, also from two who have it at the same time", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("race@example.com")
      const { address, secret } = anna
      const tokens = [yield* awaited(anna), yield* awaited(anna)]
      const code = codeAt(secret, yield* Clock.currentTimeMillis)
      const answers = yield* Effect.all(
        tokens.map((token) => auth.confirm(token, code, address)),
        { concurrency: 2 }
      )
      assert.deepStrictEqual(answers.map(({ _tag }) => _tag).toSorted(), ["SignedIn", "Wrong"])
    })
  )

  it.effect("gives way to each recovery code once", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("lost@example.com")
      const { address, codes, owner } = anna
      const first = yield* auth.confirm(yield* awaited(anna), codes[0]!.toUpperCase(), address)
      assert.strictEqual(first._tag, "SignedIn")
      const second = yield* auth.confirm(yield* awaited(anna), codes[0]!, address)
      assert.strictEqual(second._tag, "Wrong")
      assert.strictEqual((yield* (yield* SecondFactors).of(owner))?.codesLeft, 9)
    })
  )

  it.effect("cannot be guessed fast, and slows nobody down who lacks the password", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("guessed@example.com")
      const { email, secret } = anna
      const token = yield* awaited(anna)
      for (let tries = 0; tries < 5; tries++) {
        assert.strictEqual((yield* auth.confirm(token, "12345x", `192.0.2.${20 + tries}`))._tag, "Wrong")
      }
      const right = codeAt(secret, yield* Clock.currentTimeMillis)
      assert.strictEqual((yield* auth.confirm(token, right, "192.0.2.40"))._tag, "Throttled")
      // The password is not slowed down by it.
      assert.strictEqual((yield* auth.signIn(email, password, "192.0.2.41"))._tag, "CodeAwaited")
    })
  )

  it.effect("is no longer waited for after ten minutes, nor once the account is locked or its password another", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("late@example.com")
      const { address, email, owner, secret } = anna
      const users = yield* Users
      const late = yield* awaited(anna)
      yield* TestClock.adjust(11 * MINUTE)
      const code = codeAt(secret, yield* Clock.currentTimeMillis)
      assert.deepStrictEqual(yield* auth.confirm(late, code, address), { _tag: "Over" })
      const locked = yield* awaited(anna)
      yield* users.change(owner.unitId, email, { isDisabled: true })
      assert.deepStrictEqual(yield* auth.confirm(locked, code, address), { _tag: "Over" })
      yield* users.change(owner.unitId, email, { isDisabled: false })
      const removed = yield* awaited(anna)
      yield* users.change(owner.unitId, email, { isSecondFactorRemoved: true })
      assert.deepStrictEqual(yield* auth.confirm(removed, code, address), { _tag: "Over" })
      assert.strictEqual((yield* auth.signIn(email, password, address))._tag, "SignedIn")
    })
  )

  it.effect("stays when the password changes, which needs no code of somebody who is signed in", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const anna = yield* enrol("changes@example.com")
      const { address, email, owner } = anna
      const person = { ...owner, email, role: "marketer" as const }
      const answer = yield* auth.changePassword(person, password, "czarna herbata 8", address)
      assert.strictEqual(answer._tag, "SignedIn")
      assert.strictEqual((yield* auth.signIn(email, "czarna herbata 8", address))._tag, "CodeAwaited")
    })
  )
})
