import { Intake, LogEntry } from "@spoor/contracts"
import type { Rejection } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Effect, type Result, Schema } from "effect"
import * as Metrics from "../Metrics.ts"
import { Caller } from "../RequestLog.ts"
import * as Verdicts from "./Verdicts.ts"

const encode = Schema.encodeEffect(Intake.LogIntakeFromText)

/** How the items of one log are read, and made an intake of the worker. */
export interface LogKind<Entry> {
  readonly decode: (item: unknown, arrival: LogEntry.Arrival) => Result.Result<Entry, Rejection.Rejection>
  readonly intake: (head: Pick<Intake.LogIntake, "unitId" | "books">, entries: ReadonlyArray<Entry>) => Intake.LogIntake
}

/**
 * Judges the items of one request and has the queue keep what is good, and what became of the rest.
 *
 * *Fails* with `QueueUnavailable`: then nothing is promised, and the client sends the same again.
 */
export const write = Effect.fn("LogWrite.write")(function* <Entry extends { readonly itemId: string }>(
  { decode, intake }: LogKind<Entry>,
  key: Key,
  items: ReadonlyArray<unknown>,
  sentAt?: number
) {
  const queue = yield* Queue
  const { requestId } = yield* Caller
  const receivedAt = yield* Clock.currentTimeMillis
  const judged = Verdicts.judge(
    items.map(LogEntry.withoutSecrets),
    (item) => decode(item, { receivedAt, sentAt }),
    ({ itemId }) => itemId
  )
  const { answer, duplicates, kept, rejections } = judged
  const books = { siteId: key.siteId, receivedAt, ...(sentAt !== undefined && { sentAt }), duplicates, rejections }
  const batch = intake({ unitId: key.unitId, books }, kept)
  const body = yield* Effect.orDie(encode(batch))
  if (items.length > 0) yield* queue.append([{ id: requestId, topic: "log", body }])
  yield* Metrics.judged(`logs/${batch.log}`, answer, rejections)
  return answer
})
