import { PostgresJsAdapter } from "@lucia-auth/adapter-postgresql"
import { hash, verify } from "@node-rs/argon2"
import {
  KeyText,
  type Owner,
  passwordHashing,
  PostgresJs,
  type Role,
  SecondFactors,
  SignInThrottle,
  Users
} from "@spoor/postgres"
import { Clock, Context, Duration, Effect, Layer } from "effect"
import type { SqlError } from "effect/sql"
import { Lucia, TimeSpan } from "lucia"
import { createHash, randomBytes } from "node:crypto"
import { digestOfCode, stepOf } from "./SecondFactor.ts"
import { accountSubject, addressSubject, codeSubject } from "./SignInDelay.ts"

/**
 * Signing in and out: the one module that knows Lucia, whose development ended, so that it can be replaced in this file.
 *
 * *Source*: OWASP ASVS 5.0.0 V6.3 and V7.
 */

/** Who is signed in. Everything that the panel shows is of `unitId`, which no request can choose. */
export interface Person {
  readonly userId: string
  readonly unitId: number
  readonly email: string
  readonly role: Role
  /** Whether somebody else knows their password, so that they choose another before anything else. */
  readonly isPasswordHandedOver: boolean
}

type Refused = { readonly _tag: "Wrong" } | { readonly _tag: "Throttled"; readonly seconds: number }

export type SignIn = { readonly _tag: "SignedIn"; readonly token: string } | Refused

/** *Shape*: with "CodeAwaited" the password was right, and `token` stands for that until a code of the second factor comes. */
export type FirstStep = SignIn | { readonly _tag: "CodeAwaited"; readonly token: string }

declare module "lucia" {
  interface Register {
    Lucia: ReturnType<typeof makeLucia>
    DatabaseSessionAttributes: { unit_id: number }
    DatabaseUserAttributes: {
      email: string
      role: Role
      disabled_at: Date | null
      is_password_handed_over: boolean
    }
  }
}

/** Unused for this long, a session is over. Lucia moves the end once half of it has passed. */
const IDLE = Duration.hours(12)

/** Over in any case: then the password is asked for again. */
const ABSOLUTE = Duration.days(7)

/** So long somebody may look for their phone. */
const STEP = Duration.minutes(10)

/** Longer passwords are refused before they are hashed, so that nobody can buy our time with theirs. */
export const passwordLengthMax = 256

/** Of a password that somebody thinks up (ASVS V6.2.1 asks for 8 and recommends 15). */
export const passwordLengthMin = 12

/** A password that nobody guesses, to be handed over and changed. */
export const makePassword = Effect.suspend(() => {
  const password = KeyText.makePassword()
  return Effect.map(hashPassword(password), (passwordHash) => ({ password, passwordHash }))
})

export const hashPassword = (password: string): Effect.Effect<string> =>
  Effect.promise(() => hash(password, passwordHashing))

