import { SecondFactors } from "@spoor/postgres"
import { Clock, Effect } from "effect"
import { Auth, passwordLengthMax, type Person } from "../Auth.ts"
import { digestOfCode, makeCodes, makeSecret, picture, spelled, stepOf } from "../SecondFactor.ts"

/** What somebody does with their own second factor. A password comes first, so that an open page alone changes nothing. */

type Problem = "password" | "throttled" | "code" | "state"

/** What came of a form. *Shape*: `codes` and `secret` are shown once. */
export type Outcome =
  | { readonly factor: "prepared"; readonly picture: string; readonly secret: string; readonly isCodeWrong: boolean }
  | { readonly factor: "codes"; readonly codes: ReadonlyArray<string> }
  | { readonly factor: "removed" }
  | { readonly factorProblem: Problem }

const failed = (factorProblem: Problem): Outcome => ({ factorProblem })

export const state = Effect.fn("Factor.state")(function* (person: Person) {
  const factor = yield* Effect.flatMap(SecondFactors, ({ of }) => of(person))
  return factor === null || factor.enabledAt === null
    ? null
    : { enabledAt: factor.enabledAt, codesLeft: factor.codesLeft }
})

export const prepare = Effect.fn("Factor.prepare")(function* (person: Person, form: FormData, address: string) {
  const problem = yield* passwordProblem(person, form, address)
  if (problem !== null) return failed(problem)
  const secret = makeSecret()
  const isPrepared = yield* Effect.flatMap(SecondFactors, ({ prepare }) => prepare(person, secret))
  return isPrepared ? shown(person, secret, false) : failed("state")
})

/** Puts the second factor in force once somebody shows that their app has it. */
export const enable = Effect.fn("Factor.enable")(function* (person: Person, form: FormData) {
  const factors = yield* SecondFactors
  const factor = yield* factors.of(person)
  if (factor === null || factor.enabledAt !== null) return failed("state")
  const step = stepOf(factor.secret, textOf(form, "code"), yield* Clock.currentTimeMillis)
  if (step === null) return shown(person, factor.secret, true)
  const codes = makeCodes()
  const isEnabled = yield* factors.enable(person, step, codes.map(digestOfCode))
  return isEnabled ? ({ factor: "codes", codes } satisfies Outcome) : failed("state")
})

export const newCodes = Effect.fn("Factor.newCodes")(function* (person: Person, form: FormData, address: string) {
  const problem = yield* passwordProblem(person, form, address)
  if (problem !== null) return failed(problem)
  if ((yield* state(person)) === null) return failed("state")
  const codes = makeCodes()
  yield* Effect.flatMap(SecondFactors, ({ replaceCodes }) => replaceCodes(person, codes.map(digestOfCode)))
  return { factor: "codes", codes } satisfies Outcome
})

export const remove = Effect.fn("Factor.remove")(function* (person: Person, form: FormData, address: string) {
  const problem = yield* passwordProblem(person, form, address)
  if (problem !== null) return failed(problem)
  yield* Effect.flatMap(SecondFactors, ({ remove }) => remove(person))
  return { factor: "removed" } satisfies Outcome
})

const shown = (person: Person, secret: string, isCodeWrong: boolean): Outcome => ({
  factor: "prepared",
  picture: picture(secret, person.email),
  secret: spelled(secret),
  isCodeWrong
})

const passwordProblem = Effect.fnUntraced(function* (person: Person, form: FormData, address: string) {
  const password = textOf(form, "password")
  if (password === "" || password.length > passwordLengthMax) return "password"
  const answer = yield* Effect.flatMap(Auth, ({ check }) => check(person, password, address))
  return answer._tag === "Right" ? null : answer._tag === "Wrong" ? "password" : "throttled"
})

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name)
  return typeof value === "string" ? value : ""
}
