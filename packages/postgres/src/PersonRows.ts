import { Effect, Result, Schema } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import type { Who } from "./PersonIdentity.ts"

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
  "reported_order",
  "custom_event",
  "unsettled",
  "customer",
  "visitor",
  // After the sessions and visitors that it speaks of.
  "unlinking",
  "rejected_item",
  "saved_view",
  "api_log",
  "panel_log",
  "sms_log",
  "sms_message",
  "sms_unreadable"
] as const
export type PersonTable = (typeof personTables)[number]

/** What somebody is known by. *Shape*: `isWhole` when all of the visitors' sessions are theirs, whatever e-mail these bear. */
export interface Identity {
  readonly emails: ReadonlyArray<string>
  readonly phones: ReadonlyArray<string>
  /** Where the API has the person's customers. */
  readonly subjects: ReadonlyArray<string>
  readonly visitors: ReadonlyArray<VisitorName>
  readonly isWhole: boolean
}

export interface VisitorName {
  readonly siteId: string
  readonly id: string
}

/** All that leads to somebody, without a bound: nothing may be left. A phone that others have too leads to nobody. */
export const identityOf = Effect.fnUntraced(function* (sql: SqlClient.SqlClient, unitId: number, who: Who) {
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
    union select site_id, visitor_id from identification as given
    where unit_id = ${unitId} and email = any(${emails}::text[]) and not exists (
      select from unlinking as back
      where back.unit_id = given.unit_id and back.site_id = given.site_id and back.visitor_id = given.visitor_id
        and back.email = given.email and back.undone_at is null
        and coalesce(back.from_at <= given.occurred_at, true) and coalesce(back.until_at >= given.occurred_at, true))
    union select site_id, visitor_id from reported_order
    where unit_id = ${unitId} and email = any(${emails}::text[]) and visitor_id is not null`
  const subjects = customers
    .filter(({ email }) => email === null || emails.includes(email))
    .map(({ id }) => `/customers/${encodeURIComponent(id)}`)
  return { emails, phones, subjects, visitors, isWhole: false } satisfies Identity
})

/** Which rows of a table are the person's. */
export const conditionsOf = (
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
  // Of a session that the e-mail was taken back from it is known whose it is not (ADR 0051).
  const isUnlinked = sql`(session.email is null and exists (
    select from unlinking as back
    where back.unit_id = session.unit_id and back.site_id = session.site_id and back.visitor_id = session.visitor_id
      and back.email = any(${emails}::text[]) and back.undone_at is null
      and coalesce(back.from_at <= session.ended_at, true) and coalesce(back.until_at >= session.started_at, true)))`
  const session = sql`${byVisitor} and ${isTheirs} and not ${isUnlinked}`
  const sessions = sql`select no from session where unit_id = ${unitId} and ${session}`
  const outcome = sql`session_no in (${sessions}) or ${byEmail} or (session_no is null and ${byVisitor} and ${isTheirs})`
  return {
    webhook_delivery: sql`session_event_id in (
      select id from session_event where unit_id = ${unitId} and (${outcome}))`,
    session_event: outcome,
    activity: sql`session_no in (${sessions})`,
    session,
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
        and session.visitor_id = visitor.id and ${isWhole ? sql`false` : sql`(email <> all(${emails}::text[]) or ${isUnlinked})`})`,
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

export const listed = (sql: SqlClient.SqlClient, visitors: ReadonlyArray<VisitorName>) => sql`
  select "siteId", id from jsonb_to_recordset(${JSON.stringify(visitors)}::text::jsonb)
    as named ("siteId" text, id text)`

/** How a gateway may have written a number: with +, with 00, or bare. */
const writtenPhones = (phone: string): ReadonlyArray<string> => [phone, `00${phone.slice(1)}`, phone.slice(1)]

/** A regular expression for what names the person in a text, as it is and as addresses have it. Null when nothing does. */
export const patternOf = ({ emails, phones, subjects }: Identity): string | null => {
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
export const withoutPerson = (body: string, identity: Identity): string | null => {
  const pattern = new RegExp(namesOf(identity) ?? nothing, "i")
  if (!pattern.test(body)) return body
  const parsed = parse(body)
  if (Result.isFailure(parsed)) return null
  const without = JSON.stringify(parsed.success, (_, value: unknown) =>
    Array.isArray(value) ? value.filter((item) => !pattern.test(JSON.stringify(item))) : value
  )
  return pattern.test(without) ? null : without
}
