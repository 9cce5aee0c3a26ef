/** The log that the items are for: one of an API that others call, or one of a panel that people work in. */
export type Log = "api" | "panel"

/**
 * A served request.
 *
 * *Shape*: `id` is made where it is left out; `ip` without port and zone; `requestId` follows the request through all systems.
 * *Units*: `at` in epoch milliseconds, when the request came in, now where it is left out; `processingMs` in milliseconds.
 */
export interface RequestItem {
  readonly id?: string | undefined
  readonly at?: number | undefined
  readonly url: string
  readonly method: string
  readonly status: number
  readonly processingMs: number
  readonly ip?: string | undefined
  readonly userAgent?: string | undefined
  readonly requestId?: string | undefined
}

/**
 * On whose behalf a request came, as each log knows it.
 *
 * *Shape*: `apiKey` is what may be shown of the key that authorised the request, never the secret.
 */
export interface Callers {
  readonly api: { readonly apiKey?: { readonly name: string; readonly prefix: string } | undefined }
  readonly panel: { readonly userEmail?: string | undefined; readonly userId?: string | undefined }
}

/** One row of a log. */
export type Item<L extends Log> = RequestItem & Callers[L]

/**
 * The JSON of an item, made once, so that every attempt sends the same.
 *
 * *Shape*: only the fields that the door knows, cut to the lengths that it takes: a long user agent must not cost the row.
 */
export const encode = <L extends Log>(log: L, item: Item<L>, id: string, at: number): string => {
  const { apiKey, userEmail, userId }: Callers["api"] & Callers["panel"] = item
  const shared = {
    id: item.id ?? id,
    at: item.at ?? at,
    url: text(item.url, 2_048) ?? "/",
    method: item.method,
    status: item.status,
    processingMs: Math.min(Math.max(Math.round(item.processingMs * 1_000) / 1_000, 0), 86_400_000),
    ip: text(item.ip, 45),
    userAgent: text(item.userAgent, 1_024),
    requestId: text(item.requestId, 128)
  }
  return JSON.stringify(
    log === "api"
      ? { ...shared, apiKey: keyOf(apiKey) }
      : { ...shared, userEmail: text(userEmail, 320), userId: text(userId, 64) }
  )
}

/** What the door keeps of a prefix: cut here, too, so that a whole key that is given by mistake does not leave the service. */
const prefixLengthMax = 12

const keyOf = (key: Callers["api"]["apiKey"]) => {
  const prefix = text(key?.prefix, prefixLengthMax)
  return prefix === undefined ? undefined : { name: text(key?.name, 128) ?? "", prefix }
}

/** Cutting may halve a pair of surrogates, and no database keeps U+0000; an empty text is none. */
const text = (value: string | undefined, lengthMax: number): string | undefined => {
  if (value === undefined || value === null || value === "") return undefined
  const cut = String(value).slice(0, lengthMax).toWellFormed()
  return cut.includes("\0") ? cut.replaceAll("\0", "\uFFFD") : cut
}
