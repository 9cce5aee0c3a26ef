import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

export type Role = "administrator" | "marketer" | "analyst" | "developer"

/** A person who may sign in to the panel, and the one business unit they see. */
export interface User {
  readonly unitId: number
  readonly id: string
  /** Trimmed and lower-cased; unique over all units, because signing in names no unit. */
  readonly email: string
  readonly role: Role
}

/** What signing in needs. `isDisabled`: keeps the account and its traces, refuses the sign-in. */
export interface Account extends User {
  /** Argon2id, as its own encoded string. */
  readonly passwordHash: string
  readonly isDisabled: boolean
}

/** The people of the panel. *Fails* with `SqlError`. */
export class Users extends Context.Service<
  Users,
  {
    /** Null when nobody has this address, which must read as given here: trimmed and lower-cased. */
    readonly findByEmail: (email: string) => Effect.Effect<Account | null, SqlError.SqlError>
    /** *Fails* with the reason `UniqueViolation` when the address or the ID is taken. */
    readonly create: (user: User, passwordHash: string) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const findByEmail = Effect.fn("Users.findByEmail")(function* (email: string) {
        const rows = yield* sql<Account>`
          select unit_id as "unitId", id, email, role, password_hash as "passwordHash",
            disabled_at is not null as "isDisabled"
          from panel_user where email = ${email}`
        return rows[0] ?? null
      })

      const create = Effect.fn("Users.create")(function* (user: User, passwordHash: string) {
        yield* sql`
          insert into panel_user (unit_id, id, email, password_hash, role)
          values (${user.unitId}, ${user.id}, ${user.email}, ${passwordHash}, ${user.role})`
      })

      return Users.of({ findByEmail, create })
    })
  )
}
