import type { Attribution, Ids, Session } from "@spoor/domain"
import { Activities, type Decision, Identifications, IdentityLedger, type Place, Sites, Units } from "@spoor/postgres"
import { Clock, Console, Effect, Layer } from "effect"
import * as Columns from "../administration/Columns.ts"
import { CommandError } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import * as Unit from "../webhook/Unit.ts"

const services = Layer.mergeAll(Activities.layer, Identifications.layer, Sites.layer, Units.layer).pipe(
  Layer.provide(House.database)
)

/** However long the history is: it is one visitor's, and this is one process. */
const know = (place: Place, visitorId: Ids.VisitorId) =>
  Effect.map(IdentityLedger.know(place, visitorId, Infinity), (known) => known!)

interface Question {
  readonly unit: number | undefined
  readonly json: boolean
}

interface Wanted extends Question {
  readonly email: Ids.Email
  readonly visitorId: Ids.VisitorId
  readonly site: string | undefined
  readonly session: string | undefined
  readonly reason: string | undefined
  readonly isDry: boolean
}

/** The e-mails of a person's or a browser's sessions with the reasons, then what was decided. *Units*: `at` in UTC milliseconds. */
export const list = Effect.fn("list")(
  function* ({
    at,
    json,
    unit,
    ...who
  }: Question & { readonly at: number } & ({ readonly email: Ids.Email } | { readonly visitorId: Ids.VisitorId })) {
    const unitId = yield* Unit.meant(unit)
    const { decisions, visitors } = yield* Identifications
    const found = yield* visitors(unitId, who)
    const decided = yield* decisions(unitId, "email" in who ? who : { visitorIds: [who.visitorId] })
    const borne: Array<Attribution.Attributed> = []
    for (const { id, siteId } of found) {
      const known = yield* know({ unitId, siteId }, id)
      // Of a visitor all that was decided counts, not only what is about this e-mail.
      const all = at === Infinity ? [] : yield* decisions(unitId, { visitorIds: [id] })
      const own = all.filter((decision) => decision.siteId === siteId)
      borne.push(
        ...(at === Infinity ? IdentityLedger.explain(known) : IdentityLedger.explainAt(known, own, at)).filter(
          ({ session }) => !("email" in who) || session.email === who.email
        )
      )
    }
    yield* Columns.list(
      json,
      ["SESSION", "VISITOR", "STARTED", "E-MAIL", "SINCE", "WHY"],
      borne.map(({ attribution, session }) => ({
        fields: { kind: "session", unitId, ...sessionFields(session), ...attributionFields(attribution) },
        cells: [
          session.id,
          session.visitorId,
          Instant.format(session.startedAt),
          session.email ?? "-",
          attribution === null ? "-" : Instant.format(attribution.knownSince),
          attribution === null ? "-" : why(attribution)
        ]
      })),
      "email" in who ? `No session bears ${who.email}.` : `No session of ${who.visitorId} is stored.`
    )
    const known = decided.filter(({ decidedAt }) => decidedAt <= at)
    if (!json && known.length > 0) yield* Console.log("")
    if (known.length === 0) return
    yield* Columns.list(
      json,
      ["UNLINKED", "VISITOR", "E-MAIL", "FROM", "UNTIL", "DECIDED", "BY", "UNDONE", "REASON"],
      known.map((decision) => ({ fields: decisionFields(unitId, decision), cells: decisionCells(decision) })),
      ""
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** Takes an e-mail back from a session, or from the visitor for ever. */
export const unlink = Effect.fn("unlink")(
  function* ({ email, isDry, json, reason, session, site, unit, visitorId }: Wanted) {
    const unitId = yield* Unit.meant(unit)
    const { unlink, visitors } = yield* Identifications
    const sites = (yield* visitors(unitId, { visitorId })).filter(({ siteId }) => site === undefined || siteId === site)
    if (sites.length !== 1) {
      return yield* new CommandError({
        sentence:
          sites.length === 0
            ? `--visitor: ${visitorId} is not stored${site === undefined ? "" : ` on the site ${site}`}.`
            : `--site: ${visitorId} is stored on several sites; say which: ${sites.map(({ siteId }) => siteId).join(", ")}.`
      })
    }
    const place = { unitId, siteId: sites[0]!.siteId }
    const foretold = IdentityLedger.foretell(yield* know(place, visitorId), email, session ?? null)
    if ("_tag" in foretold) {
      return yield* new CommandError({ sentence: impossible(foretold, { email, visitorId, session: session ?? "" }) })
    }
    yield* tellDifferences(json, unitId, foretold.differences)
    if (isDry) return yield* Console.error("Nothing was changed.")
    const decider = { userId: null, at: yield* Clock.currentTimeMillis, reason: reason ?? null }
    const id = yield* unlink(unitId, foretold.unlinking, decider)
    yield* Console.error(
      id === null
        ? "That is decided already; nothing was changed."
        : `Unlinked. The worker brings sessions and outcomes up to date within seconds. To undo it: spoor identity relink ${id}`
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** Undoes a decision. */
export const relink = Effect.fn("relink")(
  function* ({ id, isDry, json, unit }: Question & { readonly id: number; readonly isDry: boolean }) {
    const unitId = yield* Unit.meant(unit)
    const { decisions, relink } = yield* Identifications
    const [decision] = yield* decisions(unitId, { id })
    if (decision === undefined) {
      return yield* new CommandError({
        sentence: `id: the unit has no unlinking with the ID ${id}. Try: spoor identity list --email …`
      })
    }
    if (decision.undoneAt !== null) return yield* Console.error("That was undone already; nothing was changed.")
    const known = yield* know({ unitId, siteId: decision.siteId }, decision.visitorId)
    yield* tellDifferences(json, unitId, IdentityLedger.foretellUndone(known, decision))
    if (isDry) return yield* Console.error("Nothing was changed.")
    yield* relink(unitId, id, { userId: null, at: yield* Clock.currentTimeMillis })
    yield* Console.error("Linked again. The worker brings sessions and outcomes up to date within seconds.")
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const impossible = (
  reason: IdentityLedger.Impossible,
  { email, session, visitorId }: { readonly email: string; readonly session: string; readonly visitorId: string }
): string => {
  switch (reason._tag) {
    case "NoSession":
      return `--session: ${visitorId} has no session ${session}.`
    case "NothingNamed":
      return `--email: nothing ever named ${email} for ${visitorId}.`
    case "OtherEmail":
      return `--email: the session ${session} bears ${reason.email ?? "none"}, not ${email}.`
  }
}

const tellDifferences = (json: boolean, unitId: number, differences: ReadonlyArray<IdentityLedger.Difference>) =>
  Columns.list(
    json,
    ["SESSION", "STARTED", "E-MAIL", "E-MAIL THEN", "SESSION THEN"],
    differences.map(({ after, before }) => ({
      fields: { kind: "change", unitId, ...sessionFields(before), emailThen: after.email, sessionIdThen: after.id },
      cells: [
        before.id,
        Instant.format(before.startedAt),
        before.email ?? "-",
        after.email ?? "-",
        after.id === before.id ? "the same" : after.id
      ]
    })),
    "No session changes by it."
  )

const sessionFields = ({ email, endedAt, id, siteId, startedAt, visitorId }: Session.Session) => ({
  siteId,
  visitorId,
  sessionId: id,
  startedAt: Instant.format(startedAt),
  endedAt: Instant.format(endedAt),
  email
})

const attributionFields = (attribution: Attribution.Attribution | null) =>
  attribution === null
    ? { why: null }
    : {
        why: {
          by: attribution.by,
          evidenceId: attribution.evidenceId,
          at: Instant.format(attribution.at),
          knownSince: Instant.format(attribution.knownSince),
          carriedFrom: attribution.carriedFrom,
          rule: ruleOf(attribution)
        }
      }

const ruleOf = ({ by, carriedFrom }: Attribution.Attribution): string =>
  `sessions.md 3.5${carriedFrom === null ? "" : ", back-fill"}${by === "identification" ? "; ADR 0020" : ""}`

const why = (attribution: Attribution.Attribution): string => {
  const said = `${attribution.by} ${attribution.evidenceId} of ${Instant.format(attribution.at)}`
  return attribution.carriedFrom === null ? said : `${said}, back from ${attribution.carriedFrom}`
}

const decisionFields = (unitId: number, { from, until, decidedAt, undoneAt, ...decision }: Decision) => ({
  kind: "unlinking",
  unitId,
  ...decision,
  from: instantOf(from),
  until: instantOf(until),
  decidedAt: Instant.format(decidedAt),
  undoneAt: instantOf(undoneAt)
})

const decisionCells = (decision: Decision): ReadonlyArray<string> => [
  `${decision.id}`,
  decision.visitorId,
  decision.email,
  instantOf(decision.from) ?? "ever",
  instantOf(decision.until) ?? "ever",
  Instant.format(decision.decidedAt),
  decision.decidedBy ?? "spoor",
  instantOf(decision.undoneAt) ?? "-",
  decision.reason ?? "-"
]

const instantOf = (instant: number | null): string | null => (instant === null ? null : Instant.format(instant))
