import { ActivityDoor } from "@spoor/contracts"
import { Clock, Effect, Schema } from "effect"
import * as Traffic from "./Traffic.ts"

/** What became of the requests so far. *Shape*: `lost` had no answer, `refused` a 503; both were sent again. */
export interface Tally {
  accepted: number
  lost: number
  refused: number
}

export const newTally = (): Tally => ({ accepted: 0, lost: 0, refused: 0 })

/** Every answer that a request had, and those it waited for in vain. */
export const attemptsOf = ({ accepted, lost, refused }: Tally): number => accepted + lost + refused

export interface Options {
  readonly batches: ReadonlyArray<string>
  readonly writeKey: string
  /** Doors in turn; the next one when one does not answer. */
  readonly origins: ReadonlyArray<string>
  /** Requests under way at the same time. */
  readonly concurrency: number
  /** Whether more may be sent now; else a sender waits. Default always. */
  readonly mayGoOn?: () => boolean
  readonly tally: Tally
}

/** A tracker gives up later than this, a run does not wait so long. *Units*: milliseconds. */
const patience = 180_000
const answerWait = 15_000
const retryPause = 200

const decodeAnswer = Schema.decodeUnknownSync(ActivityDoor.Answer)

/** Sends all batches, each until it is accepted: as trackers do, again after a lost connection and after a 503. */
export const send = ({ batches, concurrency, mayGoOn = () => true, origins, tally, writeKey }: Options) =>
  Effect.forEach(
    batches,
    Effect.fnUntraced(function* (batch, index) {
      while (!mayGoOn()) yield* Effect.sleep("10 millis")
      const startedAt = yield* Clock.currentTimeMillis
      for (let attempt = 0; ; attempt++) {
        if ((yield* Clock.currentTimeMillis) - startedAt > patience)
          return yield* Effect.die(new Error(`Nobody accepted batch ${index}.`))
        const status = yield* post(origins[(index + attempt) % origins.length]!, writeKey, batch)
        if (status === 200) break
        if (status === "lost") tally.lost++
        else if (status === 503) tally.refused++
        else return yield* Effect.die(new Error(`A door answered batch ${index} with ${status}.`))
        yield* Effect.sleep(retryPause)
      }
      tally.accepted++
    }),
    { concurrency, discard: true }
  )

/** The status, or that there was no whole answer. Dies at an answer that does not add up. */
export const post = Effect.fnUntraced(function* (origin: string, writeKey: string, batch: string) {
  const sentAt = yield* Clock.currentTimeMillis
  const body = `{"writeKey":"${writeKey}","sentAt":${sentAt},"events":${batch}}`
  return yield* Effect.promise(() => ask(`${origin}/v1/events`, body))
})

const ask = async (url: string, body: string): Promise<number | "lost"> => {
  const signal = AbortSignal.timeout(answerWait)
  const response = await fetch(url, { method: "POST", body, signal }).catch(() => null)
  const text = await response?.text().catch(() => null)
  if (response === null || typeof text !== "string") return "lost"
  if (response.status === 200) check(decodeAnswer(JSON.parse(text)))
  return response.status
}

const check = ({ duplicate, rejected, stored, verdicts }: ActivityDoor.Answer): void => {
  const isWhole = stored + duplicate + rejected === Traffic.itemsPerBatch && verdicts.length === Traffic.itemsPerBatch
  if (!isWhole || rejected !== Traffic.rejectedPerBatch) {
    throw new Error(`A door's verdicts do not add up: ${stored} + ${duplicate} + ${rejected}.`)
  }
}
