import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"

export const roles = ["administrator", "marketer", "analyst", "developer"] as const
export type Role = (typeof roles)[number]

/**
 * How the hash of a password is made. 2 is Argon2id: the name that `@node-rs/argon2` has for it is an ambient const enum,
 * which isolated modules cannot use.
 *
 * *Source*: OWASP's Password Storage Cheat Sheet, its first choice.
 */
export const passwordHashing = { algorithm: 2, memoryCost: 19_456, timeCost: 2, parallelism: 1 }

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
  /** Whether somebody else knows the password, too. */
  readonly isPasswordHandedOver: boolean
  /** Argon2id, as its own encoded string. */
  readonly passwordHash: string
  readonly isDisabled: boolean
}

/** One of a unit's people, as a list shows them. *Units*: `createdAt` in UTC milliseconds. */
export interface Member extends User {
  readonly isDisabled: boolean
  readonly hasSecondFactor: boolean
  readonly createdAt: number
}

/** What of an account is changed; what is left out stays. */
export interface AccountChange {
  readonly role?: Role
  readonly isDisabled?: boolean
  readonly passwordHash?: string
  /** Whether somebody else knows this password: its owner then chooses another before anything else. */
  readonly isPasswordHandedOver?: boolean
  /** For somebody who has lost theirs. */
  readonly isSecondFactorRemoved?: true
}

/** The people of the panel. *Fails* with `SqlError`. */
export class Users extends Context.Service<
  Users,
  {
    /** Null when nobody has this address, which must read as given here: trimmed and lower-cased. */
    readonly findByEmail: (email: string) => Effect.Effect<Account | null, SqlError.SqlError>
    /**
     * *Shape*: `isPasswordHandedOver` as in `AccountChange`, false unless given. *Fails* with the reason `UniqueViolation` when the
     * address or the ID is taken.
     */
    readonly create: (
      user: User & { readonly isPasswordHandedOver?: boolean },
      passwordHash: string
    ) => Effect.Effect<void, SqlError.SqlError>
    /** Whether anybody has ever been able to sign in. */
    readonly isSetUp: Effect.Effect<boolean, SqlError.SqlError>
    /**
     * Adds the first business unit with its administrator; false, and nothing, when there has been an account before. Of many who
     * ask at once, one succeeds: they meet in the key of `set_up`.
     */
    readonly setUp: (
      unit: { readonly name: string; readonly timeZone: string },
      administrator: Pick<User, "id" | "email">,
      passwordHash: string
    ) => Effect.Effect<boolean, SqlError.SqlError>
    /** Adds another business unit with its administrator, whose password was handed over; both or none. *Fails* as `create`. */
    readonly addUnit: (
      unit: { readonly name: string; readonly timeZone: string },
      administrator: Pick<User, "id" | "email">,
      passwordHash: string
    ) => Effect.Effect<number, SqlError.SqlError>
    /** The people of a unit, by e-mail. */
    readonly ofUnit: (unitId: number) => Effect.Effect<ReadonlyArray<Member>, SqlError.SqlError>
    /** Changes an account of the unit and ends its sessions; gives false where there is none. */
    readonly change: (unitId: number, email: string, change: AccountChange) => Effect.Effect<boolean, SqlError.SqlError>
  }
>()("@spoor/postgres/Users") {
  static readonly layer = Layer.effect(
    Users,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const findByEmail = Effect.fn("Users.findByEmail")(function* (email: string) {
        const rows = yield* sql<Account>`
          select unit_id as "unitId", id, email, role, password_hash as "passwordHash",
            is_password_handed_over as "isPasswordHandedOver", disabled_at is not null as "isDisabled"
          from panel_user where email = ${email}`
        return rows[0] ?? null
      })

      const create = Effect.fn("Users.create")(function* (
        user: User & { readonly isPasswordHandedOver?: boolean },
        passwordHash: string
      ) {
        yield* sql`
          insert into panel_user (unit_id, id, email, password_hash, role, is_password_handed_over)
          values (${user.unitId}, ${user.id}, ${user.email}, ${passwordHash}, ${user.role},
            ${user.isPasswordHandedOver ?? false})`
      })

      const isSetUp = Effect.map(sql`select from set_up`, (rows) => rows.length > 0)

      const setUp = Effect.fn("Users.setUp")(function* (
        unit: { readonly name: string; readonly timeZone: string },
        administrator: Pick<User, "id" | "email">,
        passwordHash: string
      ) {
        const first = yield* sql`insert into set_up default values on conflict do nothing returning unit_id`
        if (first.length === 0) return false
        yield* found(unit, { ...administrator, isPasswordHandedOver: false }, passwordHash)
        return true
      }, sql.withTransaction)

      const found = Effect.fnUntraced(function* (
        unit: { readonly name: string; readonly timeZone: string },
        administrator: Pick<User, "id" | "email"> & { readonly isPasswordHandedOver: boolean },
        passwordHash: string
      ) {
        const units = yield* sql<{ readonly id: number }>`
          insert into business_unit (name, time_zone) values (${unit.name}, ${unit.timeZone}) returning unit_id as id`
        const unitId = units[0]!.id
        yield* create({ ...administrator, unitId, role: "administrator" }, passwordHash)
        return unitId
      })

      const addUnit: (typeof Users.Service)["addUnit"] = (unit, administrator, passwordHash) =>
        sql.withTransaction(found(unit, { ...administrator, isPasswordHandedOver: true }, passwordHash))

      const ofUnit = Effect.fn("Users.ofUnit")(function* (unitId: number) {
        return yield* sql<Member>`
          select unit_id as "unitId", id, email, role, disabled_at is not null as "isDisabled",
            exists (select from second_factor as own where own.unit_id = panel_user.unit_id and own.user_id = panel_user.id
              and enabled_at is not null) as "hasSecondFactor", ${instant(sql, "created_at", "createdAt")}
          from panel_user where unit_id = ${unitId} order by email`
      })

      const change = Effect.fn("Users.change")(function* (
        unitId: number,
        email: string,
        { isDisabled, isPasswordHandedOver, isSecondFactorRemoved, passwordHash, role }: AccountChange
      ) {
        const rows = yield* sql<{ readonly id: string }>`
          update panel_user set
            role = coalesce(${role ?? null}::user_role, role),
            password_hash = coalesce(${passwordHash ?? null}, password_hash),
            is_password_handed_over = coalesce(${isPasswordHandedOver ?? null}::boolean, is_password_handed_over),
            disabled_at = case ${isDisabled ?? null}::boolean
              when true then coalesce(disabled_at, now()) when false then null else disabled_at end
          where unit_id = ${unitId} and email = ${email} returning id`
        const ids = rows.map(({ id }) => id)
        yield* sql`delete from panel_session where user_id = any(${ids}::text[])`
        yield* sql`delete from sign_in_step where user_id = any(${ids}::text[])`
        if (isSecondFactorRemoved) {
          yield* sql`delete from second_factor where unit_id = ${unitId} and user_id = any(${ids}::text[])`
        }
        return rows.length > 0
      }, sql.withTransaction)

      return Users.of({ findByEmail, create, isSetUp, setUp, addUnit, ofUnit, change })
    })
  )
}
