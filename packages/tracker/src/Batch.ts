import type { Entry } from "./Outbox.ts"

/** *Units*: bytes of UTF-8. Browsers refuse beacons and keepalive requests over 65,536 bytes; this leaves a margin. */
export const bytesMax = 60 * 1024
export const eventsMax = 500

/**
 * Cuts the queue into bodies of less than `bytesMax`, in order. An event that alone is larger stands alone: it cannot
 * go as a beacon, but an ordinary request carries it.
 */
export const cut = (entries: ReadonlyArray<Entry>, writeKey: string): ReadonlyArray<ReadonlyArray<Entry>> => {
  // The widest instant that the envelope can carry, so that the size holds at every attempt.
  const empty = size(body([], writeKey, 9e15))
  const batches: Array<Array<Entry>> = []
  let bytes = Infinity
  for (const entry of entries) {
    const more = size(entry.json) + 1
    const batch = batches[batches.length - 1]
    if (batch === undefined || bytes + more > bytesMax || batch.length >= eventsMax) {
      batches.push([entry])
      bytes = empty + more
    } else {
      batch.push(entry)
      bytes += more
    }
  }
  return batches
}

/** The text of one request. `sentAt` is set anew at each attempt (sessions.md 1). */
export const body = (entries: ReadonlyArray<Entry>, writeKey: string, sentAt: number): string =>
  `{"writeKey":${JSON.stringify(writeKey)},"sentAt":${sentAt},"events":[${entries.map((entry) => entry.json).join()}]}`

export const size = (text: string): number => new TextEncoder().encode(text).length
