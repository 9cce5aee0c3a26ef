import { SmsGateway, SmsSample } from "@spoor/contracts"
import { SmsError } from "@spoor/domain"
import {
  adapterSeenFor,
  faultDays,
  type SmsGatewayFaults,
  type SmsGatewayHealth,
  type SmsGatewayRow,
  SmsGateways,
  SmsHealth,
  SmsSetup,
  SmsUnknownCodes
} from "@spoor/postgres"
import { levelOf } from "@spoor/queue"
import { Clock, Duration, Effect, Option, Result, Schema } from "effect"
import type { Locale } from "#lib/text/Format.ts"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"
import * as Form from "./GatewayForm.ts"

const MINUTE = 60_000
const traceFor = 15 * MINUTE

/** So many days of the last seven on which it reported at this time make its silence news. */
const usualDaysMin = 5

/** More codes that nobody knows are no list that anybody reads. */
const unlistedMax = 30

/** The adapter answers at once, or is not there. */
const sampleWait = "5 seconds"

/**
 * How a gateway is doing, the worst that is true of it.
 *
 * - `away`: no process of the adapter runs, or none has seen it yet.
 * - `unusable`: its settings cannot be used.
 * - `unbound`: there is no bind to it.
 * - `silent`: it reports nothing of what was registered, or nothing at a time at which it always did.
 * - `unread`: some of what it reported in the last day was not understood.
 * - `new`: it has reported nothing yet.
 * - `good`: it is bound to, or has reported.
 *
 * *Units*: `since` in UTC milliseconds.
 */
export interface Standing {
  readonly standing: "away" | "unusable" | "unbound" | "silent" | "unread" | "new" | "good"
  readonly since: number | null
  readonly reason: string | null
}

export const list = Effect.fn("Gateways.list")(function* ({ unitId }: Person) {
  const now = yield* Clock.currentTimeMillis
  const all = yield* gatewaysOf(unitId, now)
  return { gateways: all.map(({ health, row }) => viewOf(row, health, now)), queue: yield* queueOf(unitId, now) }
})

/**
 * The queue that all gateways, and all logs, share; null while no adapter tells of it.
 *
 * *Shape*: `used` is how much of its room is used, in per cent; `waiting` counts its messages with reports. *Units*: UTC milliseconds.
 */
export const queueOf = Effect.fn("Gateways.queueOf")(function* (unitId: number, now: number) {
  const { deadLetters, queue } = yield* SmsHealth
  const found = yield* queue(unitId, now)
  if (found === null) return null
  const { oldestAt, share, waiting } = found
  return {
    level: levelOf(share),
    used: Math.floor(100 * share),
    waiting,
    oldestAt,
    putAside: yield* deadLetters(unitId)
  }
})

/** How each gateway of a unit is doing. *Units*: UTC milliseconds. */
export const standings = Effect.fn("Gateways.standings")(function* (unitId: number, now: number) {
  const all = yield* gatewaysOf(unitId, now)
  return all.map(({ health, row }) => ({ key: row.key, name: row.name, ...standingOf(row, health, now) }))
})

/** One gateway with what it did wrong lately; null where the unit has none of that key. */
export const detail = Effect.fn("Gateways.detail")(function* ({ unitId }: Person, key: string, locale: Locale) {
  const now = yield* Clock.currentTimeMillis
  const found = (yield* gatewaysOf(unitId, now)).find(({ row }) => row.key === key)
  if (found === undefined) return null
  const { health, row } = found
  const { faults, adapter } = yield* SmsHealth
  const { categories, codes, unreadable } = yield* faults(unitId, row, now)
  const known = yield* adapter(unitId, now)
  const settings = Result.getOrNull(decodeSettings(row.settings))
  const isTraced = row.tracedUntil !== null && row.tracedUntil > now
  return {
    gateway: {
      ...viewOf(row, health, now),
      queue: yield* queueOf(unitId, now),
      address: row.plugin === "smpp" ? null : addressOf(known?.url ?? "", row.key, settings),
      tracedUntil: isTraced ? row.tracedUntil : null,
      trace: health.states.flatMap(({ trace }) => trace).toSorted(),
      days: faultDays,
      categories: categories.map((one) => ({ ...one, name: SmsError.categoryNames[one.category][locale] })),
      unknownCodes: unlisted(row, codes),
      unreadables: unreadable
    }
  }
})

