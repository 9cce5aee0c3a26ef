import { assert, layer } from "@effect/vitest"
import { hash } from "@node-rs/argon2"
import { passwordHashing, PostgresJs, Sites, Users } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import { Auth } from "../src/lib/server/Auth.ts"

const DAY_MS = 86_400_000
const password = "zielona herbata 7"

const Services = Layer.mergeAll(Auth.layer, Sites.layer, Users.layer).pipe(Layer.provideMerge(TestDatabase.layer))

/** A person of a new business unit. */
const enrol = Effect.fn(function* (email: string) {
  const unitId = yield* (yield* Sites).addUnit({ name: email, timeZone: "Europe/Warsaw" })
  const passwordHash = yield* Effect.promise(() => hash(password, { algorithm: 2 }))
  yield* (yield* Users).create({ unitId, id: `id of ${email}`, email, role: "marketer" }, passwordHash)
  // Lucia has the machine's clock; ours must not be far from it.
  yield* TestClock.setTime(yield* TestClock.withLive(Clock.currentTimeMillis))
  return unitId
})

const tokenOf = Effect.fn(function* (email: string, address = "192.0.2.1") {
  const answer = yield* (yield* Auth).signIn(email, password, address)
  assert.strictEqual(answer._tag, "SignedIn")
  return answer._tag === "SignedIn" ? answer.token : ""
})

