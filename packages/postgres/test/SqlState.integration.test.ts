import { assert, layer } from "@effect/vitest"
import { Cause, Effect, Exit, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { inspect } from "node:util"
import { EmbeddedPostgres } from "../src/EmbeddedPostgres.ts"
import * as PostgresClient from "../src/PostgresClient.ts"

/** None of this may be found in an error, however it is written down. */
const secrets = ["anna.kowalska", "600700800", "203.0.113.9", "tajny-koszyk"]
const email = "anna.kowalska@example.pl"
const phone = "+48600700800"

/** An error as every logger, tracer or test may write it down, also what is not enumerable. */
const everything = (error: unknown, exit: Exit.Exit<unknown, unknown>): string =>
  [
    inspect(error, { depth: 10, showHidden: true }),
    JSON.stringify(error),
    String(error),
    Exit.isFailure(exit) ? Cause.pretty(exit.cause) : ""
  ].join("\n")

const Database = Layer.unwrap(Effect.map(EmbeddedPostgres, ({ url }) => PostgresClient.layer({ url }))).pipe(
  Layer.provide(EmbeddedPostgres.layerEphemeral)
)

layer(Database, { timeout: "60 seconds", excludeTestServices: true })("an error of a statement", (it) => {
  const table = Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* sql`create table if not exists person (
      email text primary key, phone text not null check (length(phone) < 20), age integer, at timestamptz)`
    yield* sql`insert into person values (${email}, ${phone}, 1, null) on conflict do nothing`
    return sql
  })

  const fails = (
    name: string,
    tag: SqlError.SqlErrorReason["_tag"],
    statement: (sql: SqlClient.SqlClient) => Effect.Effect<unknown, SqlError.SqlError>,
    said: RegExp
  ) =>
    it.effect(`says nothing of a person: ${name}`, () =>
      Effect.gen(function* () {
        const sql = yield* table
        const exit = yield* Effect.exit(statement(sql))
        if (Exit.isSuccess(exit)) return assert.fail("The statement succeeded.")
        const error = yield* Effect.flip(exit)
        assert.strictEqual(error.reason._tag, tag)
        const text = everything(error, exit)
        for (const secret of secrets) assert.notInclude(text, secret)
        assert.match(text, said)
        assert.match(text, /\n +at /)
      })
    )

  fails(
    "a duplicate key",
    "UniqueViolation",
    (sql) => sql`insert into person values (${email}, ${phone})`,
    /person_pkey/
  )
  fails("a missing value", "ConstraintError", (sql) => sql`insert into person values (${"x" + email}, null)`, /"phone"/)
  fails(
    "a broken check",
    "ConstraintError",
    (sql) => sql`insert into person values (${"y" + email}, ${phone.repeat(3)})`,
    /person_phone_check/
  )
  fails(
    "a value of another type",
    "UnknownError",
    (sql) => sql`update person set age = (${email}::text)::integer where email = ${email}`,
    /22P02/
  )
  fails("a wrong instant", "UnknownError", (sql) => sql`select (${email}::text)::timestamptz`, /22007/)
  fails(
    "a document that is no JSON",
    "UnknownError",
    (sql) => sql`select (${`{"cart": tajny-koszyk, "email": "${email}"}`}::text)::jsonb`,
    /22P02/
  )
  fails(
    "an exception that quotes",
    "UnknownError",
    (sql) => sql.unsafe(`do $$ begin raise exception 'no %', '${email}'; end $$`).unprepared,
    /P0001/
  )
  fails("a missing table", "SqlSyntaxError", (sql) => sql`select ${email} from nowhere`, /relation "nowhere"/)
})
