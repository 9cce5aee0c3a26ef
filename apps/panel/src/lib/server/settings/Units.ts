import { Administration, Item } from "@spoor/contracts"
import { Zone } from "@spoor/domain"
import { UnitLock, Units, Users } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { randomUUID } from "node:crypto"
import { makePassword, type Person } from "../Auth.ts"
import { field } from "../FormFields.ts"

type Problem = "name" | "zone" | "email" | "taken" | "again"

/** Which of the forms. */
type Form = "own" | "new" | "closing"

/**
 * What came of a form. *Shape*: `made` is the new unit's administrator with a password that was just made, to be shown once; `of`
 * tells the forms apart.
 */
export type Outcome =
  | { readonly problem: Problem; readonly of: Form; readonly typed: Readonly<Record<string, string>> }
  | { readonly saved: true }
  | { readonly closed: true }
  | { readonly made: { readonly unit: string; readonly email: string; readonly password: string } }

/** The unit of somebody's own: others are nobody's business. */
export const find = Effect.fn("Units.find")(function* ({ unitId }: Person) {
  const { name, timeZone } = yield* (yield* Units).get(unitId)
  return { own: { name, timeZone }, zones: Intl.supportedValuesOf("timeZone") }
})

export const save = Effect.fn("Units.save")(function* ({ unitId }: Person, form: FormData) {
  const name = field(form, "name", Administration.Name)
  const timeZone = field(form, "zone", Zone.Zone)
  if (name === null) return wrong("name", "own", form)
  if (timeZone === null) return wrong("zone", "own", form)
  yield* (yield* Units).change({ id: unitId, name, timeZone })
  return { saved: true } satisfies Outcome
})

/** Another unit with its first administrator, who alone gets into it. */
export const add = Effect.fn("Units.add")(function* (_person: Person, form: FormData) {
  const name = field(form, "name", Administration.Name)
  const timeZone = field(form, "zone", Zone.Zone)
  const email = field(form, "email", Item.EmailFromWire)
  if (name === null) return wrong("name", "new", form)
  if (timeZone === null) return wrong("zone", "new", form)
  if (email === null) return wrong("email", "new", form)
  const { password, passwordHash } = yield* makePassword
  const { addUnit } = yield* Users
  return yield* UnitLock.lifted(addUnit({ name, timeZone }, { id: randomUUID(), email }, passwordHash)).pipe(
    Effect.as<Outcome>({ made: { unit: name, email, password } }),
    Effect.catchIf(
      ({ reason }) => reason._tag === "UniqueViolation",
      () => Effect.succeed(wrong("taken", "new", form))
    )
  )
})

/** The person's own unit, whose name they have typed. Everybody is locked out with it, they too. */
export const close = Effect.fn("Units.close")(function* ({ unitId }: Person, form: FormData) {
  const units = yield* Units
  const { name } = yield* units.get(unitId)
  if (field(form, "again", Schema.Trim) !== name) return wrong("again", "closing", form)
  yield* units.close(unitId)
  return { closed: true } satisfies Outcome
})

const wrong = (problem: Problem, of: Form, form: FormData): Outcome => ({
  problem,
  of,
  typed: Object.fromEntries(["name", "zone", "email"].map((one) => [one, String(form.get(one) ?? "")]))
})
