import { assert, layer } from "@effect/vitest"
import { type Attempt, Sites, WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Duration, Effect, Fiber, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { parsed, spoor } from "./run.ts"

const now = Date.UTC(2026, 10, 24, 12)
const url = "https://shop.example/spoor"

const Everything = Layer.mergeAll(Sites.layer, WebhookDeliveries.layer, Webhooks.layer).pipe(
  Layer.provideMerge(TestDatabase.layer)
)

/** Runs `spoor webhooks` on the test's database. */
const run = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const { url } = yield* EmbeddedPostgres
  const settings = ConfigProvider.fromEnv({ env: { DATABASE_URL: Redacted.value(url) } })
  return yield* Effect.provide(spoor(["webhooks", ...args], ""), ConfigProvider.layer(settings))
})

/** The database with this many business units and nothing in them. */
const units = Effect.fnUntraced(function* (count: number) {
  const sql = yield* SqlClient.SqlClient
  yield* sql`delete from webhook`
  yield* sql`delete from business_unit`
  const ids: Array<number> = []
  for (let index = 1; index <= count; index++) {
    ids.push(yield* (yield* Sites).addUnit({ name: `Dom ${index}`, timeZone: "Europe/Warsaw" }))
  }
  return ids
})

const added = Effect.fnUntraced(function* () {
  return String((yield* run("list", "--json").pipe(Effect.map(({ out }) => parsed(out)))).at(-1)!["id"])
})

/** Does as a worker would with what waits. */
const attempt = Effect.fnUntraced(function* (result: Attempt) {
  const { settle, take } = yield* WebhookDeliveries
  const limits = { max: 100, perWebhookMax: 100, lease: Duration.minutes(1) }
  const taken = yield* take(Date.now(), limits)
  for (const one of taken) yield* settle(one, result, now)
  return taken
})

