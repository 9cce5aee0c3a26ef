import type { FilterValue, Interval, LogFilter } from "@spoor/domain"
import type { LogQuery } from "@spoor/postgres"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Filled } from "./Store.ts"

type Clauses = Omit<LogFilter.FilterOf<"activity">, "log" | "range">

/** A whole number, at least 0 and less than the limit. */
export type Below = (limit: number) => number

/**
 * What a filter is for the claim: an e-mail's beginning (`prefix`) may take longer than what is exact, an address' beginning is told apart.
 * `open` is what no index serves: such a filter walks the log by its time and gives up after a while.
 */
export type Kind = "exact" | "prefix" | "address" | "open"

/** A filter whose values are others at every asking. */
export interface Question {
  readonly name: string
  readonly kind: Kind
  readonly ask: () => LogQuery<"activity">
}

interface Part {
  readonly field: string
  readonly name: string
  readonly kind?: Kind
  readonly isPaired?: true
  readonly clauses: () => Clauses
}

/** Rows at random, of which typical values are taken. */
interface Sample {
  readonly visitor: string
  readonly session: string
  readonly email: string | null
  readonly url: string
}

/** Every field of the grammar for *Website activity* by itself, with a day and with 90 days, and every two fields together. */
export const questions = Effect.fnUntraced(function* (filled: Filled, rows: number, below: Below) {
  const parts = partsOf(yield* sample(filled, rows, below), yield* extremes(filled), below)
  const singles: ReadonlyArray<Part> = [{ field: "", name: "none", clauses: () => ({}) }, ...parts]
  const pairs = parts.flatMap((one, at) =>
    parts.slice(at + 1).flatMap((other) =>
      one.isPaired && other.isPaired && one.field !== other.field
        ? [
            {
              field: "",
              name: `${one.name} + ${other.name}`,
              kind: kindOf(one, other),
              clauses: () => ({ ...one.clauses(), ...other.clauses() })
            }
          ]
        : []
    )
  )
  const always = (): Interval.Interval => ({ from: null, to: null })
  const within = (length: number) => (): Interval.Interval => {
    const from = filled.oldest + below(Math.floor(filled.newest - filled.oldest - length))
    return { from, to: from + length }
  }
  const question = ({ clauses, kind = "exact", name }: Part, interval: () => Interval.Interval): Question => ({
    name,
    kind,
    ask: () => ({
      unitId: filled.unitId,
      log: "activity",
      filter: { log: "activity", ...clauses() },
      interval: interval()
    })
  })
  return [
    ...singles.map((part) => question(part, always)),
    ...singles.map((part) => question({ ...part, name: `${part.name} + a day` }, within(DAY))),
    ...singles
      .filter(({ kind }) => kind !== "open")
      .map((part) => question({ ...part, name: `${part.name} + 90 days` }, within(90 * DAY))),
    ...pairs.map((part) => question(part, always))
  ]
})

const DAY = 86_400_000

const kindOf = (...parts: ReadonlyArray<Part>): Kind =>
  (["open", "address", "prefix"] as const).find((kind) => parts.some((part) => part.kind === kind)) ?? "exact"

