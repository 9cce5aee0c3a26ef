import { assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import type { fields } from "../../src/log/FilterFields.ts"
import { matches } from "../../src/log/FilterMatch.ts"
import { parse } from "../../src/log/FilterText.ts"
import { always, type Interval } from "../../src/log/Interval.ts"
import { Log } from "../../src/log/Log.ts"
import { filters } from "../../src/log/LogFilter.ts"
import { Email } from "../../src/session/Ids.ts"
import { lawRuns, lawSeed, lawTimeout } from "../config.ts"
import { activityRow, apiRow, panelRow, sessionEventRow, smsRow } from "./rows.ts"

const options = { timeout: lawTimeout, arbitrary: { runs: lawRuns, seed: lawSeed } }

/** Whether the log's one row passes. */
const passes: Record<Log, (text: string, interval?: Interval) => boolean> = {
  panel: (text, interval = always) => matches.panel(Result.getOrThrow(parse("panel", text)), panelRow, interval),
  activity: (text, interval = always) =>
    matches.activity(Result.getOrThrow(parse("activity", text)), activityRow, interval),
  "session-events": (text, interval = always) =>
    matches["session-events"](Result.getOrThrow(parse("session-events", text)), sessionEventRow, interval),
  api: (text, interval = always) => matches.api(Result.getOrThrow(parse("api", text)), apiRow, interval),
  sms: (text, interval = always) => matches.sms(Result.getOrThrow(parse("sms", text)), smsRow, interval)
}

/** For each field of each log, what its row passes and what it does not. */
const terms: { readonly [L in Log]: Record<keyof (typeof fields)[L], readonly [yes: string, no: string]> } = {
  panel: {
    url: ["/settings*", "/sites"],
    method: ["post", "get"],
    status: ["200,4xx", "5xx,404"],
    email: ["marta*", "marta@shop.exampl"],
    ip: ["2001:DB8::7", "2001:db8::8"],
    request: ["req-5f2c", "req-5f2"]
  },
  activity: {
    site: ["other,shop", "sho"],
    type: ["ModifyCart", "VisitOnSalePage"],
    visitor: ["v-1", "V-1"],
    session: ["shop:e-1", "e-1"],
    email: ["anna@example.pl", "anna@example.p"],
    active: ["yes", "no"],
    url: ["*/cart?*", "*/CART*"]
  },
  "session-events": {
    site: ["shop", "other"],
    type: ["FinalizedTransaction", "AbandonedCart"],
    visitor: ["v-1", "v-2"],
    session: ["shop:e-1", "shop:e-2"],
    // The row has none.
    email: ["*", "a*"]
  },
  api: {
    url: ["/orders*", "/orders"],
    method: ["PUT", "POST"],
    status: ["404", "405"],
    key: ["sk_live_4f", "sk_live"],
    ip: ["203.0.113.7", "203.0.113.70"],
    request: ["req-9", "req"]
  },
  sms: {
    gateway: ["SMSAPI", "smsapi"],
    sender: ["MyShop", "Shop"],
    phone: ["0048600700800", "+4860070080"],
    code: ["405", "40"],
    category: ["unreachable,blocked", "blocked"],
    permanence: ["permanent", "temporary"]
  }
}

const cases = Object.entries(terms).flatMap(([log, ofLog]) =>
  Object.entries(ofLog).map(([name, [yes, no]]) => ({ log, name, yes, no }))
)

describe.each(cases)("$log $name", ({ log, name, yes, no }) => {
  const isPassed = passes[Schema.decodeUnknownSync(Log)(log)]
  const hasValue = !(log === "session-events" && name === "email")

  it("is compared as its field says", () => {
    assert.strictEqual(isPassed(`${name}:${yes}`), hasValue)
    assert.isFalse(isPassed(`${name}:${no}`))
  })

  it("can be negated, and what is absent passes", () => {
    assert.strictEqual(isPassed(`-${name}:${yes}`), !hasValue)
    assert.isTrue(isPassed(`-${name}:${no}`))
  })
})

describe("matches", () => {
  it("finds free text in any case, all of the words and none of the unwanted", () => {
    assert.isTrue(passes.activity('żółty "TWÓJ koszyk" -zielony'))
    assert.isFalse(passes.activity("żółty zielony"))
    assert.isFalse(passes.activity("żółty -KOSZYK"))
    assert.isTrue(passes.panel("firefox marta"))
    assert.isTrue(passes["session-events"]("zam/2026 kubek filiżanka"))
    assert.isTrue(passes.api("backend zam-17"))
    assert.isTrue(passes.sms("absent 405"))
    assert.isFalse(passes.api("null"))
  })

  it("looks at the key's name too", () => {
    assert.isTrue(passes.api('key:"Shop backend"'))
    assert.isFalse(passes.api('-key:"Shop backend"'))
  })

  it("takes the beginning of its interval and not the end", () => {
    const at = activityRow.createdAt
    assert.isTrue(passes.activity("", { from: at, to: at + 1 }))
    assert.isFalse(passes.activity("", { from: at + 1, to: null }))
    assert.isFalse(passes.activity("", { from: null, to: at }))
  })
})

const subset = <const Values extends ReadonlyArray<string | number | boolean>>(values: Values) =>
  Schema.Struct({ any: Schema.Array(Schema.Literals(values)), none: Schema.Array(Schema.Literals(values)) })

const emails = ["anna@a.pl", "anna@b.pl", "bob@a.pl"] as const
const urls = ["/cart", "/cart/pay", "/sale"] as const

const Case = Schema.Struct({
  email: Schema.NullOr(Schema.Literals(emails)),
  active: Schema.Boolean,
  url: Schema.NullOr(Schema.Literals(urls)),
  ofEmail: subset(["anna@a.pl", "anna@b.pl", "anna", ""]),
  ofActive: subset([true, false]),
  ofUrl: subset(["/cart", "/sale", "ar", "a"])
})

describe("a naive reading of a filter", () => {
  it.prop(
    "agrees with matches",
    [Case],
    ([{ email, active, url, ofEmail, ofActive, ofUrl }]) => {
      const clause = <A, B>(
        name: string,
        { any, none }: { any: ReadonlyArray<A>; none: ReadonlyArray<A> },
        to: (a: A) => B
      ) =>
        any.length + none.length === 0 ? {} : { [name]: { any: distinct(any).map(to), none: distinct(none).map(to) } }
      const filter = Schema.decodeSync(filters.activity)({
        log: "activity",
        ...clause("email", ofEmail, (value) => ({ op: value.includes("@") ? "is" : "startsWith", value })),
        ...clause("active", ofActive, (value) => value),
        ...clause("url", ofUrl, (value) => ({ op: value.startsWith("/") ? "is" : "contains", value }))
      })
      const row = {
        ...activityRow,
        visitorEmail: email === null ? null : Email.make(email),
        sessionActive: active,
        details: { ...activityRow.details, url }
      }

      let expected = true
      if (ofEmail.any.length > 0 && !ofEmail.any.some((value) => isMail(email, value))) expected = false
      if (ofEmail.none.some((value) => isMail(email, value))) expected = false
      if (ofActive.any.length > 0 && !ofActive.any.includes(active)) expected = false
      if (ofActive.none.includes(active)) expected = false
      if (ofUrl.any.length > 0 && !ofUrl.any.some((value) => isUrl(url, value))) expected = false
      if (ofUrl.none.some((value) => isUrl(url, value))) expected = false

      assert.strictEqual(matches.activity(filter, row, always), expected)
    },
    options
  )

  const isMail = (email: string | null, value: string): boolean =>
    email !== null && (value.includes("@") ? email === value : email.indexOf(value) === 0)
  const isUrl = (url: string | null, value: string): boolean =>
    url !== null && (value.startsWith("/") ? url === value : url.split(value).length > 1)
  const distinct = <A>(values: ReadonlyArray<A>): ReadonlyArray<A> => [...new Set(values)]
})
