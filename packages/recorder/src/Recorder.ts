import * as Buffer from "./Buffer.ts"
import { Delivery } from "./Delivery.ts"
import * as Item from "./Item.ts"
import { post } from "./Post.ts"
import * as Problem from "./Problem.ts"
import * as Settings from "./Settings.ts"

export type { Callers, Item, Log, RequestItem } from "./Item.ts"
export type { Problem, Reason } from "./Problem.ts"
export type { Options } from "./Settings.ts"

/** recorded = sent + waiting + the sum of dropped, always. `describeErrors` counts requests that were recorded without. */
export interface Counters {
  readonly recorded: number
  readonly sent: number
  readonly waiting: number
  readonly dropped: Readonly<Record<Problem.Reason, number>>
  readonly describeErrors: number
}

/** Sends what a service records to the door of one log. Make one when the service starts, close it when it ends. */
export interface Recorder<L extends Item.Log> extends AsyncDisposable {
  readonly log: L
  /** Takes an item to be sent. It returns at once, never throws, and takes the same time however much waits. */
  readonly record: (item: Item.Item<L>) => void
  /** Counts, and tells of, an error in what the host gave to describe a request. Middleware calls this. */
  readonly noteDescribeError: (error: unknown) => void
  readonly counters: () => Counters
  /**
   * Sends what waits now, without waiting for more. Never fails.
   *
   * *Shape*: true when all that was recorded before is settled: sent, or dropped for a reason that is counted.
   * *Units*: `timeoutMs` is 10 s without it.
   */
  readonly flush: (options?: { readonly timeoutMs?: number | undefined }) => Promise<boolean>
  /** As `flush`, with 5 s; then drops what is left, and all that comes later. */
  readonly close: (options?: { readonly timeoutMs?: number | undefined }) => Promise<boolean>
}

const flushTimeoutMs = 10_000
const closeTimeoutMs = 5_000

/** *Units*: bytes of UTF-8. More than any item has whose texts are cut to what the door takes. */
const itemBytesMax = 32_768

/** Never throws: what is wrong with the options is a problem of kind `options`. */
export const make = <L extends Item.Log>(options: Settings.Options<L>): Recorder<L> => new Client(options)

class Client<L extends Item.Log> implements Recorder<L> {
  readonly log: L
  readonly #settings: Settings.Settings
  readonly #report: Problem.Report
  readonly #buffer: Buffer.Buffer
  readonly #delivery: Delivery
  readonly #encoder = new TextEncoder()
  readonly #bytes = new Uint8Array(itemBytesMax)
  readonly #dropped = {
    overflow: 0,
    refused: 0,
    rejected: 0,
    undeliverable: 0,
    tooLarge: 0,
    unreadable: 0,
    closed: 0
  } satisfies Record<Problem.Reason, number>
  #recorded = 0
  #sent = 0
  #describeErrors = 0
  #isClosed: boolean
  #closing: Promise<boolean> | undefined

  constructor(options: Settings.Options<L>) {
    const { complaints, settings } = Settings.resolve(options)
    const send = options.fetch ?? fetch
    this.log = options.log
    this.#settings = settings
    this.#report = Problem.reporter(options.onProblem, () => performance.now())
    this.#isClosed = settings.door === null
    this.#buffer = Buffer.make(settings.bufferItemsMax)
    this.#delivery = new Delivery({
      settings,
      buffer: this.#buffer,
      post: (body, aborter) => post(settings, send, body, aborter),
      report: this.#report,
      onSent: (items) => (this.#sent += items),
      onDropped: (reason, items) => (this.#dropped[reason] += items),
      now,
      random: Math.random,
      outside: outside()
    })
    if (complaints.length > 0) this.#report("options", `${complaints.join("; ")}.`)
  }

  // Functions of their own, so that they may be handed on without the recorder.
  readonly record = (item: Item.Item<L>): void => {
    this.#recorded += 1
    try {
      const reason = this.#take(item)
      if (reason !== undefined) this.#dropped[reason] += 1
    } catch (error) {
      this.#dropped.unreadable += 1
      this.#report("unreadable", `an item cannot be sent: ${Problem.textOf(error)}`)
    }
  }

  readonly noteDescribeError = (error: unknown): void => {
    this.#describeErrors += 1
    this.#report("describe", `a request is recorded without its description: ${Problem.textOf(error)}`)
  }

  readonly counters = (): Counters => ({
    recorded: this.#recorded,
    sent: this.#sent,
    waiting: this.#waiting(),
    dropped: { ...this.#dropped },
    describeErrors: this.#describeErrors
  })

  readonly flush: Recorder<L>["flush"] = ({ timeoutMs = flushTimeoutMs } = {}) => this.#settle(timeoutMs)

  readonly close: Recorder<L>["close"] = ({ timeoutMs = closeTimeoutMs } = {}) =>
    (this.#closing ??= this.#end(timeoutMs))

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #waiting(): number {
    return this.#buffer.count + this.#delivery.count
  }

  #take(item: Item.Item<L>): Problem.Reason | undefined {
    if (this.#isClosed) return "closed"
    const json = Item.encode(this.log, item, crypto.randomUUID(), now())
    const { read, written } = this.#encoder.encodeInto(json, this.#bytes)
    if (read < json.length) return "tooLarge"
    const bytes = written + 1
    if (this.#makeRoom(bytes)) this.#buffer.push({ place: this.#recorded, json, bytes })
    this.#delivery.wake()
    return undefined
  }

  /** What is in the requests under way is never dropped: if nothing else can go, the new item goes. */
  #makeRoom(bytes: number): boolean {
    const { bufferBytesMax, bufferItemsMax, overflow } = this.#settings
    const isFull = () =>
      this.#waiting() >= bufferItemsMax || this.#buffer.bytes + this.#delivery.bytes + bytes > bufferBytesMax
    while (isFull()) {
      const isRoomMade = overflow === "oldest" && this.#buffer.shift() !== undefined
      this.#dropped.overflow += 1
      this.#report("overflow", `more waits than fits: the ${overflow} items are dropped`)
      if (!isRoomMade) return false
    }
    return true
  }

  /** This timer may keep a process: somebody waits for its end, and it is short. */
  async #settle(timeoutMs: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<boolean>((done) => (timer = setTimeout(done, timeoutMs, false)))
    const isSettled = await Promise.race([this.#delivery.settled(this.#recorded).then(() => true), timeout])
    clearTimeout(timer)
    return isSettled
  }

  async #end(timeoutMs: number): Promise<boolean> {
    this.#isClosed = true
    const isSettled = await this.#settle(timeoutMs)
    const left = this.#waiting()
    this.#dropped.closed += left
    this.#delivery.stop()
    while (this.#buffer.shift() !== undefined);
    if (left > 0) this.#report("closed", `closed with ${left} items that could not be sent in time`)
    return isSettled
  }
}

const now = (): number => Date.now()

/**
 * Runs in the context in which the recorder was made. A timer that is set while a request is served would carry that
 * request's context, and a tracer would take our request to the door for a part of it.
 */
const outside = (): ((run: () => void) => void) => {
  const hooks = globalThis.process?.getBuiltinModule?.("node:async_hooks")
  return hooks === undefined ? (run) => run() : hooks.AsyncLocalStorage.snapshot()
}
