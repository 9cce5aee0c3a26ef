import { Cart, Identification, Ids, type Outcome, Rules, Site, Unlinking, WhatIf } from "@spoor/domain"
import { Activities, Identifications, ReportedOrders, type RulesVersion, Sites } from "@spoor/postgres"
import { Clock, Effect, Option, Schema } from "effect"
import type { OutcomeView, Side, WhatIfView } from "#lib/whatif/WhatIf.ts"
import { amountOf } from "./StoryView.ts"

const MINUTE = 60_000
const DAY = 86_400_000

/** What one question may compare: it is asked while somebody waits, and computed twice. */
const eventsMax = 50_000
const ordersMax = 10_000

/** Outcomes of each side that are shown one by one. */
const shownMax = 40

/** How far ahead new rules come into force: longer than any worker's transaction lasts (ADR 0032). */
const notice = MINUTE

const rangesInDays = [1, 3, 7, 14] as const

/** The rules as a form holds them: whole numbers of the unit that people think in. *Units*: milliseconds in one. */
export const units = {
  inactivity: MINUTE,
  grace: MINUTE,
  repeatWindow: 3_600_000,
  recoveryWindow: DAY,
  allowedLateness: 3_600_000
} as const satisfies Record<keyof typeof Rules.Rules.fields, number>

type Name = keyof typeof units
const names = Object.keys(units) as ReadonlyArray<Name>

/** What other rules would have made of a site's last days, and every version of the rules that it has had. */
export const ask = Effect.fn("WhatIfScreen.ask")(function* (
  unitId: number,
  siteIds: ReadonlyArray<string>,
  search: URLSearchParams
) {
  const siteId = siteIds.find((id) => id === search.get("site")) ?? siteIds[0]
  if (siteId === undefined) return null
  const place = { unitId, siteId: Ids.SiteId.make(siteId) }
  const sites = yield* Sites
  const now = yield* Clock.currentTimeMillis
  const versions = yield* sites.versions(place)
  const present = yield* sites.rules(place)
  const { rules, problem } = readRules((name) => search.get(name), present)
  const days = rangesInDays.find((days) => String(days) === search.get("days")) ?? 3
  const compared = problem === null && isAsked(search) ? yield* compare(place, present, rules, now, days) : null
  return {
    siteId,
    days,
    ranges: [...rangesInDays],
    fields: names.map((name) => ({
      name,
      value: search.get(name) ?? String(present[name] / units[name]),
      present: present[name] / units[name]
    })),
    problem,
    version: versions.at(-1)?.version ?? 1,
    isChanged: problem === null && names.some((name) => rules[name] !== present[name]),
    compared,
    versions: versions.map((version, index) => versionView(version, versions[index - 1])).toReversed()
  } satisfies WhatIfView
})

/** Makes the rules of a form the site's next ones. */
export const save = Effect.fn("WhatIfScreen.save")(function* (
  { unitId, userId }: { readonly unitId: number; readonly userId: string },
  siteIds: ReadonlyArray<string>,
  form: FormData
) {
  const text = (name: string) => {
    const value = form.get(name)
    return typeof value === "string" ? value : null
  }
  const siteId = siteIds.find((id) => id === text("site"))
  if (siteId === undefined) return { _tag: "Wrong", problem: "site" } as const
  const place = { unitId, siteId: Ids.SiteId.make(siteId) }
  const sites = yield* Sites
  const present = yield* sites.rules(place)
  const { rules, problem } = readRules(text, present)
  if (problem !== null) return { _tag: "Wrong", problem } as const
  if (names.every((name) => rules[name] === present[name])) return { _tag: "Wrong", problem: "same" } as const
  const changedAt = yield* Clock.currentTimeMillis
  const appliesFrom = changedAt + notice
  const version = Number(text("version"))
  const change = { version: Number.isInteger(version) ? version : 0, rules, userId, changedAt, appliesFrom }
  const isSaved = yield* sites.changeRules(place, change)
  return isSaved ? ({ _tag: "Saved", siteId, appliesFrom } as const) : ({ _tag: "Wrong", problem: "outrun" } as const)
})

const isAsked = (search: URLSearchParams): boolean => names.some((name) => search.has(name))

const decodeRules = Schema.decodeUnknownOption(Rules.Rules)

