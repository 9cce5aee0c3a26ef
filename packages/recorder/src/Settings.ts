import type { Log } from "./Item.ts"
import type { Problem } from "./Problem.ts"

/** What a recorder is made with; every limit has a default. README.md has them as a table, with units and minimums. */
export interface Options<L extends Log> {
  /** The address of the ingest server, such as `https://ingest.example`; the door's path is added. */
  readonly url: string
  /** A server key of the site whose log this is. */
  readonly key: string
  readonly log: L
  /** How long an item waits for others to go with it. */
  readonly flushIntervalMs?: number | undefined
  readonly batchItemsMax?: number | undefined
  /** *Units*: bytes of JSON in UTF-8. */
  readonly batchBytesMax?: number | undefined
  readonly bufferItemsMax?: number | undefined
  /** *Units*: bytes of JSON in UTF-8. */
  readonly bufferBytesMax?: number | undefined
  /** Which items go when the buffer is full. */
  readonly overflow?: "oldest" | "newest" | undefined
  readonly requestTimeoutMs?: number | undefined
  /** The pause after the first failure; it doubles with each further one. */
  readonly retryDelayMs?: number | undefined
  readonly retryDelayMsMax?: number | undefined
  /** How often one batch is tried before it is given up. */
  readonly attemptsMax?: number | undefined
  /** Hears of each kind of problem at most once in 5 minutes. Without it, `console.warn` does. */
  readonly onProblem?: ((problem: Problem) => void) | undefined
  /** Instead of the global one, for a proxy or a certificate of one's own. */
  readonly fetch?: typeof fetch | undefined
}

const limits = {
  flushIntervalMs: { default: 1_000, min: 10, max: 60_000 },
  batchItemsMax: { default: 500, min: 1, max: 1_000 },
  batchBytesMax: { default: 524_288, min: 1_024, max: 1_000_000 },
  bufferItemsMax: { default: 10_000, min: 1, max: 1_000_000 },
  bufferBytesMax: { default: 8_388_608, min: 65_536, max: 1_073_741_824 },
  requestTimeoutMs: { default: 10_000, min: 100, max: 120_000 },
  retryDelayMs: { default: 1_000, min: 10, max: 60_000 },
  retryDelayMsMax: { default: 60_000, min: 10, max: 3_600_000 },
  attemptsMax: { default: 50, min: 1, max: 1_000_000 }
} as const

type Limit = keyof typeof limits

/** *Shape*: `door` is null where the options name no door that can be written to. */
export interface Settings extends Readonly<Record<Limit, number>> {
  readonly door: URL | null
  readonly key: string
  readonly overflow: "oldest" | "newest"
}

/**
 * The settings, and a sentence for each option that is not usable as it is.
 *
 * Nothing throws: a log that is set up wrongly must not keep a service from starting.
 */
export const resolve = <L extends Log>(options: Options<L>) => {
  const complaints: Array<string> = []
  const limit = (name: Limit): number => {
    const { default: fallback, max, min } = limits[name]
    const value = options[name] ?? fallback
    if (Number.isFinite(value) && value >= min && value <= max) return value
    complaints.push(`\`${name}\` is to be a number from ${min} to ${max}; ${fallback} is used`)
    return fallback
  }
  const { key, log, overflow = "oldest", url } = options
  if (log !== "api" && log !== "panel") complaints.push('`log` is to be "api" or "panel"; nothing is recorded')
  if (!/^[\x21-\x7E]+$/.test(key)) complaints.push("`key` is to be a server key; nothing is recorded")
  const address = URL.canParse(url) ? new URL(url) : null
  if (address === null || !/^https?:$/.test(address.protocol)) {
    complaints.push("`url` is to be an address that begins with http:// or https://; nothing is recorded")
  }
  const door = complaints.length === 0 && address !== null ? doorOf(address, log) : null
  const isKnown = overflow === "oldest" || overflow === "newest"
  if (!isKnown) complaints.push('`overflow` is to be "oldest" or "newest"; "oldest" is used')
  const settings: Settings = {
    door,
    key,
    overflow: isKnown ? overflow : "oldest",
    flushIntervalMs: limit("flushIntervalMs"),
    batchItemsMax: limit("batchItemsMax"),
    batchBytesMax: limit("batchBytesMax"),
    bufferItemsMax: limit("bufferItemsMax"),
    bufferBytesMax: limit("bufferBytesMax"),
    requestTimeoutMs: limit("requestTimeoutMs"),
    retryDelayMs: limit("retryDelayMs"),
    retryDelayMsMax: limit("retryDelayMsMax"),
    attemptsMax: limit("attemptsMax")
  }
  return { settings, complaints }
}

const doorOf = (address: URL, log: Log): URL => {
  const door = new URL(address)
  door.pathname = `${address.pathname.replace(/\/+$/, "")}/v1/logs/${log}`
  door.search = ""
  door.hash = ""
  return door
}