const partsOf = (
  samples: ReadonlyArray<Sample>,
  { email: hotEmail, visitor: hotVisitor }: Extremes,
  below: Below
): ReadonlyArray<Part> => {
  const one = (): Sample => samples[below(samples.length)]!
  const known = samples.flatMap(({ email }) => (email === null ? [] : [email]))
  const mail = (): string => known[below(known.length)]!
  const part = (field: string, name: string, clause: () => object, more: Partial<Part> = {}): Part => ({
    field,
    name: `${field} ${name}`,
    clauses: () => ({ [field]: { any: [], none: [], ...clause() } }),
    ...more
  })
  const any = (value: FilterValue.Value) => ({ any: [value] })
  const none = (value: FilterValue.Value) => ({ none: [value] })
  const is = (value: string) => any({ op: "is", value })
  const startsWith = (value: string) => any({ op: "startsWith", value })
  const paired = { isPaired: true } as const
  const prefix = { kind: "prefix" } as const
  const address = { kind: "address" } as const
  const open = { kind: "open" } as const
  return [
    part("site", "common", () => any("shop"), paired),
    part("site", "10 %", () => any("outlet"), paired),
    part("site", "rare", () => any("tiny"), paired),
    part("site", "absent", () => any("closed"), paired),
    part("site", "of two", () => ({ any: ["outlet", "tiny"] })),
    part("site", "not", () => none("shop")),
    part("type", "common", () => any("VisitOnProductPage"), paired),
    part("type", "1 %", () => any("VisitOnSalePage"), paired),
    part("type", "rare", () => any("VisitOnLoginPage"), paired),
    part("type", "absent", () => any("VisitOnCartListPage"), paired),
    part("type", "of two", () => ({ any: ["VisitOnLoginPage", "VisitOnCartListPage"] })),
    part("type", "not", () => ({ none: ["VisitOnProductPage", "VisitOnWebsite", "ModifyCart", "VisitOnSalePage"] })),
    part("visitor", "typical", () => any(one().visitor), paired),
    part("visitor", "hottest", () => any(hotVisitor), paired),
    part("visitor", "absent", () => any("nobody"), paired),
    part("visitor", "not", () => none(hotVisitor)),
    part("session", "typical", () => any(one().session), paired),
    part("session", "absent", () => any("shop:nothing")),
    part("session", "not", () => none(one().session)),
    part("email", "typical", () => is(mail()), paired),
    part("email", "hottest", () => is(hotEmail), paired),
    part("email", "absent", () => is("nobody@nowhere.example"), paired),
    part("email", "not", () => none({ op: "is", value: hotEmail })),
    part("email", "any", () => startsWith(""), { ...prefix }),
    part("email", "none", () => none({ op: "startsWith", value: "" }), prefix),
    part("email", "of 1 letter", () => startsWith(mail().slice(0, 1)), prefix),
    part("email", "of 3 letters", () => startsWith(mail().slice(0, 3)), prefix),
    part("email", "of 6 letters", () => startsWith(mail().slice(0, 6)), { ...prefix, ...paired }),
    part("email", "of 8 letters", () => startsWith(mail().slice(0, 8)), prefix),
    part("email", "of 10 letters", () => startsWith(mail().slice(0, 10)), { ...prefix, ...paired }),
    part("email", "beginning absent", () => startsWith("zzz"), { ...prefix, ...paired }),
    part("active", "yes", () => any(true), paired),
    part("active", "no", () => any(false), paired),
    part("url", "typical", () => is(one().url), paired),
    part("url", "common", () => is("https://shop.example/"), paired),
    part("url", "rare", () => is("https://shop.example/landing/rare"), paired),
    part("url", "absent", () => is("https://shop.example/nothing"), paired),
    part("url", "beginning common", () => startsWith("https://shop.example/"), address),
    part("url", "beginning typical", () => startsWith(one().url.split("?")[0]!), address),
    part("url", "beginning absent", () => startsWith("https://nowhere.example/"), address),
    part("url", "not", () => none({ op: "is", value: "https://shop.example/" })),
    part("url", "part common", () => any({ op: "contains", value: "products" }), open),
    part("url", "part rare", () => any({ op: "contains", value: "landing" }), open),
    { field: "text", name: "text common", kind: "open", clauses: () => ({ text: { all: ["mug"], none: [] } }) },
    { field: "text", name: "text absent", kind: "open", clauses: () => ({ text: { all: ["zzzzz"], none: [] } }) }
  ]
}

const sample = Effect.fnUntraced(function* ({ unitId }: Filled, rows: number, below: Below) {
  const sql = yield* SqlClient.SqlClient
  const ids = Array.from({ length: 1_000 }, () => 1 + below(rows))
  return yield* sql<Sample>`
    select activity.visitor_id as visitor, session.id as session, session.email, activity.url
    from activity join session on session.unit_id = activity.unit_id and session.no = activity.session_no
    where activity.unit_id = ${unitId} and activity.id = any(${ids}::bigint[]) order by activity.id`
})

interface Extremes {
  readonly email: string
  readonly visitor: string
}

const extremes = Effect.fnUntraced(function* ({ unitId }: Filled) {
  const sql = yield* SqlClient.SqlClient
  const [found] = yield* sql<Extremes>`
    select (select email from session where unit_id = ${unitId} and email is not null
      group by email order by count(*) desc limit 1) as email,
      (select visitor_id from session where unit_id = ${unitId} group by visitor_id order by count(*) desc limit 1) as visitor`
  return found!
})
