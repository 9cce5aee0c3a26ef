import { Administration, Item } from "@spoor/contracts"
import { Zone } from "@spoor/domain"
import { Users } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { Auth, hashPassword, passwordLengthMax, passwordLengthMin } from "./Auth.ts"
import { field } from "./FormFields.ts"

/** Once anybody can sign in, somebody always could. */
let isKnownDone = false

/** Whether there has been an account, so that nobody becomes an administrator by asking. */
export const isDone = Effect.suspend(() =>
  isKnownDone
    ? Effect.succeed(true)
    : Effect.map(
        Effect.flatMap(Users, ({ isSetUp }) => isSetUp),
        (isSetUp) => (isKnownDone = isSetUp)
      )
)

const Password = Schema.String.check(Schema.isMinLength(passwordLengthMin), Schema.isMaxLength(passwordLengthMax))

/** Makes the first unit and its administrator of a form, and signs them in; "Closed" where somebody else came first. */
export const make = Effect.fn("SetUp.make")(function* (form: FormData, address: string) {
  if (yield* isDone) return { _tag: "Closed" } as const
  const name = field(form, "name", Administration.Name)
  const timeZone = field(form, "zone", Zone.Zone)
  const email = field(form, "email", Item.EmailFromWire)
  const password = field(form, "password", Password)
  if (name === null) return { _tag: "Problem", problem: "name" } as const
  if (timeZone === null) return { _tag: "Problem", problem: "zone" } as const
  if (email === null) return { _tag: "Problem", problem: "email" } as const
  if (password === null) return { _tag: "Problem", problem: "password" } as const
  const { setUp } = yield* Users
  const administrator = { id: crypto.randomUUID(), email }
  const isFirst = yield* setUp({ name, timeZone }, administrator, yield* hashPassword(password))
  const answer = isFirst ? yield* Effect.flatMap(Auth, ({ signIn }) => signIn(email, password, address)) : null
  return answer?._tag === "SignedIn" ? { ...answer, email } : ({ _tag: "Closed" } as const)
})
