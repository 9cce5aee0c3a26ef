import { jetstreamManager } from "@nats-io/jetstream"
import { connect as connectNats } from "@nats-io/transport-node"
import type { Delivery } from "@spoor/queue"
import { assert, describe, it } from "@effect/vitest"
import { Array, Effect, Fiber, Redacted, Schedule } from "effect"
import * as NatsServer from "./NatsServer.ts"
import { connect, drain, idsOf, insist, message, numbered } from "./Traffic.ts"

/** The server that leads the stream or one of its consumers. A cluster that is electing has none for a while, and may not answer. */
const leaderOf = (servers: ReadonlyArray<NatsServer.NatsServer>, of: "stream" | "consumer") =>
  Effect.acquireUseRelease(
    Effect.tryPromise(() =>
      connectNats({ servers: Redacted.value(NatsServer.urlOf(servers)).replaceAll("nats://", "").split(",") })
    ),
    (nats) =>
      Effect.tryPromise(async () => {
        const manager = await jetstreamManager(nats)
        const { cluster } =
          of === "stream" ? await manager.streams.info("spoor") : await manager.consumers.info("spoor", "activity")
        const leader = servers[Number(cluster?.leader?.slice(1))]
        if (leader === undefined) throw new Error("The cluster has no leader.")
        return leader
      }),
    (nats) => Effect.promise(() => nats.close())
  ).pipe(Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 100 }))

describe.skipIf(!NatsServer.isInstalled)("NATS: a cluster of three", () => {
  it.live("every append that returned is delivered though the leader is killed, again and again, once each by id", () =>
    Effect.gen(function* () {
      const servers = yield* NatsServer.cluster
      const settings = { url: NatsServer.urlOf(servers), replicas: 3, ackWait: "2 seconds" } as const
      const [door, worker] = [yield* connect(settings), yield* connect(settings)]
      const kept: Array<string> = []
      // As long as servers are killed, so that whoever waits for the next hundred gets them.
      let isOver = false
      let count = 0
      const append = Effect.suspend(() => {
        const one = message(`m${count++}`)
        return insist(door.append([one])).pipe(
          Effect.andThen(Effect.sync(() => kept.push(one.id))),
          Effect.andThen(Effect.sleep("5 millis"))
        )
      }).pipe(Effect.repeat({ while: () => !isOver }))
      const appending = yield* Effect.forkChild(
        Effect.all(Array.replicate(append, 8), { concurrency: "unbounded", discard: true })
      )
      let taken: ReadonlyArray<Delivery> = []
      yield* Effect.forkChild(
        drain(worker, (all) => {
          taken = all
          return false
        })
      )
      for (const role of ["stream", "consumer"] as const) {
        const from = kept.length
        while (kept.length < from + 100) yield* Effect.sleep("10 millis")
        const leader = yield* leaderOf(servers, role)
        yield* Effect.promise(() => leader.kill("SIGKILL"))
        const at = kept.length
        while (kept.length < at + 100) yield* Effect.sleep("10 millis")
        yield* Effect.promise(() => leader.start())
      }
      isOver = true
      yield* Fiber.join(appending)
      while (new Set(idsOf(taken)).size < kept.length) yield* Effect.sleep("50 millis")
      const first = Array.dedupeWith(taken, (one, other) => one.id === other.id)
      assert.deepStrictEqual(idsOf(first).sort(), kept.sort())
      assert.isTrue(taken.every(({ body, id }) => body === `body of ${id}`))
    })
  )

  it.live("what a full queue holds is on every server", () =>
    Effect.gen(function* () {
      const servers = yield* NatsServer.cluster
      const settings = { url: NatsServer.urlOf(servers), replicas: 3, messagesMax: 20, ackWait: "2 seconds" } as const
      const [door, worker] = [yield* connect(settings), yield* connect(settings)]
      const messages = numbered(300)
      const appending = yield* Effect.forkChild(
        Effect.forEach(messages, (one) => insist(door.append([one])), { concurrency: 30 })
      )
      // All but the last 20, so that the queue stands full at the end, after having been full all the time.
      const before = yield* drain(worker, ({ length }) => length >= messages.length - 20, 8)
      yield* Fiber.join(appending)
      const leader = yield* leaderOf(servers, "stream")
      yield* Effect.promise(() => leader.kill("SIGKILL"))
      const seen = new Set(idsOf(before))
      yield* drain(worker, (taken) => {
        for (const id of idsOf(taken)) seen.add(id)
        return seen.size === messages.length
      }).pipe(Effect.timeoutOption("30 seconds"))
      assert.deepStrictEqual(
        idsOf(messages).filter((id) => !seen.has(id)),
        []
      )
    })
  )
})
