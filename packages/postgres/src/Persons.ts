import { Array as Arr, Context, Effect, Layer, Result, Schedule, Schema, Stream } from "effect"
import { SqlClient, type SqlError, type Statement } from "effect/sql"
import type { Who } from "./PersonStory.ts"

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

/**
 * Where a person's rows are, in the order in which they can be removed: whatever refers to a row goes before it.
 *
 * test/Persons.integration.test.ts holds that no column of the schema is forgotten.
 */
export const personTables = [
  "webhook_delivery",
  "session_event",
  "activity",
  "session",
  "identification",
  "unlinking",
  "reported_order",
  "custom_event",
  "unsettled",
  "customer",
  "visitor",
  "rejected_item",
  "saved_view",
  "api_log",
  "panel_log",
  "sms_log",
  "sms_message",
  "sms_unreadable"
] as const
export type PersonTable = (typeof personTables)[number]

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

/** What somebody is known by. *Shape*: `isWhole` when all of the visitors' sessions are theirs, whatever e-mail these bear. */
interface Identity {
  readonly emails: ReadonlyArray<string>
  readonly phones: ReadonlyArray<string>
  /** Where the API has the person's customers. */
  readonly subjects: ReadonlyArray<string>
  readonly visitors: ReadonlyArray<VisitorName>
  readonly isWhole: boolean
}

interface VisitorName {
  readonly siteId: string
  readonly id: string
}

interface TextPlace {
  readonly unitId: number
  readonly table: string
  readonly id: string
  readonly columns: ReadonlyArray<string>
}

const identityOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, unitId: number, who: Who) {
  if (who.by === "visitor") {
    const visitors = yield* sql<VisitorName>`
      select site_id as "siteId", id from visitor where unit_id = ${unitId} and id = ${who.value}`
    const given = visitors.length > 0 ? visitors : [{ siteId: "", id: who.value }]
    return { emails: [], phones: [], subjects: [], visitors: given, isWhole: true } satisfies Identity
  }
  const customers = yield* sql<{ readonly id: string; readonly email: string | null; readonly phone: string | null }>`
    select id, email, phone from customer
    where unit_id = ${unitId} and ${who.by === "email" ? sql`email = ${who.value}` : sql`phone = ${who.value}`}`
  const known = <A>(values: ReadonlyArray<A | null>) => [...new Set(values.filter((value) => value !== null))]
  const emails = who.by === "email" ? [who.value] : known(customers.map(({ email }) => email))
  const shared = yield* sql<{ readonly phone: string }>`
    select phone from customer
    where unit_id = ${unitId} and phone = any(${known(customers.map(({ phone }) => phone))}::text[])
      and email is not null and email <> all(${emails}::text[])`
  const others = new Set(shared.map(({ phone }) => phone))
  const phones =
    who.by === "phone" ? [who.value] : known(customers.map(({ phone }) => phone)).filter((p) => !others.has(p))
  const visitors = yield* sql<VisitorName>`
    select site_id as "siteId", visitor_id as id from session
    where unit_id = ${unitId} and email = any(${emails}::text[])
    union select site_id, visitor_id from identification where unit_id = ${unitId} and email = any(${emails}::text[])
    union select site_id, visitor_id from reported_order
    where unit_id = ${unitId} and email = any(${emails}::text[]) and visitor_id is not null`
  const subjects = customers
    .filter(({ email }) => email === null || emails.includes(email))
    .map(({ id }) => `/customers/${encodeURIComponent(id)}`)
  return { emails, phones, subjects, visitors, isWhole: false } satisfies Identity
})

