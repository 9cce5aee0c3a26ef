import type { Ids, SmsLog } from "@spoor/domain"
import { Effect } from "effect"
import type { SqlClient, Statement } from "effect/sql"
import { reading } from "./Keyset.ts"

/** By what a person is looked for. */
export type Who =
  | { readonly by: "email"; readonly value: Ids.Email }
  | { readonly by: "visitor"; readonly value: Ids.VisitorId }
  | { readonly by: "phone"; readonly value: SmsLog.Phone }

/**
 * What is known to be one person's, within a unit.
 *
 * A visitor is a browser, not a person (sessions.md 2.2), so that one leads to no e-mail: other people may use it. An
 * e-mail or a phone leads to the customers that the API named so, and through their e-mails to browsers.
 *
 * *Shape*: `subjects` are the addresses of the API that are about the person's customers and orders.
 */
export interface Identity {
  readonly by: Who["by"]
  readonly emails: ReadonlyArray<Ids.Email>
  readonly phones: ReadonlyArray<SmsLog.Phone>
  readonly customerIds: ReadonlyArray<string>
  readonly visitorIds: ReadonlyArray<Ids.VisitorId>
  readonly subjects: ReadonlyArray<string>
}

/** Customers, browsers and orders that are followed from one e-mail or phone. */
const followedMax = 200

/**
 * Who is meant, and conditions on what is theirs: for reading, within a bound. What must be forgotten of a person is found without one,
 * and follows no phone that others have too (Persons.ts). *Fails* with `SqlError`.
 */
export const over = (sql: SqlClient.SqlClient) => {
  /** The index of browsers begins with the site. */
  const onSites = (unitId: number) => sql`site_id = any(array(select id from site where unit_id = ${unitId}))`
  const ofEmails = (emails: Identity["emails"]) => sql`email collate "C" = any(${emails}::text[])`
  const ofVisitors = (ids: Identity["visitorIds"]) => sql`visitor_id = any(${ids}::text[])`

  const valuesOf = <Value extends string>(rows: Statement.Statement<{ readonly value: Value }>) =>
    Effect.map(rows, (found) => found.map(({ value }) => value))

  const identify = Effect.fn("PersonIdentity.identify")(
    function* (unitId: number, { by, value }: Who) {
      if (by === "visitor") {
        return { by, emails: [], phones: [], customerIds: [], visitorIds: [value], subjects: [] }
      }
      const customers = yield* sql<Customer>`
        select id, email, phone from customer
        where unit_id = ${unitId} and ${by === "email" ? sql`email = ${value}` : sql`phone = ${value}`}
        order by id limit ${followedMax}`
      const emails = distinct(by === "email" ? [value] : customers.flatMap(({ email }) => email ?? []))
      const phones = distinct(by === "phone" ? [value] : customers.flatMap(({ phone }) => phone ?? []))
      const visitorIds = yield* valuesOf(sql<{ readonly value: Ids.VisitorId }>`
        select visitor_id as value from session where unit_id = ${unitId} and ${ofEmails(emails)}
        group by visitor_id order by max(ended_at) desc limit ${followedMax}`)
      const orderIds = yield* valuesOf(sql<{ readonly value: string }>`
        select id as value from reported_order
        where unit_id = ${unitId} and ${onSites(unitId)} and email = any(${emails}::text[])
        order by occurred_at desc limit ${followedMax}`)
      const customerIds = customers.map(({ id }) => id)
      const subjects = [
        ...customerIds.map((id) => `/customers/${encodeURIComponent(id)}`),
        ...orderIds.map((id) => `/orders/${encodeURIComponent(id)}`)
      ]
      return { by, emails, phones, customerIds, visitorIds, subjects }
    },
    (effect) => reading(sql, effect)
  )

  return { identify, ofEmails, ofVisitors, onSites }
}

interface Customer {
  readonly id: string
  readonly email: Ids.Email | null
  readonly phone: SmsLog.Phone | null
}

const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]