const failed = { isDelivered: false, status: 500, error: "The answer\nwas \u001b[31m500.", retryAt: null } as const
const delivered = { isDelivered: true, status: 204 } as const

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("spoor webhooks", (it) => {
  it.effect("adds a webhook, shows its secret once, and lists, disables, enables and removes it", () =>
    Effect.gen(function* () {
      const [unitId] = yield* units(1)
      assert.deepInclude(yield* run("list"), { out: "", err: "There are no webhooks.\n", isSuccess: true })
      const { err, isSuccess, out } = yield* run("add", "HTTPS://Shop.example/spoor", "--type", "AbandonedCart")
      assert.isTrue(isSuccess)
      assert.match(out, /^whsec_[\w+/]{43}=\n$/)
      assert.match(err, /Keep its secret/)
      const id = yield* added()
      const { out: again } = yield* run("add", url, "--historic", "--json")
      assert.deepInclude(parsed(again)[0], { kind: "webhook", url })
      assert.notStrictEqual(parsed(again)[0]!["secret"], out.trim())

      const listed = yield* run("list", "--json")
      assert.notInclude(listed.out, "whsec_")
      const [first, second] = parsed(listed.out)
      assert.deepInclude(first, { unitId, url, types: ["AbandonedCart"], historic: false, disabledReason: null })
      assert.deepInclude(second, {
        types: ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"],
        historic: true
      })

      assert.isTrue((yield* run("disable", id)).isSuccess)
      assert.match((yield* run("list")).out, /disabled +https:.* Disabled by hand\./)
      assert.isTrue((yield* run("enable", id)).isSuccess)
      assert.notMatch((yield* run("list")).out, /disabled/)
      assert.isTrue((yield* run("remove", id)).isSuccess)
      for (const command of ["enable", "disable", "remove", "test", "deliveries"]) {
        const { err, isSuccess } = yield* run(command, id)
        assert.isFalse(isSuccess, command)
        assert.match(err, /^spoor: The unit has no webhook with the ID \d+\./)
      }
    })
  )

  it.effect.each([
    "shop.example",
    "ftp://shop.example/",
    "https://ann:secret@shop.example/",
    "https://",
    "file:///etc"
  ])("does not take %s for an address", (address) =>
    Effect.gen(function* () {
      yield* units(1)
      const { err, isSuccess } = yield* run("add", address)
      assert.isFalse(isSuccess)
      assert.match(err, /address/)
      assert.strictEqual((yield* run("list", "--json")).out, "")
    })
  )

  it.effect("asks which business unit is meant, and shows nothing of another one", () =>
    Effect.gen(function* () {
      const [first, second] = yield* units(2)
      assert.match(
        (yield* run("list")).err,
        /several business units; say which by --unit: \d+ \(Dom 1\), \d+ \(Dom 2\)/
      )
      assert.match((yield* run("list", "--unit", "99999")).err, /There is no business unit 99999/)
      assert.isTrue((yield* run("add", url, "--unit", `${first}`)).isSuccess)
      assert.strictEqual((yield* run("list", "--json", "--unit", `${second}`)).out, "")
      const [webhook] = parsed((yield* run("list", "--json", "--unit", `${first}`)).out)
      assert.isFalse((yield* run("remove", `${webhook!["id"]}`, "--unit", `${second}`)).isSuccess)
      assert.isTrue((yield* run("remove", `${webhook!["id"]}`, "--unit", `${first}`)).isSuccess)
    })
  )

  it.effect("lists deliveries and sends them again", () =>
    Effect.gen(function* () {
      const [unitId] = yield* units(1)
      yield* run("add", url)
      const id = yield* added()
      const { test } = yield* Webhooks
      for (let count = 0; count < 120; count++) yield* test(unitId!, Number(id), now + count)
      const [last, ...rest] = (yield* attempt(failed)).toSorted((a, b) => b.id - a.id)
      assert.lengthOf(rest, 99)

      const all = parsed((yield* run("deliveries", id, "--json")).out)
      assert.lengthOf(all, 120)
      const ids = all.map((delivery) => Number(delivery["id"]))
      assert.deepEqual(
        ids,
        [...new Set(ids)].sort((a, b) => b - a)
      )
      const failures = parsed((yield* run("deliveries", id, "--json", "--state", "failed")).out)
      assert.lengthOf(failures, 100)
      assert.deepInclude(failures[0], { id: last!.id, attempts: 1, lastStatus: 500, deliveredAt: null })
      const table = yield* run("deliveries", id, "--state", "failed", "--limit", "2")
      assert.lengthOf(table.out.trim().split("\n"), 3)
      assert.include(table.out, "The answer was \\u001b[31m500.")
      assert.include(table.err, `--before ${rest[0]!.id}`)
      const older = yield* run("deliveries", id, "--json", "--before", `${ids.at(-2)}`)
      assert.deepEqual(
        parsed(older.out).map((delivery) => delivery["id"]),
        [ids.at(-1)]
      )

      assert.match((yield* run("replay", id)).err, /or say --failed/)
      assert.match((yield* run("replay", id, `${last!.id}`)).err, /^1 deliveries/)
      const waiting = yield* run("replay", id, `${last!.id}`, `${rest[0]!.id}`, "999999999")
      assert.isFalse(waiting.isSuccess)
      assert.match(waiting.err, new RegExp(`1 deliveries.*\n.*${last!.id}, 999999999\\.`))
      assert.match((yield* run("replay", id, "--failed")).err, /^98 deliveries/)
      assert.deepEqual(parsed((yield* run("deliveries", id, "--state", "failed", "--json")).out), [])
    })
  )

  it.effect("says what came of a test", () =>
    Effect.gen(function* () {
      yield* units(1)
      yield* run("add", url)
      const id = yield* added()
      for (const [result, sentence] of [
        [delivered, /^It was delivered: the answer was 204\.\n$/],
        [failed, /^spoor: It was not delivered\. The answer/]
      ] as const) {
        const asking = yield* Effect.forkChild(run("test", id))
        yield* Effect.repeat(Effect.delay(attempt(result), "50 millis"), { until: (taken) => taken.length > 0 })
        const { err, isSuccess } = yield* Fiber.join(asking)
        assert.match(err, sentence)
        assert.strictEqual(isSuccess, result.isDelivered)
      }
    })
  )
})
