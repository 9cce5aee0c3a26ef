import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/transport-node"
import { QueueUnavailable, type TakeOptions } from "@spoor/queue"
import { Effect } from "effect"
import type { Connection } from "./Connection.ts"
import { refusal } from "./Refusal.ts"

/** The statuses that end a request without a fault: nothing there, and time is up. */
const over = new Set([404, 408])

/** How long the server keeps a request that waits; an interrupted take waits for the end of it. Milliseconds. */
const waitMax = 500

/** How long an answer may be under way on top of that. Milliseconds. */
const answerWait = 2000

/**
 * One taker at work: asks a consumer for messages and holds what comes, until it hands them on or gives them back.
 *
 * A request cannot be taken back, and what the server sends to an inbox that is gone stays taken for `ackWait`: so the
 * inbox stays until the server says that the request is over. The server's own limit of bytes is not used, because
 * nats-server 2.9 then hands out what another taker holds (ADR 0026).
 */
export class Pull {
  readonly held: Array<Msg> = []
  private readonly connection: Connection
  private readonly subject: string
  private readonly inbox = createInbox()
  private readonly subscription: Subscription
  /** How many messages the server may still send; 0 when the last request is over. */
  private expected = 0
  private isOver = false
  private settle: (failure?: QueueUnavailable) => void = () => {}

  constructor(connection: Connection, subject: string) {
    this.connection = connection
    this.subject = subject
    this.subscription = connection.nats.subscribe(this.inbox, {
      callback: (error, message) => this.receive(error, message)
    })
    void this.subscription.closed.then(() => this.finish(new QueueUnavailable({ reason: "closed" })))
  }

  /** Waits for one message, for a while. */
  readonly first = Effect.suspend(() => this.request(1, { batch: 1, expires: nanos(waitMax) }))

  /** Takes what is there, `count` at most. */
  readonly more = (count: number): Effect.Effect<void, QueueUnavailable> =>
    this.request(count, { batch: count, no_wait: true })

  /** Ends with the first `count` kept. It waits for nothing, because an interruption meanwhile would lose them. */
  keep(count: number): void {
    this.refuseFrom(count)
    this.subscription.unsubscribe()
  }

  /** Ends with nothing kept, neither what is here nor what is on its way. */
  readonly giveBack: Effect.Effect<void> = Effect.suspend(() => {
    this.refuseFrom(0)
    return Effect.ignore(this.end)
  }).pipe(Effect.andThen(Effect.sync(() => this.subscription.unsubscribe())))

  private request(count: number, body: object): Effect.Effect<void, QueueUnavailable> {
    const { isUp, nats } = this.connection
    const send = Effect.try({
      try: () => {
        nats.publish(this.subject, JSON.stringify(body), { reply: this.inbox })
        this.expected = count
      },
      catch: refusal(nats)
    })
    return isUp.await.pipe(Effect.andThen(send), Effect.andThen(this.end))
  }

  /** The end of the request. One that is lost with the connection, or not answered, is over too. */
  private readonly end: Effect.Effect<void, QueueUnavailable> = Effect.callback<void, QueueUnavailable>((resume) => {
    this.settle = (failure) => resume(failure === undefined ? Effect.void : Effect.fail(failure))
    if (this.expected === 0) this.settle()
  }).pipe(
    Effect.raceFirst(Effect.suspend(() => this.connection.isLost.await)),
    Effect.timeoutOption(waitMax + answerWait),
    Effect.asVoid
  )

  private receive(error: Error | null, message: Msg): void {
    const { nats } = this.connection
    if (error !== null) return this.finish(refusal(nats)(error))
    const status = message.headers?.code ?? 0
    if (over.has(status)) return this.finish()
    if (status !== 0) return this.finish(refusal(nats)(new Error(`${status} ${message.headers?.description}`)))
    if (this.isOver) refuse(message)
    else this.held.push(message)
    if (this.expected > 0 && --this.expected === 0) this.finish()
  }

  private finish(failure?: QueueUnavailable): void {
    this.expected = 0
    this.settle(failure)
  }

  private refuseFrom(index: number): void {
    this.isOver = true
    for (const message of this.held.splice(index)) refuse(message)
  }
}

/** How many of the messages a take may return. */
export const fitting = (messages: ReadonlyArray<Msg>, { bytesMax, messagesMax }: TakeOptions): number => {
  let bytes = 0
  const end = messages.findIndex((message, index) => {
    bytes += message.data.length
    return index > 0 && (index >= messagesMax || bytes > bytesMax)
  })
  return end < 0 ? messages.length : end
}

/** How many more will fit if none is larger than the largest so far. What turns out not to fit is given back. */
export const room = (messages: ReadonlyArray<Msg>, { bytesMax, messagesMax }: TakeOptions): number => {
  const sizes = messages.map(({ data }) => data.length)
  const bytesLeft = bytesMax - sizes.reduce((sum, size) => sum + size, 0)
  return Math.min(messagesMax - messages.length, Math.floor(bytesLeft / Math.max(1, ...sizes)))
}

const refuse = (message: Msg): void => {
  message.respond("-NAK")
}
