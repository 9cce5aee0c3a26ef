import { attendedFor } from "@spoor/queue"
import { Clock, Duration, Effect } from "effect"
import type { Connection } from "./Connection.ts"
import { streamName } from "./Layout.ts"
import { refusal } from "./Refusal.ts"
import type { Settings } from "./Settings.ts"

const there = "+"
const gone = "-"

/**
 * Who takes, which the takers tell each other beside the stream and nobody keeps. A taker knows of one that was there before it
 * when that one says so again.
 */
export const make = Effect.fnUntraced(function* ({ ask, nats }: Connection, settings: Settings) {
  const seen = new Map<string, number>()
  const subject = `${streamName(settings)}-takers`
  const services = yield* Effect.context()
  const now = () => Effect.runSyncWith(services)(Clock.currentTimeMillis)
  const listen = yield* Effect.cached(
    Effect.try({
      try: () =>
        nats.subscribe(subject, {
          callback: (error, message) => {
            if (error !== null) return
            const [sign, taker] = [message.string().charAt(0), message.string().slice(1)]
            if (sign === there) seen.set(taker, now())
            else seen.delete(taker)
          }
        }),
      catch: refusal(nats)
    })
  )
  // Said when the server has it, and with it what was subscribed to before: from then on nothing is missed.
  const say = (sign: string, taker: string) =>
    ask(async () => {
      nats.publish(subject, sign + taker)
      await nats.flush()
    })

  const attend = Effect.fn("Queue.attend")(function* (taker: string) {
    yield* listen
    yield* say(there, taker)
    const at = yield* Clock.currentTimeMillis
    seen.set(taker, at)
    for (const [one, seenAt] of seen) if (seenAt < at - Duration.toMillis(attendedFor)) seen.delete(one)
    return [...seen.keys()].sort()
  })

  const leave = Effect.fn("Queue.leave")((taker: string) =>
    Effect.andThen(
      say(gone, taker),
      Effect.sync(() => void seen.delete(taker))
    )
  )

  return { attend, leave }
})