/** The week's codes that no list explains, also as lines for whoever keeps the lists. */
export const unknownCodes = Effect.fn("Gateways.unknownCodes")(function* ({ unitId }: Person) {
  const codes = yield* SmsUnknownCodes.list(unitId, yield* Clock.currentTimeMillis)
  const lines = codes.map((code) => `${JSON.stringify(SmsUnknownCodes.fieldsOf(code))}\n`).join("")
  return { codes, lines, days: faultDays }
})

export const add = Effect.fn("Gateways.add")(function* ({ unitId }: Person, form: FormData) {
  const { typed, wanted } = Form.read(form)
  if (wanted === null) return { problem: "plugin" as const, detail: "", typed }
  const added = yield* SmsSetup.add({ unitId, ...wanted })
  if (Result.isFailure(added)) return { ...added.failure, typed }
  const { hasNewSecret, path } = added.success
  const known = yield* (yield* SmsHealth).adapter(unitId, yield* Clock.currentTimeMillis)
  return { made: { key: wanted.key, hasNewSecret, address: path === null ? null : `${known?.url ?? ""}${path}` } }
})

/** What the adapter would understand of a sample. */
export const tryOut = Effect.fn("Gateways.tryOut")(function* ({ unitId }: Person, form: FormData) {
  const { typed, wanted } = Form.read(form)
  const request = field(form, "sample", Sampled)
  if (wanted === null || request === null) return { problem: "sample" as const, detail: "", typed }
  const settings = decodeSettings(wanted.settings)
  if (Result.isFailure(settings)) return { problem: "settings" as const, detail: settings.failure.message, typed }
  const adapter = yield* (yield* SmsHealth).adapter(unitId, yield* Clock.currentTimeMillis)
  if (adapter === null) return { problem: "away" as const, detail: "", typed }
  const sample = encodeSample({ plugin: wanted.plugin, settings: settings.success, request })
  const asked = Effect.tryPromise(async (signal) => {
    const headers = { authorization: `Bearer ${adapter.ticket}`, "content-type": "application/json" }
    const answer = await fetch(`${adapter.url}/sms/v1/samples`, { method: "POST", headers, body: sample, signal })
    return decodeAnswer(await answer.json())
  })
  const answer = yield* asked.pipe(Effect.timeout(sampleWait), Effect.option)
  if (answer._tag === "None") return { problem: "away" as const, detail: "", typed }
  return { tried: answer.value, typed }
})

export const remove = Effect.fn("Gateways.remove")(function* ({ unitId }: Person, form: FormData) {
  const key = field(form, "key", Schema.String) ?? ""
  const isDone = yield* (yield* SmsGateways).remove(unitId, key, yield* Clock.currentTimeMillis)
  return isDone ? { removed: key } : { problem: "gone" as const, detail: "" }
})

/** Shows what it says for a quarter of an hour, or no more. */
export const trace = (isOn: boolean) => (person: Person, form: FormData) =>
  Effect.gen(function* () {
    const key = field(form, "key", Schema.String) ?? ""
    const until = isOn ? (yield* Clock.currentTimeMillis) + traceFor : null
    const isDone = yield* (yield* SmsGateways).trace(person.unitId, key, until)
    return isDone ? { done: true as const } : { problem: "gone" as const, detail: "" }
  })

const Sampled = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(SmsSample.charactersMax))
const decodeLists = Schema.decodeUnknownOption(
  Schema.Struct({ plugin: SmsGateway.Plugin, settings: SmsGateway.Settings })
)
const decodeSettings = Schema.decodeUnknownResult(SmsGateway.Settings)
const encodeSample = Schema.encodeSync(Schema.fromJsonString(SmsSample.Sample))
const decodeAnswer = Schema.decodeUnknownSync(SmsSample.Answer)

