import { Item } from "@spoor/contracts"
import { roles, Users } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { makePassword, type Person } from "../Auth.ts"
import { field } from "../FormFields.ts"

const Role = Schema.Literals(roles)

/** Why nothing was changed. */
type Problem = "email" | "taken" | "self" | "gone"

/** What came of a form. *Shape*: `made` is a password that was just made, to be shown once. */
export type Outcome =
  | { readonly problem: Problem }
  | { readonly done: true }
  | { readonly made: { readonly email: string; readonly password: string } }

const failed = (problem: Problem): Outcome => ({ problem })

/** The unit's people, and the roles that there are. */
export const list = Effect.fn("People.list")(function* ({ unitId, userId }: Person) {
  const people = yield* (yield* Users).ofUnit(unitId)
  return {
    roles,
    people: people.map(({ id, ...person }) => ({ ...person, isSelf: id === userId }))
  }
})

export const add = Effect.fn("People.add")(function* ({ unitId }: Person, form: FormData) {
  const email = field(form, "email", Item.EmailFromWire)
  const role = field(form, "role", Role)
  if (email === null || role === null) return failed("email")
  const { password, passwordHash } = yield* makePassword
  const { create } = yield* Users
  return yield* create({ unitId, id: randomUUID(), email, role, isPasswordHandedOver: true }, passwordHash).pipe(
    Effect.as<Outcome>({ made: { email, password } }),
    Effect.catchIf(
      ({ reason }) => reason._tag === "UniqueViolation",
      () => Effect.succeed(failed("taken"))
    )
  )
})

export const newPassword = Effect.fn("People.newPassword")(function* (person: Person, form: FormData) {
  const { password, passwordHash } = yield* makePassword
  const email = yield* change(person, form, { passwordHash, isPasswordHandedOver: true })
  return typeof email === "string" ? { made: { email, password } } : email
})

export const setRole = Effect.fn("People.setRole")(function* (person: Person, form: FormData) {
  const role = field(form, "role", Role)
  return role === null ? failed("email") : doneOf(yield* change(person, form, { role }))
})

/** For somebody who has lost their phone and their recovery codes. */
export const removeSecondFactor = (person: Person, form: FormData) =>
  Effect.map(change(person, form, { isSecondFactorRemoved: true }), doneOf)

export const setDisabled = (isDisabled: boolean) => (person: Person, form: FormData) =>
  Effect.map(change(person, form, { isDisabled }), doneOf)

const doneOf = (changed: string | Outcome): Outcome => (typeof changed === "string" ? { done: true } : changed)

/** Nobody locks themselves out here: their own account is theirs to change, on its own page. */
const change = Effect.fn("People.change")(function* (
  person: Person,
  form: FormData,
  changes: Parameters<Users["Service"]["change"]>[2]
): Effect.fn.Return<string | Outcome, Effect.Error<ReturnType<Users["Service"]["change"]>>, Users> {
  const email = field(form, "email", Item.EmailFromWire)
  if (email === null || email === person.email) return failed("self")
  return (yield* (yield* Users).change(person.unitId, email, changes)) ? email : failed("gone")
})
