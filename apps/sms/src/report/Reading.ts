import { LogEntry, type SmsGateway, type SmsIntake } from "@spoor/contracts"
import { SmsError, type SmsLog, SmsMessage } from "@spoor/domain"
import { Result } from "effect"
import type { HeldGateway } from "../gateway/Gateways.ts"
import type { Fields } from "../gateway/Plugin.ts"
import * as Digest from "../proof/Digest.ts"
import * as Body from "./Body.ts"
import * as Instant from "./Instant.ts"
import { legible } from "./Legible.ts"
import * as Phone from "./Phone.ts"

const HOUR = 3_600_000

/** How long a gateway that does not know may still find out. *Source*: gateways.md R14. */
const unknownFor = 24 * HOUR

/** *Units*: UTF-16 code units. */
const payloadMax = 65_536

/** What holds the message's text or a secret, whatever the vendor. It is never kept (R29). */
const neverKept = new Set(["text", "body", "message", "content", "sig", "password", "api-key", "apikey"])

/** What was said of one message, and where. *Units*: UTC milliseconds. */
export interface Statement {
  readonly ids: ReadonlyArray<string>
  readonly refs: ReadonlyArray<string>
  readonly phone: string | null
  readonly sender: string | null
  readonly codes: SmsError.Codes
  readonly kind: SmsError.GatewayKind | null
  readonly profile?: SmsError.ErrProfile | undefined
  /** What it means, where that is not in the lists of `kind`. */
  readonly said: SmsMessage.Said | null
  readonly text: string | null
  readonly reportedAt: number | null
  readonly protocol: "http" | "smpp"
  readonly payload: string
  readonly key: string
  readonly isRegistration: boolean
}

/** Reads the fields of one report by a mapping; what is wrong with it is said in a sentence. */
export const read = (
  mapping: SmsGateway.Mapping,
  gateway: Pick<HeldGateway, "zone">,
  fields: Fields
): Result.Result<Statement, string> => {
  const of = (paths: ReadonlyArray<string>): string | null => {
    for (const path of paths) {
      const text = scalar(Body.valueAt(fields, path))
      if (text !== null) return text
    }
    return null
  }
  const { at, group, messageId, phone, reason, ref, refusal, sender, status, text } = mapping.map
  const codes = codesOf({ refusal: of(refusal), reason: of(reason), status: of(status), group: of(group) })
  if (Object.keys(codes).length === 0) {
    const wanted = [...status, ...group, ...refusal, ...reason].join(", ")
    return Result.fail(`Expected one of the fields ${wanted}, to tell what became of the message.`)
  }
  const payload = legible(JSON.stringify(kept(fields, new Set(mapping.drop))), payloadMax)
  const parts = mapping.key.map((path) => scalar(Body.valueAt(fields, path)) ?? "")
  const written = of(at)
  return Result.succeed({
    ids: [of(messageId)].filter((id) => id !== null),
    refs: [of(ref)].filter((own) => own !== null),
    phone: of(phone),
    sender: of(sender),
    codes,
    kind: mapping.kind,
    said: outcomeOf(mapping.outcome, codes),
    text: of(text),
    reportedAt: written === null ? null : Instant.parse(written, mapping.time, gateway.zone),
    protocol: "http",
    payload,
    key: parts.every((part) => part === "") ? `#${Digest.sha256(payload)}` : parts.join(" "),
    isRegistration: false
  })
}