layer(Services, { timeout: "60 seconds" })("signing in", (it) => {
  it.effect("gives a token of its own each time, for the person's unit, however the address is written", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const unitId = yield* enrol("anna@example.com")
      const first = yield* tokenOf("anna@example.com")
      const second = yield* tokenOf("  ANNA@Example.com ")
      assert.notStrictEqual(first, second)
      assert.deepInclude(yield* auth.identify(first), { unitId, email: "anna@example.com", role: "marketer" })
    })
  )

  it.effect("keeps no token in the database", () =>
    Effect.gen(function* () {
      yield* enrol("table@example.com")
      const token = yield* tokenOf("table@example.com")
      const sql = yield* PostgresJs
      const rows = yield* Effect.promise(() => sql`select panel_session::text as row from panel_session`)
      assert.isAbove(rows.length, 0)
      for (const { row } of rows) assert.notInclude(row, token)
    })
  )

  it.effect("refuses a wrong password and an unknown address in the same words", () =>
    Effect.gen(function* () {
      const { signIn } = yield* Auth
      yield* enrol("marek@example.com")
      assert.deepStrictEqual(yield* signIn("marek@example.com", "wrong", "192.0.2.2"), { _tag: "Wrong" })
      assert.deepStrictEqual(yield* signIn("nobody@example.com", "wrong", "192.0.2.3"), { _tag: "Wrong" })
    })
  )

  it.effect("refuses even the right password while it is throttled, and says for how long", () =>
    Effect.gen(function* () {
      const { signIn } = yield* Auth
      yield* enrol("ola@example.com")
      for (let failures = 0; failures < 5; failures++)
        yield* signIn("ola@example.com", "wrong", `198.51.100.${failures}`)
      const answer = yield* signIn("ola@example.com", password, "198.51.100.9")
      assert.deepStrictEqual(answer, { _tag: "Throttled", seconds: 1 })
      yield* TestClock.adjust("1 second")
      yield* tokenOf("ola@example.com", "198.51.100.9")
      yield* signIn("ola@example.com", "wrong", "198.51.100.9")
      yield* tokenOf("ola@example.com", "198.51.100.9")
    })
  )

  it.effect("ends on the server when the person signs out", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      yield* enrol("out@example.com")
      const [here, elsewhere] = [yield* tokenOf("out@example.com"), yield* tokenOf("out@example.com")]
      yield* auth.signOut(here)
      assert.isNull(yield* auth.identify(here))
      assert.isNotNull(yield* auth.identify(elsewhere))
    })
  )

  it.effect("ends at once for a disabled account", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      yield* enrol("gone@example.com")
      const token = yield* tokenOf("gone@example.com")
      const sql = yield* PostgresJs
      yield* Effect.promise(() => sql`update panel_user set disabled_at = now() where email = 'gone@example.com'`)
      assert.isNull(yield* auth.identify(token))
      assert.deepStrictEqual(yield* auth.signIn("gone@example.com", password, "192.0.2.4"), { _tag: "Wrong" })
    })
  )

  it.effect("ends when idle, and after a week in any case", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      yield* enrol("late@example.com")
      const [idle, old] = [yield* tokenOf("late@example.com"), yield* tokenOf("late@example.com")]
      const sql = yield* PostgresJs
      yield* TestClock.adjust("7 days")
      assert.isNotNull(yield* auth.identify(old))
      yield* TestClock.adjust(1)
      assert.isNull(yield* auth.identify(old))
      yield* TestClock.setTime(yield* TestClock.withLive(Clock.currentTimeMillis))
      yield* Effect.promise(() => sql`update panel_session set expires_at = now() - interval '1 second'`)
      assert.isNull(yield* auth.identify(idle))
    })
  )

  it.effect("accepts no token that was made younger or made up", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      yield* enrol("forged@example.com")
      const token = yield* tokenOf("forged@example.com")
      const now = yield* Clock.currentTimeMillis
      const younger = `${(now + DAY_MS).toString(36)}.${token.split(".")[1]}`
      for (const forged of ["", ".", "x", younger, `${token}x`, "\u0000"]) assert.isNull(yield* auth.identify(forged))
    })
  )

  it.effect(
    "takes as long to refuse an unknown address as a known one, two hundred times each (ASVS V6.3.8)",
    () =>
      Effect.gen(function* () {
        const { signIn } = yield* Auth
        const { create } = yield* Users
        const count = 200
        const times = { known: new Array<number>(), unknown: new Array<number>() }
        const unitId = yield* (yield* Sites).addUnit({ name: "timing", timeZone: "Europe/Warsaw" })
        const passwordHash = yield* Effect.promise(() => hash(password, passwordHashing))
        for (let index = 0; index < count; index++) {
          const email = `known${index}@example.com`
          yield* create({ unitId, id: email, email, role: "marketer" }, passwordHash)
        }
        for (let index = 0; index < count; index++) {
          // In turns, so that what else the machine does meets both alike; from an address each, so that nobody is slowed down.
          const kinds = index % 2 === 0 ? (["known", "unknown"] as const) : (["unknown", "known"] as const)
          for (const kind of kinds) {
            const begun = performance.now()
            const answer = yield* signIn(`${kind}${index}@example.com`, "wrong", `2001:db8:${kind.length}:${index}::1`)
            times[kind].push(performance.now() - begun)
            assert.deepStrictEqual(answer, { _tag: "Wrong" })
          }
        }
        const at = (values: ReadonlyArray<number>, share: number) =>
          values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!
        const [known, unknown] = [at(times.known, 0.5), at(times.unknown, 0.5)]
        // What separates the middle half of the same kind is noise, and so is a fifth: without the hash of nobody it would be all of it.
        const noise = Math.max(
          ...Object.values(times).map((values) => at(values, 0.75) - at(values, 0.25)),
          known / 5,
          unknown / 5
        )
        assert.isAtMost(Math.abs(known - unknown), noise, `${known} ms, ${unknown} ms`)
        assert.isTrue(known / unknown > 0.5 && known / unknown < 2, `${known} ms, ${unknown} ms`)
      }),
    120_000
  )

  it.effect("lets somebody whose password was handed over choose another one, and ends their sessions", () =>
    Effect.gen(function* () {
      const auth = yield* Auth
      const unitId = yield* enrol("handed@example.com")
      const before = yield* tokenOf("handed@example.com")
      const passwordHash = yield* Effect.promise(() => hash(password, passwordHashing))
      const changed = { passwordHash, isPasswordHandedOver: true }
      yield* (yield* Users).change(unitId, "handed@example.com", changed)
      assert.isNull(yield* auth.identify(before))
      const person = (yield* auth.identify(yield* tokenOf("handed@example.com")))!
      assert.isTrue(person.isPasswordHandedOver)
      assert.deepStrictEqual(yield* auth.choosePassword(person, password), { _tag: "Same" })
      const answer = yield* auth.choosePassword(person, "a password of my own")
      assert.strictEqual(answer._tag, "SignedIn")
      const now = answer._tag === "SignedIn" ? yield* auth.identify(answer.token) : null
      assert.isFalse(now?.isPasswordHandedOver)
      const { signIn } = auth
      assert.deepStrictEqual(yield* signIn("handed@example.com", password, "192.0.2.9"), { _tag: "Wrong" })
    })
  )
})