const gatewaysOf = Effect.fnUntraced(function* (unitId: number, now: number) {
  const rows = (yield* (yield* SmsGateways).active).filter((row) => row.unitId === unitId)
  const health = new Map((yield* (yield* SmsHealth).ofUnit(unitId, now)).map((one) => [one.gatewayId, one]))
  return rows.flatMap((row) => {
    const known = health.get(row.id)
    return known === undefined ? [] : [{ row, health: known }]
  })
})

const viewOf = (row: SmsGatewayRow, health: SmsGatewayHealth, now: number) => ({
  key: row.key,
  name: row.name,
  plugin: row.plugin,
  lastReportAt: row.lastReportAt,
  delivered: health.lastDay.delivered ?? 0,
  failed: health.lastDay.failed ?? 0,
  pending: (health.lastDay.intermediate ?? 0) + (health.lastDay.provisional ?? 0),
  submitted: health.lastDay.submitted ?? 0,
  unreadable: health.unreadable,
  lastMinute: presentOf(health, now).reduce((sum, { lastMinute }) => sum + lastMinute, 0),
  ...standingOf(row, health, now)
})

/** What adapters that are there say. */
const presentOf = ({ states }: Pick<SmsGatewayHealth, "states">, now: number) =>
  states.filter(({ seenAt }) => now - seenAt < Duration.toMillis(adapterSeenFor))

export const standingOf = (
  row: Pick<SmsGatewayRow, "lastReportAt" | "plugin" | "settings" | "unreportedSince">,
  health: Pick<SmsGatewayHealth, "recent" | "states" | "unreadable" | "usualDays">,
  now: number
): Standing => {
  const { recent, states, unreadable, usualDays } = health
  const present = presentOf(health, now)
  const [newest] = present
  if (newest === undefined) return { standing: "away", since: states[0]?.seenAt ?? null, reason: null }
  if (newest.problem !== null) return { standing: "unusable", since: null, reason: newest.problem }
  const binds = present.flatMap((state) => state.binds)
  const bound = binds.filter(({ phase }) => phase === "bound")
  if (row.plugin === "smpp" && bound.length === 0) {
    const [bind] = binds
    return { standing: "unbound", since: bind?.since ?? null, reason: bind?.reason ?? null }
  }
  const silentSince = silence(row, recent, usualDays, now)
  if (silentSince !== undefined) return { standing: "silent", since: silentSince, reason: null }
  if (unreadable > 0) return { standing: "unread", since: null, reason: null }
  if (bound.length > 0) return { standing: "good", since: Math.min(...bound.map(({ since }) => since)), reason: null }
  if (row.lastReportAt === null) return { standing: "new", since: null, reason: null }
  return { standing: "good", since: null, reason: null }
}

/** Since when it should have reported; undefined while nothing is missing. */
const silence = (
  { lastReportAt, settings, unreportedSince }: Pick<SmsGatewayRow, "lastReportAt" | "settings" | "unreportedSince">,
  recent: number,
  usualDays: number,
  now: number
): number | null | undefined => {
  const { silenceMinutes } = Result.getOrElse(decodeSettings(settings), () => ({ silenceMinutes: 60 }))
  if (silenceMinutes === 0) return undefined
  if (unreportedSince !== null && now - unreportedSince > silenceMinutes * MINUTE) return unreportedSince
  return recent === 0 && usualDays >= usualDaysMin ? lastReportAt : undefined
}

/** Codes that no list has, the commonest first; one that came with several others is summed up. */
const unlisted = (row: SmsGatewayRow, codes: SmsGatewayFaults["codes"]) => {
  const known = Option.getOrNull(decodeLists(row))
  const counts = new Map<string, number>()
  for (const { code, count, rawCode } of codes) {
    if (code === "" || (known !== null && SmsGateway.isListed(known, code, rawCode))) continue
    counts.set(code, (counts.get(code) ?? 0) + count)
  }
  return [...counts].map(([code, count]) => ({ code, count })).slice(0, unlistedMax)
}

/** Its secret is not known any more. */
const addressOf = (url: string, key: string, settings: SmsGateway.Settings | null): string =>
  `${url}/sms/v1/dlr/${key}${(settings?.pathSecrets.length ?? 0) > 0 ? "/…" : ""}`
