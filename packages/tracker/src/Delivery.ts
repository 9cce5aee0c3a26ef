import * as Batch from "./Batch.ts"
import type { Entry, Outbox } from "./Outbox.ts"
import { judge, type Verdict } from "./Verdict.ts"

export interface Deps {
  readonly address: string
  readonly writeKey: string
  readonly outbox: Outbox
  readonly now: () => number
  readonly random: () => number
  readonly warn: (message: string) => void
}

const flushDelayMs = 1000
const requestTimeoutMs = 15_000
const backoffMsMax = 60_000

/**
 * Sends what the outbox holds until a server has confirmed it.
 *
 * Bodies are text/plain, the one type that costs no CORS preflight. Nothing is removed before an answer was read; a
 * second arrival of the same event id is a duplicate for the server (sessions.md 2.1), so sending twice is harmless.
 */
export const makeDelivery = ({ address, writeKey, outbox, now, random, warn }: Deps) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  let isBusy = false
  let isStopped = false
  let failures = 0
  let notBefore = 0
  const inFlight = new Set<string>()
  const beaconed = new Set<string>()

  // A new event must not cut a pause short that the server asked for.
  const schedule = (): void => {
    if (!isStopped) timer ??= setTimeout(flush, Math.max(flushDelayMs, notBefore - now()))
  }

  const flush = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    if (isBusy || isStopped) return
    isBusy = true
    const pauseMs = await sendAll().catch(() => backoff())
    isBusy = false
    notBefore = now() + pauseMs
    if (outbox.list().length > 0) schedule()
  }

  /** The pause that is due before the next attempt. */
  const sendAll = async (): Promise<number> => {
    for (const batch of Batch.cut(outbox.list(), writeKey)) {
      const verdict = await post(batch)
      if (isStopped) return 0
      if (verdict.kind === "retry") return verdict.afterMs ?? backoff()
      failures = 0
      outbox.remove(batch)
      for (const entry of batch) beaconed.delete(entry.id)
      if (verdict.kind === "drop") warn(`${batch.length} events dropped: ${verdict.why}`)
      else for (const rejection of verdict.rejections) warn(`an event was rejected: ${rejection}`)
    }
    return 0
  }

  const post = async (batch: ReadonlyArray<Entry>): Promise<Verdict> => {
    const body = Batch.body(batch, writeKey, now())
    const aborter = new AbortController()
    const timeout = setTimeout(() => aborter.abort(), requestTimeoutMs)
    for (const entry of batch) inFlight.add(entry.id)
    try {
      // keepalive lets the request outlive the page; browsers refuse it for large bodies.
      const keepalive = Batch.size(body) <= Batch.bytesMax
      const init = { method: "POST", body, keepalive, credentials: "omit", signal: aborter.signal } as const
      const response = await fetch(address, init)
      const answer: unknown = await response.json().catch(() => undefined)
      return judge(response.status, answer, response.headers.get("retry-after"))
    } catch {
      return { kind: "retry", afterMs: undefined }
    } finally {
      clearTimeout(timeout)
      for (const entry of batch) inFlight.delete(entry.id)
    }
  }

  /** Doubles from 1 s to `backoffMsMax`, between half and all of it, so that many browsers do not come back at once. */
  const backoff = (): number => Math.min(flushDelayMs * 2 ** failures++, backoffMsMax) * (0.5 + random() / 2)

  /**
   * The page may be going away. A beacon's answer cannot be read, so its events stay in the outbox and go again with
   * the next flush, here or on the next page. What a request already carries is left to that request.
   */
  const leave = (): void => {
    const waiting = outbox.list().filter((entry) => !inFlight.has(entry.id) && !beaconed.has(entry.id))
    if (isStopped || waiting.length === 0) return
    for (const batch of Batch.cut(waiting, writeKey)) {
      const body = Batch.body(batch, writeKey, now())
      if (Batch.size(body) > Batch.bytesMax) continue
      if (!beacon(body)) break
      for (const entry of batch) beaconed.add(entry.id)
    }
    schedule()
  }

  const beacon = (body: string): boolean => {
    try {
      if (navigator.sendBeacon(address, body)) return true
      fetch(address, { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => undefined)
    } catch {
      // Refused both ways: the events are stored, the next page sends them.
    }
    return false
  }

  const stop = (): void => {
    isStopped = true
    clearTimeout(timer)
  }

  return { schedule, flush, leave, stop }
}

export type Delivery = ReturnType<typeof makeDelivery>
