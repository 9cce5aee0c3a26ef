import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { Arbitrary, Effect, Schema } from "effect"
import { TestClock } from "effect/testing"
import type { ServerResponse } from "node:http"
import { Deliverer } from "../../src/webhook/Deliverer.ts"
import * as Receiver from "./Receiver.ts"
import * as Subscribers from "./Subscribers.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const noon = Date.UTC(2026, 10, 24, 12)
const { arrive, event, openShop, purchase, subscribe } = Subscribers

const runs = Number(process.env["SPOOR_WEBHOOK_RUNS"] ?? 25)
const seed = Number(process.env["SPOOR_WEBHOOK_SEED"] ?? 20261124)

const index = (count: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: count - 1 }))

/** A visitor buys or says an e-mail, which changes what was told of the session; then deliverers may have their turn. */
const Step = Schema.Struct({ visitor: index(3), isEmail: index(4), isDelivered: index(3) })

const Cases = Arbitrary.all([
  Arbitrary.array(Arbitrary.schema(Step), { minLength: 4, maxLength: 14 }),
  // How requests are answered: well, slowly, with an error, or by a connection that breaks.
  Arbitrary.array(Arbitrary.schema(index(6)), { minLength: 1, maxLength: 30 })
])

/** No message fails more often, so that none is given up. */
const failuresMax = 4

const deliverers = 3

/** Fails as it is told, and writes down who was told what before the message ahead of it was taken. */
const judging = (faults: ReadonlyArray<number>) => {
  let requests = 0
  const tries = new Map<string, number>()
  const accepted: Array<{ readonly id: string; readonly sessionId: string | null }> = []
  const answer = ({ id, message }: Receiver.Received, response: ServerResponse) => {
    const attempt = (tries.get(id) ?? 0) + 1
    tries.set(id, attempt)
    const fault = attempt > failuresMax ? 0 : faults[requests++ % faults.length]!
    if (fault === 4) return void response.writeHead(500).end()
    if (fault === 5) return void response.socket!.resetAndDestroy()
    const sessionId = message.type === "webhook.test" ? null : message.data.details.sessionId
    accepted.push({ id, sessionId })
    // Taken, and the answer is lost on its way.
    if (fault === 3) return void response.socket!.resetAndDestroy()
    const end = () => void response.writeHead(204).end()
    if (fault === 0) end()
    else setTimeout(end, fault * 5)
  }
  return { answer, accepted }
}

layer(Subscribers.layer, { timeout: "60 seconds" })(
  `messages about one session, ${runs} cases from seed ${seed}`,
  (it) => {
    it.effect.prop(
      "come in order and none is left out, whatever fails and however many deliver",
      { given: Cases },
      ({ given: [steps, faults] }) =>
        Effect.gen(function* () {
          let now = noon
          yield* TestClock.setTime(now)
          const [place, receiver, deliverer] = [yield* openShop, yield* Receiver.open, yield* Deliverer]
          const webhookId = yield* subscribe(place, receiver, now)
          const { accepted, answer } = judging(faults)
          receiver.answer(answer)
          const turn = Effect.all(
            Array.from({ length: deliverers }, () => deliverer.once),
            { concurrency: deliverers }
          )
          for (const [at, { visitor, isEmail, isDelivered }] of steps.entries()) {
            now += MINUTE
            yield* TestClock.setTime(now)
            const mail = { email: Ids.Email.make(`v${visitor}@example.pl`) }
            yield* arrive(place, [
              isEmail === 0 ? event(`v${visitor}`, `mail${at}`, now, mail) : purchase(`v${visitor}`, `O${at}`, now)
            ])
            if (isDelivered > 0) yield* turn
          }
          const { page } = yield* WebhookDeliveries
          const waiting = Effect.map(
            page(place.unitId, webhookId, { state: "waiting", rowsMax: 1 }),
            (rows) => rows.length
          )
          while ((yield* waiting) > 0) {
            now += 30 * HOUR
            yield* TestClock.setTime(now)
            yield* turn
          }
          const log = (yield* page(place.unitId, webhookId, { rowsMax: 1_000 })).toReversed()
          const told = log.map(({ messageId }) => `msg_${messageId}`)
          assert.isTrue(log.every(({ state }) => state === "delivered"))
          assert.deepEqual([...new Set(accepted.map(({ id }) => id))].sort(), told.toSorted())
          for (const [sessionId, messages] of Map.groupBy(accepted, (one) => one.sessionId)) {
            const places = messages.map(({ id }) => told.indexOf(id))
            assert.deepEqual(
              places,
              places.toSorted((a, b) => a - b),
              `${sessionId}`
            )
          }
          yield* (yield* Webhooks).remove(place.unitId, webhookId)
        }).pipe(Effect.scoped),
      { timeout: 60_000 + runs * 3_000, arbitrary: { runs, seed } }
    )
  }
)
