import { Array as Arr, Context, Effect, Layer, Schedule, Stream } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import type { Who } from "./PersonIdentity.ts"
import {
  conditionsOf,
  type Identity,
  identityOf,
  listed,
  patternOf,
  type PersonTable,
  personTables,
  type VisitorName,
  withoutPerson
} from "./PersonRows.ts"

/** One row that concerns somebody, as it is stored. */
export interface PersonRow {
  readonly table: PersonTable
  readonly row: unknown
}

/** What became of a table's rows. *Shape*: rows that went, and rows that stay without the person. */
export interface Erased {
  readonly table: string
  readonly removed: number
  readonly blanked: number
}

/** Records of what systems did, which stay without the person that they concerned. */
const blankedFields = {
  panel_log: ["user_email"],
  sms_log: ["phone", "raw_phone", "payload"]
} satisfies { readonly [Table in PersonTable]?: ReadonlyArray<string> }

/**
 * Texts of anybody's rows in which somebody's e-mail or phone number may stand, such as the address of a page.
 *
 * *Shape*: by table; all have the ID that the rows are found again by.
 */
const texts: Readonly<Record<string, { readonly id: "id" | "no"; readonly columns: ReadonlyArray<string> }>> = {
  activity: { id: "id", columns: ["url", "title", "referrer"] },
  session: { id: "no", columns: ["landing_url", "referrer"] },
  session_event: { id: "id", columns: ["evidence", "explanation"] },
  custom_event: { id: "id", columns: ["properties"] },
  customer: { id: "id", columns: ["attributes"] },
  reported_order: { id: "id", columns: ["attributes"] },
  unlinking: { id: "id", columns: ["reason"] },
  api_log: { id: "id", columns: ["url", "user_agent"] },
  panel_log: { id: "id", columns: ["url", "user_agent"] },
  sms_log: { id: "id", columns: ["error_text", "payload"] },
  webhook_delivery: { id: "id", columns: ["last_error"] }
}
const jsonColumns: ReadonlySet<string> = new Set(["attributes", "evidence", "explanation", "properties"])

/** The shop's own IDs are texts, ours numbers. */
const textIds: ReadonlySet<string> = new Set(["customer", "reported_order"])

/** What stands where a person stood. */
const blank = "[erased]"

/** Rows that one statement changes, so that a long list stays a short text. */
const rowsMax = 10_000

/**
 * What Spoor knows of one person, for whoever asks to see it or to be forgotten.
 *
 * A person is all that one e-mail leads to: the visitors that it was given to, their sessions that bear it or no e-mail, the
 * phone number of its customer unless another customer has it too. Sessions of the same visitor under another e-mail are
 * somebody else's. A phone number leads to its customer's e-mail, a visitor to nothing but itself.
 *
 * *Fails* with `SqlError`. *Source*: Regulation (EU) 2016/679, articles 15 and 17.
 */
export class Persons extends Context.Service<
  Persons,
  {
    /** Every row that concerns the person. */
    readonly rows: (unitId: number, who: Who) => Stream.Stream<PersonRow, SqlError.SqlError>
    /**
     * Removes the person: rows about what they did go, rows about what systems did stay without them. All or nothing, and
     * nothing the second time. What still lies in the queue is not looked at: once it is written, this has to be done again.
     *
     * *Shape*: the tables in which something was found.
     */
    readonly erase: (unitId: number, who: Who) => Effect.Effect<ReadonlyArray<Erased>, SqlError.SqlError>
  }
