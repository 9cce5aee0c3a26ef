import { assert, layer } from "@effect/vitest"
import { WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Receiver from "./Receiver.ts"
import * as Subscribers from "./Subscribers.ts"

layer(Subscribers.layer, { timeout: "90 seconds", excludeTestServices: true })("a deliverer", (it) => {
  it.effect(
    "that is killed with -9 between the request and its note leaves the message to the next one, with its ID",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [place, receiver] = [yield* Subscribers.openShop, yield* Receiver.open]
        const now = Date.now()
        const webhookId = yield* Subscribers.subscribe(place, receiver, now)
        const id = (yield* (yield* Webhooks).test(place.unitId, webhookId, now))!
        const home = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-webhook-"))),
          (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
        )
        const worker = Program.ingest({
          DATABASE_URL: Redacted.value((yield* EmbeddedPostgres).url),
          SPOOR_HOME: home,
          SPOOR_INGEST_ROLES: "worker",
          SPOOR_WEBHOOK_ALLOW_PRIVATE: "127.0.0.0/8"
        })

        receiver.answer(() => {})
        const first = yield* Program.run(worker)
        yield* receiver.hasReceived(1)
        yield* Effect.promise(() => first.kill("SIGKILL"))
        const { find } = yield* WebhookDeliveries
        assert.deepInclude(yield* find(place.unitId, id), { state: "waiting", attempts: 1, lastStatus: null })

        receiver.answer((_, response) => void response.writeHead(204).end())
        yield* Program.run(worker)
        // As if the minute of the lease were over.
        yield* sql`update webhook_delivery set next_attempt_at = now() where unit_id = ${place.unitId}`
        yield* receiver.hasReceived(2)
        const isDelivered = Effect.map(find(place.unitId, id), (delivery) => delivery?.state === "delivered")
        yield* Effect.repeat(Effect.delay(isDelivered, "100 millis"), { until: (is) => is })
        assert.deepInclude(yield* find(place.unitId, id), { attempts: 2, lastStatus: 204 })
        assert.lengthOf(receiver.received, 2)
        assert.strictEqual(receiver.received[0]!.id, receiver.received[1]!.id)
      }).pipe(Effect.scoped),
    60_000
  )
})
