import { Cart, type Log, LogRow } from "@spoor/domain"
import {
  type Entry,
  type Identity,
  LogReader,
  type PersonFacts,
  PersonStory,
  type PersonVisit,
  SessionStory,
  visitEventsMax,
  type Who
} from "@spoor/postgres"
import { Effect } from "effect"
import type { Locale } from "#lib/text/Format.ts"
import type { Person } from "./Auth.ts"
import { summarise as eventView } from "./ActivityScreen.ts"
import { decisions, type Reason, reasons } from "./Identity.ts"
import { cursorOf, readTurn } from "./PersonQuery.ts"
import { isMasked } from "./Rights.ts"
import { apiView, panelView } from "./RequestView.ts"
import { summarise as outcomeView } from "./SessionEventScreen.ts"
import { smsView } from "./SmsView.ts"
import { amountOf, cartView } from "./StoryView.ts"

/** One person: what is known, and a page of all that happened. */
export const tell = Effect.fn("PersonScreen.tell")(function* (
  unitId: number,
  who: Who,
  search: URLSearchParams,
  locale: Locale
) {
  const story = yield* PersonStory
  const identity = yield* story.identify(unitId, who)
  const turn = readTurn(search)
  const [facts, found] = yield* Effect.all([story.facts(unitId, identity), story.page(unitId, identity, turn)], {
    concurrency: 2
  })
  const isPastNewest = turn.direction === "newer" && !found.hasNewer
  const page = isPastNewest ? yield* story.page(unitId, identity, { direction: "newest" }) : found
  const [first, last] = [page.rows[0], page.rows.at(-1)]
  return {
    who,
    known: knownOf(identity, facts),
    decisions: yield* decisions(unitId, identity),
    entries: yield* entriesOf(unitId, page.rows, locale),
    newer: page.hasNewer && first !== undefined ? cursorOf(first) : null,
    older: page.hasOlder && last !== undefined ? cursorOf(last) : null
  }
})

/**
 * Whose a session is and where it stands in that person's timeline: by its e-mail if it has one that the reader may see, else by
 * its browser.
 * Null when the unit has no such session.
 */
export const ownerOf = Effect.fn("PersonScreen.ownerOf")(function* (reader: Person, sessionId: string) {
  const story = yield* Effect.flatMap(SessionStory, ({ tell }) => tell(reader.unitId, sessionId))
  if (story === null) return null
  const { email, visitorId, endedAt } = story.session
  const after: Entry = { kind: "session", at: endedAt + 1, id: 0 }
  return { ...(email === null || isMasked(reader) ? { visitor: visitorId } : { email }), older: cursorOf(after) }
})

const knownOf = (identity: Identity, facts: PersonFacts) => {
  const sumsOf = (type: PersonFacts["sums"][number]["type"]) => facts.sums.filter((sum) => sum.type === type)
  const countOf = (sums: PersonFacts["sums"]) => sums.reduce((total, { count }) => total + count, 0)
  const bought = sumsOf("FinalizedTransaction")
  const left = sumsOf("AbandonedCart")
  const { emails, phones, customerIds } = identity
  return {
    emails: identity.by === "visitor" ? facts.emails.map(({ value }) => value) : emails,
    phones,
    customerIds,
    visitors: facts.visitors,
    sessions: facts.sessions,
    anonymous: facts.anonymous,
    firstAt: facts.firstAt,
    lastAt: facts.lastAt,
    purchases: {
      count: countOf(bought),
      // Different currencies are never added up (sessions.md 4.6).
      worth: bought.flatMap(({ value, currency }) => amountOf(value, currency) ?? [])
    },
    carts: { count: countOf(left), recovered: left.reduce((total, { recovered }) => total + recovered, 0) },
    browses: countOf(sumsOf("AbandonedBrowse"))
  }
}

