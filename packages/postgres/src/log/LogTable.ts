import { Activity, type FilterFields, type Log, SessionEventLog } from "@spoor/domain"

/**
 * Where a field of a filter looks.
 *
 * - `text`: columns, of which any may have the value. With `isCut` an index has their first `cutAt` characters.
 * - `type`: a column of an enumeration, and all that it may hold.
 * - `status`: a column of HTTP statuses.
 * - `session`: the session's number; the filter names it by ID.
 * - `active`: whether the session is still going on.
 *
 * *Shape*: `isOfSession` says that the row's session has it, `isPersonal` that it is hidden from some readers.
 */
export type Operand = { readonly isOfSession?: true; readonly isPersonal?: true } & (
  | { readonly kind: "text"; readonly columns: ReadonlyArray<string>; readonly isCut?: true }
  | { readonly kind: "type"; readonly column: string; readonly type: string; readonly values: ReadonlyArray<string> }
  | { readonly kind: "status"; readonly column: string }
  | { readonly kind: "session" }
  | { readonly kind: "active" }
)

/**
 * *Shape*: `facets` are the fields with few values, of which it is worth saying how often each occurs. `texts` are what free
 * text is looked for in; `impersonalTexts` those that are left for readers from whom the rest is hidden, where that is less.
 */
interface LogTable<L extends Log.Log> {
  readonly name: string
  readonly operands: { readonly [Field in keyof (typeof FilterFields.fields)[L]]: Operand }
  readonly facets: ReadonlyArray<keyof (typeof FilterFields.fields)[L] & string>
  readonly texts: Texts
  readonly impersonalTexts?: Texts
}

/**
 * Texts of a row. *Shape*: `from` is something to select from, each text as `said`; `joined` is all of them as one, with `textsEnd` between
 * them: what is in none is not in it either, which one look tells.
 */
export interface Texts {
  readonly from: string
  readonly joined: string | null
}

/** Hardly anybody looks for this one. */
export const textsEnd = "\u0001"

/** Addresses are longer than an index takes. *Units*: characters. */
export const cutAt = 200

const text = (...columns: ReadonlyArray<string>): Operand => ({ kind: "text", columns })

const personal = (...columns: ReadonlyArray<string>): Operand => ({ ...text(...columns), isPersonal: true })

/** A beginning is a range of an index only in the order of bytes. */
const beginning = (column: string): Operand => text(`${column} collate "C"`)

const status: Operand = { kind: "status", column: "status" }

const said = (...columns: ReadonlyArray<string>): Texts => ({
  from: `(values ${columns.map((column) => `(${column})`).join(", ")}) as text (said)`,
  joined: `concat_ws(chr(${textsEnd.charCodeAt(0)}), ${columns.join(", ")})`
})

/** IDs and names of products in an array of them. */
const ofProducts = (products: string): string =>
  `select part from jsonb_array_elements(${products}) as product (it)
  cross join lateral (values (it ->> 'id'), (it ->> 'name')) as known (part)`

/** The distinct products that a session's customer looked at, in the order of the first look, as the last look had them. */
export const productsViewed = `coalesce((
  select jsonb_agg(viewed.product order by viewed.at, viewed.id) from (
    select (array_agg(view.product order by view.occurred_at desc, view.id desc))[1] as product,
      min(view.occurred_at) as at, min(view.id) as id
    from activity as view
    where view.unit_id = session_event.unit_id and view.session_no = session_event.session_no
      and view.type = 'VisitOnProductPage' and view.product is not null
    group by view.product ->> 'id') as viewed), '[]')`

/** The five logs as tables. The names of the fields are those of `FilterFields`. */
export const logTables: { readonly [L in Log.Log]: LogTable<L> } = {
  panel: {
    name: "panel_log",
    operands: {
      url: beginning("url"),
      method: text("method"),
      status,
      email: { ...beginning("user_email"), isPersonal: true },
      ip: personal("ip"),
      request: text("request_id")
    },
    facets: ["method", "status"],
    texts: said("url", "user_email", "user_agent"),
    impersonalTexts: said("url", "user_agent")
  },
  activity: {
    name: "activity",
    operands: {
      site: text("site_id"),
      type: { kind: "type", column: "type", type: "activity_type", values: Activity.ActivityType.literals },
      visitor: text("visitor_id"),
      session: { kind: "session" },
      email: { ...beginning("email"), isOfSession: true, isPersonal: true },
      active: { kind: "active", isOfSession: true },
      url: { kind: "text", columns: ["url"], isCut: true }
    },
    facets: ["site", "type", "active"],
    texts: said("url", "title", "product ->> 'id'", "product ->> 'name'", "order_id")
  },
  "session-events": {
    name: "session_event",
    operands: {
      site: text("site_id"),
      type: { kind: "type", column: "type", type: "session_event_type", values: SessionEventLog.OutcomeType.literals },
      visitor: text("visitor_id"),
      session: { kind: "session" },
      email: { ...beginning("email"), isPersonal: true }
    },
    facets: ["site", "type"],
    texts: {
      from: `(select order_id union all ${ofProducts("cart -> 'items'")}
        union all ${ofProducts(productsViewed)}) as text (said)`,
      joined: null
    }
  },
  api: {
    name: "api_log",
    operands: {
      url: beginning("url"),
      method: text("method"),
      status,
      key: personal("key_prefix", "key_name"),
      ip: personal("ip"),
      request: text("request_id")
    },
    facets: ["method", "status", "key"],
    texts: said("url", "key_name", "user_agent"),
    impersonalTexts: said("url", "user_agent")
  },
  sms: {
    name: "sms_log",
    operands: {
      gateway: text("gateway"),
      sender: text("sender"),
      phone: personal("phone"),
      code: text("error_code"),
      category: text("category"),
      permanence: text("permanence")
    },
    facets: ["gateway", "sender", "code", "category", "permanence"],
    texts: said("error_code", "error_text", "message_id"),
    impersonalTexts: said("error_code", "message_id")
  }
}

/** The fields of a log that hold somebody's e-mail, phone, IP or key. */
export const personalFieldsOf = (log: Log.Log): ReadonlyArray<string> =>
  Object.entries<Operand>(logTables[log].operands).flatMap(([name, { isPersonal }]) => (isPersonal ? [name] : []))

/**
 * What a text looks like that may hold something personal, as an address or a user agent may. Wider than what is masked in it: a
 * text that is not looked through tells nothing. *Shape*: a regular expression of PostgreSQL.
 */
export const personalText = String.raw`@|%40|(\+|%2B)([ ().-]?\d){7}|k_[\w-]{4}|\d{1,3}(\.\d{1,3}){3}|[0-9A-Fa-f]?:[0-9A-Fa-f]*:[0-9A-Fa-f]`