export class Auth extends Context.Service<
  Auth,
  {
    /** *Shape*: `email` as typed; a throttled attempt is refused whatever the password. */
    readonly signIn: (email: string, password: string, address: string) => Effect.Effect<FirstStep, SqlError.SqlError>
    /** Whose code a token of "CodeAwaited" waits for; null when it is none, or no longer. *Shape*: their e-mail. */
    readonly awaits: (token: string) => Effect.Effect<string | null, SqlError.SqlError>
    /** *Shape*: `code` of the app or a recovery code, as typed; "Over" when the password is to be typed again. */
    readonly confirm: (
      token: string,
      code: string,
      address: string
    ) => Effect.Effect<SignIn | { readonly _tag: "Over" }, SqlError.SqlError>
    /** Asks for the password of somebody who is signed in once more; a wrong one counts as a failed sign-in. */
    readonly check: (
      person: Person,
      password: string,
      address: string
    ) => Effect.Effect<Refused | { readonly _tag: "Right" }, SqlError.SqlError>
    /** Who holds this token; null when it is unknown, over, or its account is disabled. */
    readonly identify: (token: string) => Effect.Effect<Person | null>
    /** Whether the token's session goes on, as it was when this person was identified if one is given; asking does not prolong it. */
    readonly stands: (token: string, person?: Person) => Effect.Effect<boolean>
    readonly signOut: (token: string) => Effect.Effect<void>
    /**
     * Gives a person another password. All of their sessions end, and a new one begins (ASVS V7.4.3); a wrong current password counts as a
     * failed sign-in.
     */
    readonly changePassword: (
      person: Person,
      current: string,
      next: string,
      address: string
    ) => Effect.Effect<SignIn, SqlError.SqlError>
    /** Gives somebody whose password was handed over one of their own; all of their sessions end, and a new one begins. */
    readonly choosePassword: (
      person: Person,
      next: string
    ) => Effect.Effect<
      { readonly _tag: "SignedIn"; readonly token: string } | { readonly _tag: "Same" },
      SqlError.SqlError
    >
    /** Removes sessions that are over and failures that are forgotten. */
    readonly sweep: Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/panel/Auth") {
  static readonly layerNoDeps = Layer.effect(
    Auth,
    Effect.gen(function* () {
      const sql = yield* PostgresJs
      const lucia = makeLucia(sql)
      const users = yield* Users
      const throttle = yield* SignInThrottle
      const factors = yield* SecondFactors
      const nobody = yield* hashPassword(KeyText.makePassword())

      const known = Effect.fnUntraced(function* (typed: string, password: string, address: string) {
        const email = typed.trim().normalize("NFC").toLowerCase()
        const account = accountSubject(email)
        const from = addressSubject(address)
        const wait = yield* throttle.attempt([account, from])
        if (wait > 0) return { _tag: "Throttled", seconds: Math.ceil(wait / 1000) } as const
        const found = yield* users.findByEmail(email)
        // An unknown address costs the same time as a known one, so that the clock tells nothing (ASVS V6.3.8).
        const isRight = yield* Effect.promise(() => verify(found?.passwordHash ?? nobody, password))
        if (found === null || found.isDisabled || !isRight) return { _tag: "Wrong" } as const
        yield* throttle.clear(account.name, from.name)
        return { _tag: "Right", owner: { unitId: found.unitId, userId: found.id } } as const
      })

      const begin = Effect.fnUntraced(function* ({ unitId, userId }: Owner) {
        const token = makeToken(yield* Clock.currentTimeMillis)
        yield* Effect.promise(() => lucia.createSession(userId, { unit_id: unitId }, { sessionId: digest(token) }))
        return { _tag: "SignedIn", token } as const
      })

      const signIn = Effect.fn("Auth.signIn")(function* (email: string, password: string, address: string) {
        const answer = yield* known(email, password, address)
        if (answer._tag !== "Right") return answer
        const { owner } = answer
        const factor = yield* factors.of(owner)
        if (factor === null || factor.enabledAt === null) return yield* begin(owner)
        const now = yield* Clock.currentTimeMillis
        const token = makeToken(now)
        yield* factors.await(owner, digest(token), now + Duration.toMillis(STEP))
        return { _tag: "CodeAwaited", token } as const
      })

      const awaits = Effect.fn("Auth.awaits")(function* (token: string) {
        return (yield* factors.awaited(digest(token)))?.email ?? null
      })

      const confirm = Effect.fn("Auth.confirm")(function* (token: string, code: string, address: string) {
        const step = yield* factors.awaited(digest(token))
        if (step === null || step.isDisabled) return { _tag: "Over" } as const
        const guesses = codeSubject(step.userId)
        const from = addressSubject(address)
        const wait = yield* throttle.attempt([guesses, from])
        if (wait > 0) return { _tag: "Throttled", seconds: Math.ceil(wait / 1000) } as const
        const factor = yield* factors.of(step)
        const taken = factor === null ? null : stepOf(factor.secret, code, yield* Clock.currentTimeMillis)
        const isRight =
          taken === null ? yield* factors.takeCode(step, digestOfCode(code)) : yield* factors.take(step, taken)
        if (!isRight) return { _tag: "Wrong" } as const
        yield* throttle.clear(guesses.name, from.name)
        yield* factors.forget(digest(token))
        return yield* begin(step)
      })

      const check = Effect.fn("Auth.check")(function* ({ email }: Person, password: string, address: string) {
        const answer = yield* known(email, password, address)
        return answer._tag === "Right" ? ({ _tag: "Right" } as const) : answer
      })

      const identify = Effect.fn("Auth.identify")(function* (token: string) {
        const now = yield* Clock.currentTimeMillis
        if (now - issuedAt(token) > Duration.toMillis(ABSOLUTE)) return null
        const { session, user } = yield* Effect.promise(() => lucia.validateSession(digest(token)))
        if (session === null || user.isDisabled) return null
        const { id: userId, email, role, isPasswordHandedOver } = user
        return { userId, unitId: session.unitId, email, role, isPasswordHandedOver }
      })

      const stands = Effect.fn("Auth.stands")(function* (token: string, person?: Person) {
        const now = yield* Clock.currentTimeMillis
        if (now - issuedAt(token) > Duration.toMillis(ABSOLUTE)) return false
        const rows = yield* Effect.promise(
          () => sql`select from panel_session join panel_user on panel_user.id = panel_session.user_id
            where panel_session.id = ${digest(token)} and panel_session.expires_at > now()
              and panel_user.id = coalesce(${person?.userId ?? null}, panel_user.id)
              and panel_user.role::text = coalesce(${person?.role ?? null}, panel_user.role::text)
              and panel_user.disabled_at is null`
        )
        return rows.length > 0
      })

      const signOut = Effect.fn("Auth.signOut")(function* (token: string) {
        yield* Effect.promise(() => lucia.invalidateSession(digest(token)))
      })

      const changePassword = Effect.fn("Auth.changePassword")(function* (
        person: Person,
        current: string,
        next: string,
        address: string
      ) {
        const answer = yield* check(person, current, address)
        if (answer._tag !== "Right") return answer
        const passwordHash = yield* hashPassword(next)
        yield* users.change(person.unitId, person.email, { passwordHash, isPasswordHandedOver: false })
        return yield* begin(person)
      })

      const choosePassword = Effect.fn("Auth.choosePassword")(function* (person: Person, next: string) {
        const account = yield* users.findByEmail(person.email)
        const isSame = account !== null && (yield* Effect.promise(() => verify(account.passwordHash, next)))
        if (isSame) return { _tag: "Same" } as const
        const passwordHash = yield* hashPassword(next)
        yield* users.change(person.unitId, person.email, { passwordHash, isPasswordHandedOver: false })
        return yield* begin(person)
      })

      const sweep = Effect.all([Effect.promise(() => lucia.deleteExpiredSessions()), throttle.sweep, factors.sweep], {
        discard: true
      })

      return Auth.of({
        signIn,
        awaits,
        confirm,
        check,
        identify,
        stands,
        signOut,
        changePassword,
        choosePassword,
        sweep
      })
    })
  )

  static readonly layer = Auth.layerNoDeps.pipe(Layer.provide([Users.layer, SecondFactors.layer, SignInThrottle.layer]))
}

const makeLucia = (sql: PostgresJs["Service"]) =>
  new Lucia(new PostgresJsAdapter(sql, { user: "panel_user", session: "panel_session" }), {
    sessionExpiresIn: new TimeSpan(Duration.toHours(IDLE), "h"),
    getSessionAttributes: ({ unit_id }) => ({ unitId: unit_id }),
    getUserAttributes: ({ email, role, disabled_at, is_password_handed_over }) => ({
      email,
      role,
      isDisabled: disabled_at !== null,
      isPasswordHandedOver: is_password_handed_over
    })
  })

/**
 * The cookie's value: when it was issued and 160 random bits.
 *
 * The database keeps only its digest, so that a copy of the table opens no session; and because the digest covers the
 * instant too, nobody can make a token younger.
 */
const makeToken = (now: number): string => `${now.toString(36)}.${randomBytes(20).toString("base64url")}`

const issuedAt = (token: string): number => Number.parseInt(token.split(".", 1)[0] ?? "", 36) || 0

const digest = (token: string): string => createHash("sha256").update(token).digest("hex")
