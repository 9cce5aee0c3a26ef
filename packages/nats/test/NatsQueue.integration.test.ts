import { describe } from "@effect/vitest"
import type { Limits } from "@spoor/queue"
import { contract } from "@spoor/queue/contract"
import { Duration, Effect } from "effect"
import { TestClock } from "effect/testing"
import { NatsQueue } from "../src/index.ts"
import * as NatsServer from "./NatsServer.ts"

/** The server's timers are its own, and may ring a little later. */
const lateness = Duration.millis(100)

describe.skipIf(!NatsServer.isInstalled)("NATS", () => {
  contract({
    name: "nats",
    place: Effect.map(
      NatsServer.single(),
      ({ url }) =>
        (limits: Limits) =>
          NatsQueue.layer({ ...limits, url })
    ),
    pass: (duration) => TestClock.withLive(Effect.sleep(Duration.sum(Duration.fromInputUnsafe(duration), lateness))),
    ackWait: "800 millis",
    envelopeBytesMax: 300,
    isDurable: true,
    // The law wants virtual time and a queue that ignores old receipts.
    lawRuns: 0
  })
})
