import { type Listed, merged } from "./Arrivals.ts"

/** Rows that wait to be shown; of more, only that there are more is known. */
export const waitingMax = 50

/** A connection that was refused or broke for good is tried again after this. *Units*: milliseconds. */
const RETRY_MS = 15_000

/** A page that is only passed through needs no connection; what comes in meanwhile is told afterwards. *Units*: milliseconds. */
const SETTLE_MS = 1_500

/** Where a page stands in its log. *Shape*: `search` is its filter as the address says it, `place` what it knows of. */
export interface Stand {
  readonly log: string
  readonly search: string
  readonly place: number
}

/**
 * The open end of a log: rows that come in are shown by themselves, or wait while it is paused, as it is at first, because
 * nothing should move under a reader's eyes unasked.
 *
 * A page that nobody sees has no connection; browsers have few for one server. *Shape*: `onEnd` is told that the session is
 * over, `onFlood` that more came in than was told.
 */
export class Live<Row extends Listed> {
  isRunning = $state(false)
  isLost = $state(false)
  hasMore = $state(false)
  waiting = $state.raw<ReadonlyArray<Row>>([])
  /** Rows that came in and are shown, on top of those of the page. */
  shown = $state.raw<ReadonlyArray<Row>>([])
  readonly #onEnd: () => void
  readonly #onFlood: () => void
  #source: EventSource | undefined
  #retry: ReturnType<typeof setTimeout> | undefined
  #stand: Stand | undefined

  constructor(onEnd: () => void, onFlood: () => void) {
    this.#onEnd = onEnd
    this.#onFlood = onFlood
  }

  /** Follows a log from where a page stands; gives what ends that. */
  follow(stand: Stand): () => void {
    this.#stand = stand
    this.waiting = []
    this.shown = []
    this.hasMore = false
    const look = () => (document.hidden ? this.#close() : this.#open())
    this.#retry = setTimeout(look, SETTLE_MS)
    document.addEventListener("visibilitychange", look)
    return () => {
      document.removeEventListener("visibilitychange", look)
      this.#close()
    }
  }

  toggle(): void {
    this.isRunning = !this.isRunning
    if (this.isRunning) this.showWaiting()
  }

  showWaiting(): void {
    if (this.hasMore) return this.#onFlood()
    this.shown = merged(this.waiting, this.shown)
    this.waiting = []
  }

  #open(): void {
    const stand = this.#stand
    if (stand === undefined || this.#source !== undefined) return
    const query = new URLSearchParams(stand.search)
    query.set("after", String(stand.place))
    const source = new EventSource(`/live/${stand.log}?${query}`)
    this.#source = source
    source.addEventListener("open", () => (this.isLost = false))
    source.addEventListener("rows", (event) => this.#arrived(event))
    source.addEventListener("end", () => {
      this.#close()
      this.#onEnd()
    })
    source.addEventListener("error", () => {
      this.isLost = true
      // The browser comes back by itself, unless the server refused.
      if (source.readyState !== EventSource.CLOSED) return
      this.#close()
      this.#retry = setTimeout(() => !document.hidden && this.#open(), RETRY_MS)
    })
  }

  #close(): void {
    clearTimeout(this.#retry)
    this.#source?.close()
    this.#source = undefined
  }

  #arrived({ data, lastEventId }: MessageEvent<string>): void {
    const { rows, isMore }: { rows: ReadonlyArray<Row>; isMore: boolean } = JSON.parse(data)
    if (this.#stand !== undefined) this.#stand = { ...this.#stand, place: Number(lastEventId) }
    if (isMore) this.hasMore = true
    const known = new Set(this.shown.map(({ id }) => id))
    this.waiting = merged(
      rows.filter(({ id }) => !known.has(id)),
      this.waiting
    )
    if (this.waiting.length > waitingMax) this.hasMore = true
    if (this.isRunning) this.showWaiting()
  }
}
