import { assert, layer } from "@effect/vitest"
import type { Place } from "@spoor/postgres"
import { Recorder } from "@spoor/recorder"
import { record } from "@spoor/recorder/express"
import { Effect, Schedule } from "effect"
import { SqlClient } from "effect/sql"
import express from "express"
import type { AddressInfo } from "node:net"
import * as FaultProxy from "../src/FaultProxy.ts"
import { House } from "../src/House.ts"

const openService = (recorder: Recorder.Recorder<"api">) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const app = express()
      app.use(record(recorder, { describe: () => ({ apiKey: { name: "ERP", prefix: "ak_1" } }) }))
      app.get(
        "/orders/:number",
        ({ params }, response) => void response.status(Number(params.number) % 7 ? 200 : 404).end()
      )
      const server = app.listen(0, "127.0.0.1")
      await new Promise((done) => server.once("listening", done))
      return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
    }),
    ({ server }) => Effect.sync(() => server.close())
  )

/** What the house did with the rows of others; its own requests are rows, too. */
const written = Effect.fnUntraced(function* ({ siteId, unitId }: Place) {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ readonly url: string; readonly status: number }>`
    select url, status, key_name, ip from api_log where unit_id = ${unitId} and url like '/orders/%'`
  const [books] = yield* sql<{ readonly stored: number; readonly duplicate: number; readonly rejected: number }>`
    select sum(stored)::int as stored, sum(duplicate)::int as duplicate, sum(rejected)::int as rejected
    from intake_count where unit_id = ${unitId} and site_id = ${siteId} and log = 'api'`
  return { rows, books }
}, Effect.orDie)

const trials: ReadonlyArray<readonly [string, boolean, ReadonlyArray<FaultProxy.Fault>]> = [
  ["with nothing in its way", false, []],
  ["a 429 that says when to come again", false, [{ _tag: "refuse", status: 429, retryAfter: 1 }]],
  ["a 503", false, [{ _tag: "refuse", status: 503 }]],
  ["a connection that breaks before the door hears of it", false, [{ _tag: "reset", when: "before" }]],
  ["a connection that breaks after the door answered", true, [{ _tag: "reset", when: "after" }]],
  ["an answer slower than it waits", true, [{ _tag: "slow", delay: 2_500 }]]
]

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the recorder", (it) => {
  for (const [name, isDoubled, faults] of trials) {
    it.effect(
      `logs each request of a service exactly once: ${name}`,
      () =>
        Effect.gen(function* () {
          const { openShop, origin } = yield* House
          const { place, serverKey } = yield* openShop
          const proxy = yield* FaultProxy.open(origin, faults)
          const recorder = Recorder.make({
            url: proxy.origin,
            key: serverKey,
            log: "api",
            batchItemsMax: 50,
            requestTimeoutMs: 2_000,
            retryDelayMs: 100,
            onProblem: ({ message }) => assert.fail(message)
          })
          const service = yield* openService(recorder)
          const numbers = Array.from({ length: 120 }, (_, index) => index)
          yield* Effect.forEach(
            numbers,
            (number) => Effect.promise(() => fetch(`${service.origin}/orders/${number}?token=secret`)),
            { concurrency: 10 }
          )
          assert.isTrue(yield* Effect.promise(() => recorder.close({ timeoutMs: 20_000 })))
          assert.strictEqual(recorder.counters().sent, numbers.length)

          // The worker may write a batch that came twice after all others: its second coming is in the books, too. And it may
          // write between the look at the rows and that at the books.
          const { books, rows } = yield* Effect.repeat(written(place), {
            until: ({ books, rows }) =>
              books?.stored === numbers.length && rows.length >= numbers.length && (!isDoubled || books.duplicate > 0),
            schedule: Schedule.spaced("100 millis"),
            times: 200
          })
          assert.deepStrictEqual(
            rows.toSorted((a, b) => a.url.localeCompare(b.url, "en", { numeric: true })),
            numbers.map((number) => ({
              url: `/orders/${number}`,
              status: number % 7 ? 200 : 404,
              key_name: "ERP",
              ip: "127.0.0.1"
            }))
          )
          assert.deepInclude(books, { stored: numbers.length, rejected: 0 })
          assert.strictEqual((books?.duplicate ?? 0) > 0, isDoubled)
          assert.isTrue(faults.every((fault) => proxy.sent.some((sent) => sent.fault === fault)))
        }).pipe(Effect.scoped),
      { timeout: 60_000 }
    )
  }
})