/** The entries with their rows; one that was removed meanwhile is left out. */
const entriesOf = Effect.fnUntraced(function* (unitId: number, entries: ReadonlyArray<Entry>, locale: Locale) {
  const reader = yield* LogReader
  const { visits } = yield* PersonStory
  const idsOf = (kind: Entry["kind"]) => entries.flatMap((entry) => (entry.kind === kind ? [entry.id] : []))
  const logIds = (kind: Entry["kind"]) => idsOf(kind).map((id) => LogRow.LogId.make(String(id)))
  const rowsOf = <L extends Log.Log>(log: L, ids: ReadonlyArray<LogRow.LogId>) => reader.rows(unitId, log, ids)

  const sessions = yield* visits(unitId, idsOf("session"))
  const [why, events, outcomes, panel, api, sms] = yield* Effect.all(
    [
      reasons(unitId, sessions),
      rowsOf(
        "activity",
        sessions.flatMap(({ activityIds }) => activityIds)
      ),
      rowsOf("session-events", [...logIds("session-events"), ...sessions.flatMap(({ outcomeIds }) => outcomeIds)]),
      rowsOf("panel", logIds("panel")),
      rowsOf("api", logIds("api")),
      rowsOf("sms", logIds("sms"))
    ],
    { concurrency: 6 }
  )
  const shown = {
    event: byId(events.map(eventView)),
    outcome: byId(outcomes.map(outcomeView)),
    panel: byId(panel.map(panelView(locale))),
    api: byId(api.map(apiView(locale))),
    sms: byId(sms.map(smsView(locale))),
    session: new Map(sessions.map((visit) => [visit.no, visit]))
  }
  return entries.flatMap(({ kind, id }): ReadonlyArray<Shown> => {
    switch (kind) {
      case "session":
        return entryOf(kind, shown.session.get(id), (visit) =>
          visitOf(
            visit,
            why.get(visit.no)!,
            inOrder(visit.activityIds, shown.event),
            inOrder(visit.outcomeIds, shown.outcome)
          )
        )
      case "session-events":
        return entryOf(kind, shown.outcome.get(id), (row) => row)
      case "panel":
        return entryOf(kind, shown.panel.get(id), (row) => row)
      case "api":
        return entryOf(kind, shown.api.get(id), (row) => row)
      case "sms":
        return entryOf(kind, shown.sms.get(id), (row) => row)
    }
  })
})

const byId = <Row extends { readonly id: number }>(rows: ReadonlyArray<Row>): ReadonlyMap<number, Row> =>
  new Map(rows.map((row) => [row.id, row]))

const inOrder = <Row>(ids: ReadonlyArray<LogRow.LogId>, rows: ReadonlyMap<number, Row>): ReadonlyArray<Row> =>
  ids.flatMap((id) => rows.get(Number(id)) ?? [])

const entryOf = <Kind extends Entry["kind"], Row, View>(kind: Kind, row: Row | undefined, show: (row: Row) => View) =>
  row === undefined ? [] : [{ kind, row: show(row) }]

type EventRow = ReturnType<typeof eventView>
type OutcomeRow = ReturnType<typeof outcomeView>

const visitOf = (
  visit: PersonVisit,
  reason: Reason,
  events: ReadonlyArray<EventRow>,
  outcomes: ReadonlyArray<OutcomeRow>
) => ({
  no: visit.no,
  id: visit.id,
  siteId: visit.siteId,
  visitorId: visit.visitorId,
  email: visit.email,
  startedAt: visit.startedAt,
  endedAt: visit.endedAt,
  isActive: visit.isActive,
  ...reason,
  cart: visit.cart === null || Cart.isEmpty(visit.cart) ? null : cartView(visit.cart).worth,
  events,
  outcomes,
  hidden: Math.max(0, visit.eventCount - visitEventsMax)
})

/** An entry with its row as the page shows it. */
type Shown =
  | { readonly kind: "session"; readonly row: ReturnType<typeof visitOf> }
  | { readonly kind: "session-events"; readonly row: OutcomeRow }
  | { readonly kind: "panel"; readonly row: ReturnType<ReturnType<typeof panelView>> }
  | { readonly kind: "api"; readonly row: ReturnType<ReturnType<typeof apiView>> }
  | { readonly kind: "sms"; readonly row: ReturnType<ReturnType<typeof smsView>> }
