import type { Buffer, Entry } from "./Buffer.ts"
import type { Reason, Report } from "./Problem.ts"
import type { Settings } from "./Settings.ts"
import type { Verdict } from "./Verdict.ts"

export interface Deps {
  readonly settings: Settings
  readonly buffer: Buffer
  readonly post: (body: string, aborter: AbortController) => Promise<Verdict>
  readonly report: Report
  readonly onSent: (items: number) => void
  readonly onDropped: (reason: Reason, items: number) => void
  /** *Units*: epoch milliseconds. */
  readonly now: () => number
  readonly random: () => number
  /** Runs outside of whatever request is being served, so that no trace takes our requests for its own. */
  readonly outside: (run: () => void) => void
}

/** A single failure is no news, a restart of the server makes one. */
const failuresUntold = 2

/** *Units*: bytes. What a batch may grow again by with each that arrives, after it had to be made smaller. */
const regain = 1_024

/** Sends what the buffer holds: one request at a time, each until it has an answer that settles it. */
export class Delivery {
  readonly #deps: Deps
  // What was taken out of the buffer for the requests to come: a full buffer must not drop what is on its way.
  #batch: ReadonlyArray<Entry> = []
  #batchBytes = 0
  #bytesMax: number
  #attempts = 0
  #failures = 0
  #notBefore = 0
  #isPauseAsked = false
  #aborter: AbortController | undefined
  #timer: ReturnType<typeof setTimeout> | undefined
  #dueAt = Infinity
  #isStopped = false
  #waiters: ReadonlyArray<{ readonly place: number; readonly done: () => void }> = []

  constructor(deps: Deps) {
    this.#deps = deps
    this.#bytesMax = deps.settings.batchBytesMax
  }

  get count(): number {
    return this.#batch.length
  }

  get bytes(): number {
    return this.#batchBytes
  }