/** Which rows of a table are the person's. */
const conditionsOf = (
  sql: SqlClient.SqlClient,
  unitId: number,
  identity: Identity
): { readonly [Table in PersonTable]: Statement.Fragment } => {
  const { emails, isWhole, phones, subjects, visitors } = identity
  const names = namesOf(identity) ?? nothing
  // Gateways leave out the plus.
  const digits = phones.map((phone) => `%${phone.slice(1)}%`)
  const byEmail = sql`email = any(${emails}::text[])`
  const byVisitor = sql`(site_id, visitor_id) in (${listed(sql, visitors)})`
  const isTheirs = isWhole ? sql`true` : sql`(email is null or ${byEmail})`
  const byVisitorOrEmail = sql`${byEmail} or (${byVisitor} and ${isTheirs})`
  const sessions = sql`select no from session where unit_id = ${unitId} and ${byVisitor} and ${isTheirs}`
  const outcome = sql`session_no in (${sessions}) or ${byEmail} or (session_no is null and ${byVisitor} and ${isTheirs})`
  return {
    webhook_delivery: sql`session_event_id in (
      select id from session_event where unit_id = ${unitId} and (${outcome}))`,
    session_event: outcome,
    activity: sql`session_no in (${sessions})`,
    session: sql`${byVisitor} and ${isTheirs}`,
    identification: byVisitorOrEmail,
    unlinking: byVisitorOrEmail,
    reported_order: byVisitorOrEmail,
    custom_event: sql`${byEmail} or (
      visitor_id = any(${visitors.map(({ id }) => id)}::text[]) and ${isTheirs})`,
    unsettled: byVisitor,
    customer: sql`${byEmail} or (phone = any(${phones}::text[]) and (email is null or ${byEmail}))`,
    // One that somebody else's sessions are left of stays.
    visitor: sql`(site_id, id) in (${listed(sql, visitors)}) and not exists (
      select from session where session.unit_id = visitor.unit_id and session.site_id = visitor.site_id
        and session.visitor_id = visitor.id and ${isWhole ? sql`false` : sql`email <> all(${emails}::text[])`})`,
    rejected_item: sql`item ~* ${names}`,
    saved_view: sql`query ~* ${names} or name ~* ${names}`,
    api_log: sql`left(url, 400) collate "C" = any(${subjects.map((subject) => subject.slice(0, 400))}::text[])
      and url ^@ '/customers/'`,
    panel_log: sql`user_email = any(${emails}::text[])`,
    sms_log: sql`phone = any(${phones}::text[]) or raw_phone = any(${phones.flatMap(writtenPhones)}::text[])`,
    // With its notes.
    sms_message: sql`phone = any(${phones}::text[]) or failure ->> 'phone' = any(${phones}::text[]) or exists (
      select from sms_report as note where note.unit_id = sms_message.unit_id and note.gateway_id = sms_message.gateway_id
        and note.message_id = sms_message.id and (note.payload ~* ${names} or note.payload like any(${digits}::text[])))`,
    sms_unreadable: sql`payload ~* ${names} or payload like any(${digits}::text[])`
  }
}

const listed = (sql: SqlClient.SqlClient, visitors: ReadonlyArray<VisitorName>) => sql`
  select "siteId", id from jsonb_to_recordset(${JSON.stringify(visitors)}::text::jsonb)
    as named ("siteId" text, id text)`

/** How a gateway may have written a number: with +, with 00, or bare. */
const writtenPhones = (phone: string): ReadonlyArray<string> => [phone, `00${phone.slice(1)}`, phone.slice(1)]

/** A regular expression for what names the person in a text, as it is and as addresses have it. Null when nothing does. */
const patternOf = ({ emails, phones, subjects }: Identity): string | null => {
  const written = [...emails, ...phones].flatMap((text) => [
    ...new Set([text, encodeURIComponent(text), new URLSearchParams([["", text]]).toString().slice(1)])
  ])
  const parts = [...written, ...subjects]
  return parts.length === 0 ? null : parts.map(escaped).join("|")
}

/** The same with the visitors, for JSON as `JSON.stringify` writes it: an ID stands between quotation marks. */
const namesOf = (identity: Identity): string | null =>
  [patternOf(identity), ...identity.visitors.map(({ id }) => escaped(JSON.stringify(id)))]
    .filter((part) => part !== null)
    .join("|") || null

/** What no text has. */
const nothing = "(?!)"

const escaped = (text: string): string => text.replaceAll(/[\\^$.|?*+()[\]{}]/g, "\\$&")

const parse = Schema.decodeUnknownResult(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

/**
 * The body of a queue's message without the person's items; null when it names them elsewhere or cannot be read.
 *
 * *Shape*: whatever a door hands over has its items in lists, beside what it says of all of them.
 */
const withoutPerson = (body: string, identity: Identity): string | null => {
  const pattern = new RegExp(namesOf(identity) ?? nothing, "i")
  if (!pattern.test(body)) return body
  const parsed = parse(body)
  if (Result.isFailure(parsed)) return null
  const without = JSON.stringify(parsed.success, (_, value: unknown) =>
    Array.isArray(value) ? value.filter((item) => !pattern.test(JSON.stringify(item))) : value
  )
  return pattern.test(without) ? null : without
}

/** How many rows a statement that returns something for each of them has changed. */
const count = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
  Effect.map(statement, (rows) => rows.length)

const isConflict = ({ reason }: SqlError.SqlError): boolean =>
  reason._tag === "DeadlockError" || reason._tag === "SerializationError"
