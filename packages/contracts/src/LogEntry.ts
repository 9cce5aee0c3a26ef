import { ApiLog, LogRequest, type Rejection, SmsError, SmsLog, Time } from "@spoor/domain"
import { Result, Schema } from "effect"
import type { ApiEntry, PanelEntry, SmsEntry } from "./Intake.ts"
import * as LogDoor from "./LogDoor.ts"
import * as UrlMask from "./UrlMask.ts"

/** What the door knows of an item beyond the item itself. */
export interface Arrival {
  readonly receivedAt: Time.Instant
  readonly sentAt?: Time.Instant | undefined
}

/** A row that waits for its ID, or the first field of the item that is wrong. */
type Decoded<Entry> = Result.Result<Entry, Rejection.Rejection>

/** *Shape*: without a request ID the item's own ID follows the request. */
export const fromApi = (item: unknown, arrival: Arrival): Decoded<ApiEntry> =>
  Result.map(LogDoor.decode.api(item), (decoded) => ({
    ...headOf(decoded, arrival),
    ...requestOf(decoded),
    apiKey: decoded.apiKey === undefined ? null : { ...decoded.apiKey, prefix: cutPrefix(decoded.apiKey.prefix) },
    details: { ...detailsOf(decoded), requestId: decoded.requestId ?? LogRequest.RequestId.make(decoded.id) }
  }))

export const fromPanel = (item: unknown, arrival: Arrival): Decoded<PanelEntry> =>
  Result.map(LogDoor.decode.panel(item), (decoded) => ({
    ...headOf(decoded, arrival),
    ...requestOf(decoded),
    userEmail: decoded.userEmail ?? null,
    details: { ...detailsOf(decoded), userId: decoded.userId ?? null, requestId: decoded.requestId ?? null }
  }))

/**
 * *Shape*: the gateway's text where it gave one, else the vendor's word for the code. Codes of a message that did not fail are
 * `invalid`: successes are not logged.
 */
export const fromSms = (item: unknown, arrival: Arrival): Decoded<SmsEntry> =>
  Result.flatMap(LogDoor.decode.sms(item), (decoded) => {
    const { codes, reportedAt, text } = decoded
    const { category, code, permanence, words } = meaningOf(decoded)
    if (!isFailure(category) || !isLasting(permanence)) return Result.fail({ reason: "invalid", pointer: "/codes" })
    return Result.succeed({
      ...headOf(decoded, arrival),
      gateway: decoded.gateway,
      sender: decoded.sender ?? null,
      phone: phoneOf(decoded.phone),
      error: { code: storable(code, 64), text: storable(text ?? words, 500) },
      details: {
        rawCode: rawCodeOf(codes),
        payload: decoded.payload ?? null,
        rawPhone: phoneOf(decoded.phone) === null ? (decoded.phone ?? null) : null,
        protocol: decoded.protocol ?? "http",
        messageId: decoded.messageId ?? null,
        permanence,
        category,
        reportedAt: reportedAt ?? null
      }
    })
  })

/** An item as it may be kept, whatever becomes of it: rejected ones are kept as they were sent. */
export const withoutSecrets = (item: unknown): unknown => {
  if (!isRecord(item)) return item
  const { apiKey, url } = item
  return {
    ...item,
    ...(typeof url === "string" && { url: UrlMask.withoutSecrets(url) }),
    ...(isRecord(apiKey) &&
      typeof apiKey["prefix"] === "string" && { apiKey: { ...apiKey, prefix: storable(apiKey["prefix"], prefixMax) } })
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const isFailure = Schema.is(SmsLog.Category)
const isLasting = Schema.is(SmsLog.Permanence)
const isPhone = Schema.is(SmsLog.Phone)

const headOf = ({ at, id }: Pick<LogDoor.ApiItem, "at" | "id">, arrival: Arrival) => ({
  itemId: id,
  occurredAt: Time.occurred({ clientAt: at, ...arrival }).occurredAt
})

const requestOf = ({ ip, method, status, url }: LogDoor.PanelItem) => ({
  url: UrlMask.logged(url),
  method,
  status,
  ip: ip ?? null
})

const detailsOf = ({ processingMs, userAgent }: LogDoor.PanelItem) => ({ processingMs, userAgent: userAgent ?? null })

/** What is longer than any prefix may be the key itself. */
const prefixMax = 12
const cutPrefix = (prefix: ApiLog.KeyPrefix) => ApiLog.KeyPrefix.make(storable(prefix, prefixMax))

const meaningOf = ({ codes, kind }: LogDoor.SmsItem) => {
  if (kind !== undefined) {
    const { category, code, name, permanence } = SmsError.classify(kind, codes)
    return { code, category, permanence, words: name }
  }
  const code = codes.refusal ?? codes.reason ?? codes.status ?? codes.group ?? ""
  return { code, category: "unknown", permanence: "unknown", words: "" } as const
}

/** All codes as they came, the finest first. */
export const rawCodeOf = ({ group, reason, refusal, status }: SmsError.Codes): string | null => {
  const said = Object.entries({ refusal, reason, status, group }).filter(([, code]) => code !== undefined)
  return said.length === 0 ? null : storable(said.map(([field, code]) => `${field}:${code}`).join(" "), 256)
}

/** The codes that `rawCodeOf` wrote down. */
export const codesOf = (rawCode: string): SmsError.Codes =>
  Object.fromEntries(
    rawCode.split(/ (?=(?:refusal|reason|status|group):)/u).map((part) => {
      const colon = part.indexOf(":")
      return [part.slice(0, colon), part.slice(colon + 1)]
    })
  )

/** Digits say which number it is only behind a plus or the two zeros that dial it. */
const phoneOf = (written: string | undefined): SmsLog.Phone | null => {
  const phone = (written ?? "").replace(/[\s().-]/gu, "").replace(/^00/u, "+")
  return isPhone(phone) ? phone : null
}

/** Cut, and as text that PostgreSQL keeps: gateways send codes of any length and any bytes. */
const storable = (text: string, lengthMax: number): string =>
  text.slice(0, lengthMax).toWellFormed().replaceAll("\u0000", "\uFFFD")
