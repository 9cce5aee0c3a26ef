import { SmsIntake } from "@spoor/contracts"
import * as Log from "@spoor/contracts/log"
import { Queue, type QueueUnavailable } from "@spoor/queue"
import { Clock, Context, Effect, Layer, Schema } from "effect"
import { SecureRandom } from "effect/crypto"
import { Pace } from "./Pace.ts"

/** The most reports of one message of the queue. A payload may be large, and so may not be each of many. */
const reportsMax = 50

const encode = Schema.encodeEffect(SmsIntake.SmsIntakeFromText)

const say = Log.nowAndThen("The queue does not take what gateways say; they are asked to say it again")
/** Of a queue that is full nothing but that. */
const tell = (error: QueueUnavailable) => say({ reason: error.reason }, ...(error.reason === "full" ? [] : [error]))

/** Gives what was said to the worker. */
export class Handover extends Context.Service<
  Handover,
  {
    /** Returns once the queue has all of it durably. *Fails* with `QueueUnavailable`: nothing is promised then. */
    readonly give: (intake: SmsIntake.SmsIntake) => Effect.Effect<void, QueueUnavailable>
    /** How many reports each gateway gave in the last minute, by its ID; those that gave none are left out. Submissions are not counted. */
    readonly lastMinute: Effect.Effect<ReadonlyMap<number, number>>
    /** A name for a report. */
    readonly newId: Effect.Effect<string>
  }
>()("@spoor/sms/Handover") {
  static readonly layer = Layer.effect(
    Handover,
    Effect.gen(function* () {
      const queue = yield* Queue
      const random = yield* SecureRandom.SecureRandom
      const pace = new Pace()
      const give = Effect.fn("Handover.give")(function* ({ reports, unitId, unreadable }: SmsIntake.SmsIntake) {
        const messages = []
        for (let first = 0; first < Math.max(reports.length, 1); first += reportsMax) {
          const some = {
            unitId,
            reports: reports.slice(first, first + reportsMax),
            unreadable: first === 0 ? unreadable : []
          }
          const body = yield* Effect.orDie(encode(some))
          messages.push({ id: yield* random.uuidV7(), topic: "sms" as const, body })
        }
        if (reports.length + unreadable.length > 0) yield* Effect.tapError(queue.append(messages), tell)
        const now = yield* Clock.currentTimeMillis
        for (const { gatewayId, isRegistration } of reports) if (!isRegistration) pace.count(gatewayId, now)
        for (const { gatewayId } of unreadable) pace.count(gatewayId, now)
      })
      const lastMinute = Effect.map(Clock.currentTimeMillis, (now) => pace.lastMinute(now))
      return Handover.of({ give, lastMinute, newId: random.uuidV7() })
    })
  ).pipe(Layer.provide(SecureRandom.layerWebCrypto))
}