/** *Shape*: `problem` is the name of the first field that is not allowed; what is absent stays as it is. */
const readRules = (textOf: (name: Name) => string | null, present: Rules.Rules) => {
  const entries = names.map((name) => {
    const text = textOf(name)
    return [name, text === null ? present[name] : Math.round(Number(text.replace(",", ".")) * units[name])] as const
  })
  const { former: _, ...kept } = present
  const wrong = entries.find(([name, value]) => Option.isNone(decodeRules({ ...kept, [name]: value })))
  const rules = decodeRules(Object.fromEntries(entries))
  return { rules: Option.getOrElse(rules, (): Rules.Rules => kept), problem: wrong?.[0] ?? null }
}

const compare = Effect.fnUntraced(function* (
  place: { readonly unitId: number; readonly siteId: Ids.SiteId },
  present: Rules.Rules,
  rules: Rules.Rules,
  now: number,
  days: number
) {
  const activities = yield* Activities
  const identifications = yield* Identifications
  const reportedOrders = yield* ReportedOrders
  const wanted = now - days * DAY
  // A session lasts a day at most: with a day before, none in the range is seen without its begin.
  const stored = yield* activities.ofSite(place, wanted - Rules.sessionLengthMax, eventsMax)
  const isCut = stored.length === eventsMax
  const since = isCut ? Math.max(wanted, stored.at(-1)!.occurredAt + Rules.sessionLengthMax) : wanted
  const orders = yield* reportedOrders.ofSite(place, wanted - Rules.sessionLengthMax, ordersMax)
  const given = yield* identifications.ofVisitors(place, [...new Set(stored.map(({ visitorId }) => visitorId))])
  const { events, identifications: named } = Unlinking.apply({ ...given, events: stored }, given.unlinkings)
  const outcomesUnder = (under: Rules.Rules) =>
    Site.sessionize(under, { events: Identification.attach(under, events, named), orders }, Infinity).outcomes
  const answer = WhatIf.compare(outcomesUnder(present), outcomesUnder(rules))
  // Compared whenever they are due, and told of only then: an outcome that is due a little later has neither come nor gone.
  const told = (outcomes: ReadonlyArray<Outcome.Outcome>) => outcomes.filter(({ at }) => at >= since && at <= now)
  return {
    since,
    isCut,
    events: events.length,
    added: sideOf(told(answer.added)),
    removed: sideOf(told(answer.removed)),
    unchanged: sideOf(told(answer.unchanged))
  }
})

/** *Shape*: by type, those types that there are; money by currency, for different ones are never added up (sessions.md 4.6). */
const sideOf = (outcomes: ReadonlyArray<Outcome.Outcome>): Side => {
  const shown = outcomes.toSorted((a, b) => b.at - a.at).slice(0, shownMax)
  const totals = [...Map.groupBy(outcomes, ({ type }) => type)].map(([type, own]) => {
    const worth = new Map<string, number>()
    for (const outcome of own) {
      const amount = worthOf(outcome)
      if (amount !== null) worth.set(amount.currency, (worth.get(amount.currency) ?? 0) + amount.value)
    }
    return { type, count: own.length, worth: [...worth].map(([currency, value]) => ({ value, currency })) }
  })
  return {
    count: outcomes.length,
    totals: totals.toSorted((a, b) => (a.type < b.type ? -1 : 1)),
    shown: shown.map(outcomeView)
  }
}

const worthOf = (outcome: Outcome.Outcome) => {
  if (outcome.type === "AbandonedBrowse") return null
  const { cart } = outcome
  const bought = outcome.type === "FinalizedTransaction" ? amountOf(outcome.value, outcome.currency) : null
  return bought ?? (cart === null ? null : { value: Cart.value(cart), currency: cart.currency })
}

const outcomeView = (outcome: Outcome.Outcome): OutcomeView => ({
  key: outcome.key,
  type: outcome.type,
  at: outcome.at,
  visitorId: outcome.visitorId,
  email: outcome.email,
  worth: worthOf(outcome)
})

const versionView = (version: RulesVersion, before: RulesVersion | undefined) => ({
  version: version.version,
  appliesFrom: version.appliesFrom,
  changedAt: version.changedAt,
  changedBy: version.changedBy,
  changes: names.flatMap((name) => {
    const [from, to] = [before?.rules[name] ?? null, version.rules[name]]
    return from === to ? [] : [{ name, from, to }]
  })
})
