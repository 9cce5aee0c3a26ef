import { assert, layer } from "@effect/vitest"
import { WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { type ChildProcess, spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { createInterface } from "node:readline"
import { secret } from "./Receiver.ts"
import * as Subscribers from "./Subscribers.ts"

const guide = readFileSync(join(import.meta.dirname, "../../../../docs/webhooks.md"), "utf8")

/** The guide's receiver, on a free port, saying what it handles. */
const program = () => {
  const [, code = ""] = /```js\n([^]*?)```/.exec(guide) ?? []
  assert.include(code, ".listen(8080)")
  return `const handle = async ({ type }) => console.log(type)
${code.replace(".listen(8080)", '.listen(0, "127.0.0.1", function () { console.log(this.address().port) })')}`
}

const start = Effect.acquireRelease(
  Effect.sync(() =>
    spawn(process.execPath, ["--input-type=module", "-e", program()], {
      cwd: import.meta.dirname,
      env: { ...process.env, SPOOR_WEBHOOK_SECRET: secret },
      stdio: ["ignore", "pipe", "inherit"]
    })
  ),
  (child: ChildProcess) => Effect.sync(() => void child.kill())
)

layer(Subscribers.layer, { timeout: "60 seconds" })("the guide's receiver", (it) => {
  it.effect("handles each message once, and refuses what is not signed", () =>
    Effect.gen(function* () {
      const now = Date.now()
      yield* TestClock.setTime(now)
      const lines = createInterface({ input: (yield* start).stdout! })[Symbol.asyncIterator]()
      const line = Effect.promise(async () => String((await lines.next()).value))
      const url = `http://127.0.0.1:${yield* line}/`
      const place = yield* Subscribers.openShop
      const webhookId = yield* Subscribers.subscribe(place, { url }, now)
      yield* Subscribers.arrive(place, [Subscribers.purchase("a", "ZAM-1", now)])
      yield* Subscribers.deliverAll
      assert.strictEqual(yield* line, "outcome.emitted")

      const { page, replay } = yield* WebhookDeliveries
      const [first] = yield* page(place.unitId, webhookId, { rowsMax: 1 })
      assert.isTrue(yield* replay(place.unitId, first!.id, now))
      yield* Subscribers.deliverAll
      const [again] = yield* page(place.unitId, webhookId, { rowsMax: 1 })
      assert.deepInclude(again, { state: "delivered", lastStatus: 204 })
      yield* (yield* Webhooks).test(place.unitId, webhookId, now)
      yield* Subscribers.deliverAll
      assert.strictEqual(yield* line, "webhook.test")

      const forged = yield* Effect.promise(() => fetch(url, { method: "POST", body: '{"type":"outcome.emitted"}' }))
      assert.strictEqual(forged.status, 401)
    }).pipe(Effect.scoped)
  )
})