  /** Called for every item: nearly always a timer is set, and nothing is due earlier. */
  wake(): void {
    if (this.#aborter !== undefined || this.#isStopped || this.#oldest() === Infinity) return
    const now = performance.now()
    const at = Math.max(this.#notBefore, this.#isUrgent() ? now : now + this.#deps.settings.flushIntervalMs)
    if (at >= this.#dueAt) return
    clearTimeout(this.#timer)
    this.#dueAt = at
    this.#deps.outside(() => {
      const timer = setTimeout(() => void this.#run(), at - now)
      // A log is no reason for a process to stay; in browsers and their like the timer is a number.
      if (typeof timer === "object") timer.unref()
      this.#timer = timer
    })
  }

  /** Resolves when every item up to this place is settled. It cuts short a pause of ours, not one that was asked for. */
  settled(place: number): Promise<void> {
    return new Promise((done) => {
      if (this.#oldest() > place) return done()
      this.#waiters = [...this.#waiters, { place, done }]
      if (!this.#isPauseAsked) this.#notBefore = 0
      this.wake()
    })
  }

  stop(): void {
    this.#isStopped = true
    clearTimeout(this.#timer)
    this.#aborter?.abort()
    this.#batch = []
    this.#batchBytes = 0
    for (const { done } of this.#waiters) done()
  }

  #oldest(): number {
    return (this.#batch[0] ?? this.#deps.buffer.peek())?.place ?? Infinity
  }

  #isUrgent(): boolean {
    const { buffer, settings } = this.#deps
    const isFull = buffer.count >= settings.batchItemsMax || buffer.bytes >= settings.batchBytesMax
    return isFull || this.#waiters.length > 0 || this.#batch.length > 0
  }

  async #run(): Promise<void> {
    this.#dueAt = Infinity
    this.#aborter = new AbortController()
    const pauseMs = await this.#sendOne(this.#aborter).catch(() => this.#backoff())
    this.#aborter = undefined
    this.#notBefore = performance.now() + pauseMs
    for (const { done } of this.#waiters.filter(({ place }) => this.#oldest() > place)) done()
    this.#waiters = this.#waiters.filter(({ place }) => this.#oldest() <= place)
    this.wake()
  }

  /** *Units*: the answer is the pause before the next request, in milliseconds. */
  async #sendOne(aborter: AbortController): Promise<number> {
    this.#fill()
    const part = this.#fitting()
    const json = part.map((entry) => entry.json).join()
    // The server corrects clocks by this, so it says when the attempt was made (sessions.md 1).
    const verdict = await this.#deps.post(`{"sentAt":${this.#deps.now()},"items":[${json}]}`, aborter)
    this.#isPauseAsked = false
    if (this.#isStopped) return 0
    switch (verdict.kind) {
      case "done":
        return this.#finish(part, verdict)
      case "retry":
        return this.#retry(part, verdict)
      case "drop":
        return this.#giveUp(part, "refused", verdict.why)
      case "split":
        if (part.length === 1) return this.#giveUp(part, "tooLarge", verdict.why)
        this.#bytesMax = Math.floor(bytesOf(part) / 2)
        this.#attempts = 0
        return 0
    }
  }

  #finish(part: ReadonlyArray<Entry>, { rejected, why }: Extract<Verdict, { kind: "done" }>): number {
    const { onDropped, onSent, report, settings } = this.#deps
    this.#leave(part)
    this.#failures = 0
    this.#bytesMax = Math.min(settings.batchBytesMax, this.#bytesMax + regain)
    onSent(part.length - rejected)
    if (rejected > 0) {
      onDropped("rejected", rejected)
      report("rejected", `the server rejected ${rejected} of ${part.length} items, the first for: ${why}`)
    }
    return 0
  }

  #retry(part: ReadonlyArray<Entry>, { afterMs, why }: Extract<Verdict, { kind: "retry" }>): number {
    const { report, settings } = this.#deps
    this.#attempts += 1
    if (this.#attempts >= settings.attemptsMax) return this.#giveUp(part, "undeliverable", why)
    if (this.#failures >= failuresUntold) report("unreachable", `the server cannot be reached, items wait: ${why}`)
    this.#isPauseAsked = afterMs !== undefined
    const pauseMs = this.#backoff()
    return afterMs ?? pauseMs
  }

  #giveUp(part: ReadonlyArray<Entry>, reason: Reason, why: string): number {
    this.#leave(part)
    this.#deps.onDropped(reason, part.length)
    this.#deps.report(reason, `${part.length} items dropped: ${why}`)
    return this.#backoff()
  }

  /** Doubles up to the maximum, between half and all of it, so that many services do not come back at once. */
  #backoff(): number {
    const { random, settings } = this.#deps
    const delayMs = Math.min(settings.retryDelayMs * 2 ** this.#failures, settings.retryDelayMsMax)
    this.#failures += 1
    return delayMs * (0.5 + random() / 2)
  }

  #fill(): void {
    const { buffer, settings } = this.#deps
    const batch = [...this.#batch]
    while (batch.length < settings.batchItemsMax && this.#batchBytes < settings.batchBytesMax) {
      const entry = buffer.shift()
      if (entry === undefined) break
      batch.push(entry)
      this.#batchBytes += entry.bytes
    }
    this.#batch = batch
  }

  /** What of the batch fits into one request; an item that alone is larger goes alone. */
  #fitting(): ReadonlyArray<Entry> {
    const part: Array<Entry> = []
    let bytes = 0
    for (const entry of this.#batch) {
      bytes += entry.bytes
      if (part.length > 0 && bytes > this.#bytesMax) break
      part.push(entry)
    }
    return part
  }

  #leave(part: ReadonlyArray<Entry>): void {
    this.#batch = this.#batch.slice(part.length)
    this.#batchBytes = bytesOf(this.#batch)
    this.#attempts = 0
  }
}

const bytesOf = (entries: ReadonlyArray<Entry>): number => entries.reduce((sum, { bytes }) => sum + bytes, 0)