/** What the worker is told. *Shape*: `id` is ours. *Units*: UTC milliseconds. */
export const reportOf = (
  { gateway, settings }: Pick<HeldGateway, "gateway" | "settings">,
  statement: Statement,
  { id, receivedAt }: { readonly id: string; readonly receivedAt: number }
): SmsIntake.SmsReport => {
  const { codes, isRegistration, kind, profile = settings.errProfile } = statement
  const meaning = kind === null ? unlisted(codes) : SmsError.classify(kind, codes, profile)
  const said = believed(statement.said ?? saidBy(meaning), settings.unknown)
  const phone = statement.phone === null ? null : Phone.parse(statement.phone, settings.country)
  const sender = statement.sender === null || statement.sender.trim() === "" ? null : legible(statement.sender, 64)
  const ids = statement.ids.map((one) => legible(one, 256))
  const { guesses, names } = SmsMessage.namesOf(
    ids,
    statement.refs.map((ref) => legible(ref, 256)),
    settings.idProfile
  )
  const key = legible(statement.key, 512)
  const rawCode = LogEntry.rawCodeOf(codes)
  return {
    id,
    gatewayId: gateway.id,
    key,
    names: names.length === 0 ? [`k:${Digest.sha256(key)}`] : names,
    guesses,
    said,
    isRegistration,
    phone,
    sender,
    waitUntil: said === "provisional" ? receivedAt + unknownFor : null,
    holdUntil: settings.holdHours === 0 || isRegistration ? null : receivedAt + settings.holdHours * HOUR,
    receivedAt,
    reportedAt: statement.reportedAt,
    rawCode,
    payload: statement.payload,
    entry:
      said === "failed" || said === "provisional"
        ? {
            itemId: id,
            occurredAt: receivedAt,
            gateway: gateway.name,
            phone,
            sender,
            error: { code: legible(meaning.code, 64), text: legible(statement.text ?? meaning.name, 500) },
            details: {
              rawCode,
              payload: statement.payload,
              rawPhone: phone === null && statement.phone !== null ? legible(statement.phone, 64) : null,
              protocol: statement.protocol,
              messageId: ids[0] ?? null,
              permanence: failing(meaning).permanence,
              category: failing(meaning).category,
              reportedAt: statement.reportedAt
            }
          }
        : null
  }
}

type Meaning = Pick<SmsError.ErrorMeaning, "category" | "code" | "isFailure" | "isProvisional" | "name" | "permanence">

/** Codes of which no list tells anything. */
const unlisted = ({ group, reason, refusal, status }: SmsError.Codes): Meaning => ({
  code: refusal ?? reason ?? status ?? group ?? "",
  name: "",
  category: "unknown",
  permanence: "unknown",
  isFailure: true,
  isProvisional: false
})

/** A vendor's word may say that a message failed where its code alone does not. */
const failing = ({
  category,
  permanence
}: Meaning): { readonly category: SmsLog.Category; readonly permanence: SmsLog.Permanence } => ({
  category: category === "none" ? "unknown" : category,
  permanence: permanence === "none" ? "unknown" : permanence
})

const saidBy = ({ isFailure, isProvisional, name }: Meaning): SmsMessage.Said => {
  if (isFailure) return isProvisional ? "provisional" : "failed"
  return /^(?:delivered|read)\b/iu.test(name) ? "delivered" : "intermediate"
}

const believed = (said: SmsMessage.Said, unknown: SmsGateway.Settings["unknown"]): SmsMessage.Said => {
  if (said !== "provisional" || unknown === "wait") return said
  return unknown === "log" ? "failed" : "intermediate"
}

const outcomeOf = (outcome: SmsGateway.Mapping["outcome"], { status }: SmsError.Codes): SmsMessage.Said | null =>
  status !== undefined && Object.hasOwn(outcome, status) ? (outcome[status] ?? null) : null

/** Codes as they came, legible; one that is not there is no field. */
const codesOf = (codes: Record<keyof SmsError.Codes, string | null>): SmsError.Codes =>
  Object.fromEntries(
    Object.entries(codes).flatMap(([field, code]) => (code === null ? [] : [[field, legible(code, 64)]]))
  )

const scalar = (value: unknown): string | null => {
  if (typeof value === "string") return value.trim() === "" ? null : value
  return typeof value === "number" && Number.isFinite(value) ? String(value) : null
}

/** Nested more deeply than any report is nothing that is kept. */
const depthMax = 8

const kept = (value: unknown, dropped: ReadonlySet<string>, depth = 0): unknown => {
  if (typeof value !== "object" || value === null) return value
  if (depth === depthMax) return null
  if (Array.isArray(value)) return value.map((one) => kept(one, dropped, depth + 1))
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !neverKept.has(name.toLowerCase()) && !dropped.has(name))
      .map(([name, field]) => [name, kept(field, dropped, depth + 1)])
  )
}
