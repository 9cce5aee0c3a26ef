import { type SmsAdapter, type SmsBind, type SmsGatewayState, SmsHealth, type SmsQueue } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { PublicUrl } from "./door/Delivery.ts"
import { Gateways } from "./gateway/Gateways.ts"
import { Handover } from "./report/Handover.ts"
import { legible } from "./report/Legible.ts"
import { Binds } from "./smpp/Binds.ts"
import type * as Link from "./smpp/Link.ts"
import { Traces } from "./Traces.ts"

const every = "3 seconds"

/** What was traced can be read for so long after its end. *Units*: milliseconds. */
const tracesKeptFor = 3_600_000

/** A queue that does not answer in this time is told of another time. */
const queueWait = "1 second"

/** Whoever stops waits no longer to say so. */
const farewellWait = "1 second"

/**
 * Tells the database how gateways and the queue are doing, so that the panel knows, whichever process of the adapter has them.
 *
 * What is told is old after a few seconds; while PostgreSQL is away nothing is told. *Source*: gateways.md R32; ADR 0037.
 */
export class Heartbeat extends Context.Service<Heartbeat, { readonly run: Effect.Effect<never> }>()(
  "@spoor/sms/Heartbeat"
) {
  static readonly layer = Layer.effect(
    Heartbeat,
    Effect.gen(function* () {
      const gateways = yield* Gateways
      const binds = yield* Binds
      const traces = yield* Traces
      const handover = yield* Handover
      const queue = yield* Queue
      const health = yield* SmsHealth
      const random = yield* SecureRandom.SecureRandom
      const adapter: SmsAdapter = { ticket: yield* random.uuidV4(), url: yield* PublicUrl }

      const look = Effect.gen(function* () {
        const { share } = yield* queue.fill
        const { oldestAppendedAt = null, taken, waiting } = yield* queue.depth("sms")
        return { share, waiting: waiting + taken, oldestAt: oldestAppendedAt } satisfies SmsQueue
      }).pipe(
        Effect.timeout(queueWait),
        Effect.orElseSucceed(() => null)
      )

      const beat = Effect.gen(function* () {
        const all = yield* gateways.all
        const now = yield* Clock.currentTimeMillis
        traces.follow(
          all.flatMap(({ gateway, tracedUntil }) =>
            tracedUntil === null || tracedUntil + tracesKeptFor < now ? [] : [{ id: gateway.id, until: tracedUntil }]
          )
        )
        const states = yield* binds.states
        const paces = yield* handover.lastMinute
        const told = all.map(({ gateway: { id, key, unitId }, problem }): SmsGatewayState => ({
          unitId,
          gatewayId: id,
          problem,
          binds: (states.get(key) ?? []).map(bindOf),
          lastMinute: paces.get(id) ?? 0,
          trace: traces.of(id)
        }))
        yield* health.tell({ ...adapter, queue: yield* look }, told, now)
      })

      const run = beat.pipe(
        Effect.catch((error) => Effect.logDebug("The database is not told how gateways are doing", error)),
        Effect.andThen(Effect.sleep(every)),
        Effect.forever,
        Effect.onExit(() => health.leave(adapter.ticket).pipe(Effect.timeout(farewellWait), Effect.ignore))
      )
      return Heartbeat.of({ run })
    })
  ).pipe(Layer.provide(SecureRandom.layerWebCrypto))
}

const bindOf = ({ ended, phase, receivedAt, since }: Link.State): SmsBind => ({
  phase,
  since,
  receivedAt,
  reason: ended === null ? null : legible(ended.message, 200)
})