>()("@spoor/postgres/Persons") {
  static readonly layer = Layer.effect(
    Persons,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const rows = (unitId: number, who: Who): Stream.Stream<PersonRow, SqlError.SqlError> =>
        Stream.unwrap(
          Effect.map(identityOf(sql, unitId, who), (identity) => {
            const conditions = conditionsOf(sql, unitId, identity)
            return Stream.flatMap(Stream.fromIterable(personTables), (table) =>
              Stream.map(
                sql<{ readonly row: unknown }>`
                  select to_jsonb(${sql(table)}) as row from ${sql(table)}
                  where unit_id = ${unitId} and (${conditions[table]})`.stream,
                ({ row }) => ({ table, row })
              )
            )
          })
        )

      const erase = Effect.fn("Persons.erase")(function* (unitId: number, who: Who) {
        // The tables are read as a whole for texts: no limit of a screen's query fits that.
        yield* sql`select set_config('statement_timeout', '0', true)`
        const identity = yield* identityOf(sql, unitId, who)
        const others = yield* unlinkedFrom(unitId, identity)
        yield* lockVisitors(unitId, [...identity.visitors, ...others])
        const conditions = conditionsOf(sql, unitId, identity)
        yield* release(unitId, conditions.session_event)
        const counts = new Map<string, Erased>()
        const note = (table: string, removed: number, blanked: number) => {
          const known = counts.get(table) ?? { table, removed: 0, blanked: 0 }
          counts.set(table, { table, removed: known.removed + removed, blanked: known.blanked + blanked })
        }
        for (const table of personTables) {
          const ofPerson = sql`unit_id = ${unitId} and (${conditions[table]})`
          // Of a request, only its address says whom it was about: that is one of the texts below.
          if (table === "api_log") continue
          if (table === "panel_log") yield* forgetWho(unitId, ofPerson)
          if (table === "panel_log" || table === "sms_log") {
            const fields = sql.csv(blankedFields[table].map((field) => sql`${sql(field)} = null`))
            note(table, 0, yield* count(sql`update ${sql(table)} set ${fields} where ${ofPerson} returning 1 as one`))
          } else {
            note(table, yield* count(sql`delete from ${sql(table)} where ${ofPerson} returning 1 as one`), 0)
          }
        }
        note("activity", 0, yield* silence(unitId, identity, others))
        const letters = yield* clearLetters(unitId, identity)
        note("dead_letter", letters.removed, letters.blanked)
        const pattern = patternOf(identity)
        if (pattern !== null) {
          for (const [table, { columns, id }] of Object.entries(texts)) {
            note(table, 0, yield* blankTexts({ unitId, table, id, columns }, pattern))
          }
        }
        return [...counts.values()].filter(({ blanked, removed }) => blanked + removed > 0)
      })

      /** In the order in which the worker locks them; a memory that it has of them is no longer valid. */
      const lockVisitors = Effect.fn("Persons.lockVisitors")(function* (
        unitId: number,
        visitors: ReadonlyArray<VisitorName>
      ) {
        yield* sql`
          with locked as (
            select site_id, id from visitor where unit_id = ${unitId} and (site_id, id) in (${listed(sql, visitors)})
            order by site_id, id for update)
          update visitor as known set version = pg_current_xact_id(), version_before = version from locked
          where unit_id = ${unitId} and known.site_id = locked.site_id and known.id = locked.id`
      })

      /** Visitors that the e-mail was taken back from: somebody else's, whose events say it all the same (ADR 0051). */
      const unlinkedFrom = (unitId: number, { emails }: Identity) => sql<VisitorName>`
        select distinct site_id as "siteId", visitor_id as id from unlinking
        where unit_id = ${unitId} and email = any(${emails}::text[])`

      /** What is left of those says it no longer, as if it had been taken back for ever. */
      const silence = (unitId: number, { emails }: Identity, visitors: ReadonlyArray<VisitorName>) =>
        visitors.length === 0
          ? Effect.succeed(0)
          : count(sql`
              update activity set email = null
              where unit_id = ${unitId} and (site_id, visitor_id) in (${listed(sql, visitors)})
                and email = any(${emails}::text[])
              returning 1 as one`)

      /** Rows that stay must not point at rows that go. */
      const release = Effect.fn("Persons.release")(function* (unitId: number, ofPerson: Statement.Fragment) {
        const gone = yield* sql<{ readonly id: number }>`
          select id from session_event where unit_id = ${unitId} and (${ofPerson})`
        for (const ids of Arr.chunksOf(
          gone.map(({ id }) => id),
          rowsMax
        )) {
          for (const column of ["repeat_of", "recovered_by", "superseded_by"] as const) {
            yield* sql`
              update session_event set ${sql(column)} = null
              where unit_id = ${unitId} and ${sql(column)} = any(${ids}::bigint[])`
          }
        }
      })

      /** A letter loses the items of the person; one that cannot be read, and names them, goes as a whole. */
      const clearLetters = Effect.fn("Persons.clearLetters")(function* (unitId: number, identity: Identity) {
        const letters = yield* sql<{ readonly unitId: number; readonly id: number; readonly body: Uint8Array }>`
          select unit_id as "unitId", id, body from dead_letter where unit_id in (${unitId}, 0) for update`
        const result = { removed: 0, blanked: 0 }
        for (const { id, body, ...letter } of letters) {
          const before = Buffer.from(body).toString()
          const after = withoutPerson(before, identity)
          if (after === before) continue
          if (after === null) {
            yield* sql`delete from dead_letter where unit_id = ${letter.unitId} and id = ${id}`
            result.removed++
          } else {
            yield* sql`
              update dead_letter set body = ${Buffer.from(after)}::bytea where unit_id = ${letter.unitId} and id = ${id}`
            result.blanked++
          }
        }
        return result
      })

      /** The salts of what is blanked go with it, or the chain's digests could be guessed at (ADR 0044). */
      const forgetWho = (unitId: number, ofPerson: Statement.Fragment) => sql`
        update panel_log_link as known set who_salt = null from panel_log
        where known.unit_id = ${unitId} and panel_log.unit_id = ${unitId} and known.row_id = panel_log.id
          and panel_log.id in (select id from panel_log where ${ofPerson})`

      const forgetTexts = (unitId: number, ids: ReadonlyArray<string>, pattern: string) => sql`
        update panel_log_link as known set
          url_salt = case when panel_log.url ~* ${pattern} then null else url_salt end,
          agent_salt = case when panel_log.user_agent ~* ${pattern} then null else agent_salt end
        from panel_log
        where known.unit_id = ${unitId} and panel_log.unit_id = ${unitId} and known.row_id = panel_log.id
          and known.row_id = any(${ids}::bigint[])`

      const blankTexts = Effect.fn("Persons.blankTexts")(function* (
        { columns, id, table, unitId }: TextPlace,
        pattern: string
      ) {
        const text = (column: string) => (jsonColumns.has(column) ? sql`${sql(column)}::text` : sql`${sql(column)}`)
        const matches = sql.or(columns.map((column) => sql`${text(column)} ~* ${pattern}`))
        // Looked for by itself, because only a query that changes nothing may use several processors.
        const found = yield* sql<{ readonly id: string }>`
          select ${sql(id)}::text as id from ${sql(table)} where unit_id = ${unitId} and (${matches})`
        const changes = columns.map((column) => {
          const without = sql`regexp_replace(${text(column)}, ${pattern}, ${blank}, 'gi')`
          return sql`${sql(column)} = ${jsonColumns.has(column) ? sql`(${without})::jsonb` : without}`
        })
        for (const ids of Arr.chunksOf(
          found.map((row) => row.id),
          rowsMax
        )) {
          if (table === "panel_log") yield* forgetTexts(unitId, ids, pattern)
          yield* sql`
            update ${sql(table)} set ${sql.csv(changes)}
            where unit_id = ${unitId} and ${sql(id)} = any(${ids}::text[]${textIds.has(table) ? sql`` : sql`::bigint[]`})`
        }
        return found.length
      })

      return Persons.of({
        rows,
        erase: (unitId, who) =>
          sql
            .withTransaction(erase(unitId, who))
            .pipe(Effect.retry({ while: isConflict, schedule: Schedule.spaced("100 millis"), times: 20 }))
      })
    })
  )
}

interface TextPlace {
  readonly unitId: number
  readonly table: string
  readonly id: string
  readonly columns: ReadonlyArray<string>
}

/** How many rows a statement that returns something for each of them has changed. */
const count = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
  Effect.map(statement, (rows) => rows.length)

const isConflict = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "SerializationError"
