import { hash } from "@node-rs/argon2"
import { type AccountChange, KeyText, passwordHashing, type Role, Units, Users } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import { randomUUID } from "node:crypto"
import { CommandError } from "../CommandError.ts"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"
import * as Columns from "./Columns.ts"

interface Question {
  readonly unit: number | undefined
}

interface Whose extends Question {
  readonly email: string
}

const services = Layer.mergeAll(Units.layer, Users.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json, unit }: Question & { readonly json: boolean }) {
    const users = yield* (yield* Users).ofUnit(yield* Unit.meant(unit))
    yield* Columns.list(
      json,
      ["E-MAIL", "ROLE", "STATE"],
      users.map(({ email, id, isDisabled, role, unitId }) => ({
        fields: { kind: "user", unitId, id, email, role, disabled: isDisabled },
        cells: [email, role, isDisabled ? "disabled" : "active"]
      })),
      "Nobody can sign in. Add somebody: spoor users add EMAIL --role administrator"
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** The password goes to standard output alone. */
export const add = Effect.fn("add")(
  function* ({ email, role, unit }: Whose & { readonly role: Role }) {
    const unitId = yield* Unit.meant(unit)
    const { password, passwordHash } = yield* newPassword
    yield* (yield* Users)
      .create({ unitId, id: randomUUID(), email, role, isPasswordHandedOver: true }, passwordHash)
      .pipe(
        Effect.catchIf(
          ({ reason }) => reason._tag === "UniqueViolation",
          () =>
            new CommandError({ sentence: `There is an account ${email} already, here or in another business unit.` })
        )
      )
    yield* Console.error(`${email} can sign in, as ${role}, with this password, and chooses another one then:`)
    yield* print(Stream.make(`${password}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const password = Effect.fn("password")(
  function* ({ email, unit }: Whose) {
    const { password, passwordHash } = yield* newPassword
    yield* changed({ email, unit }, { passwordHash, isPasswordHandedOver: true })
    yield* Console.error(`${email} signs in with this password, and chooses another one then:`)
    yield* print(Stream.make(`${password}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** *Shape*: `told` goes on after the e-mail. */
export const change = Effect.fn("change")(
  function* (whose: Whose, change: Omit<AccountChange, "passwordHash">, told: string) {
    yield* changed(whose, change)
    yield* Console.error(`${whose.email} ${told}.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const changed = Effect.fnUntraced(function* ({ email, unit }: Whose, change: AccountChange) {
  if (yield* (yield* Users).change(yield* Unit.meant(unit), email, change)) return
  return yield* new CommandError({ sentence: `The unit has no account ${email}. Try: spoor users list` })
})

const newPassword = Effect.promise(async () => {
  const password = KeyText.makePassword()
  return { password, passwordHash: await hash(password, passwordHashing) }
})
