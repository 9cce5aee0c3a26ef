import { assert, layer } from "@effect/vitest"
import { Ids, LogJson } from "@spoor/domain"
import { Identifications, LogReader, WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { Effect, Fiber } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import type { ServerResponse } from "node:http"
import { Deliverer } from "../../src/webhook/Deliverer.ts"
import * as Receiver from "./Receiver.ts"
import * as Subscribers from "./Subscribers.ts"

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
/** Near the real time, in whole seconds. */
const start = Math.floor(Date.now() / SECOND) * SECOND

const { arrive, cart, deliverAll, emitDue, event, openShop, purchase, subscribe } = Subscribers

const ids = (received: ReadonlyArray<Receiver.Received>) => received.map(({ id }) => id)

/** What each message is about: its type, and the order or the type of the outcome. */
const gist = ({ message }: Receiver.Received): string =>
  message.type === "webhook.test"
    ? message.type
    : `${message.type} ${message.data.details.order?.id ?? message.data.type}`

const status =
  (code: number, headers: Record<string, string> = {}) =>
  (_: unknown, response: ServerResponse) =>
    void response.writeHead(code, headers).end("no")

const hangUp = (_: unknown, response: ServerResponse) => void response.socket!.resetAndDestroy()

layer(Subscribers.layer, { timeout: "60 seconds" })("a subscriber", (it) => {
  it.effect("is told of each outcome once, signed, as the read API shows it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, logReader] = [yield* openShop, yield* Receiver.open, yield* LogReader]
      yield* subscribe(place, receiver, start)
      yield* arrive(
        place,
        ["a", "b", "c"].map((visitor) => purchase(visitor, `ZAM-${visitor}`, start - MINUTE))
      )
      yield* TestClock.setTime(start + SECOND + 400)
      yield* deliverAll
      yield* TestClock.setTime(start + HOUR)
      yield* deliverAll
      assert.deepEqual(receiver.received.map(gist).sort(), [
        "outcome.emitted ZAM-a",
        "outcome.emitted ZAM-b",
        "outcome.emitted ZAM-c"
      ])
      assert.lengthOf(new Set(ids(receiver.received)), 3)
      for (const { body, id, message, sentAt } of receiver.received) {
        assert.match(id, /^msg_[\da-f-]{36}$/)
        assert.strictEqual(sentAt, start + SECOND)
        assert.strictEqual(message.timestamp, start)
        if (message.type === "webhook.test") return assert.fail("There was no test.")
        const row = yield* logReader.find(place.unitId, "session-events", message.data.id)
        assert.deepEqual(JSON.parse(body), {
          type: "outcome.emitted",
          timestamp: new Date(start).toISOString(),
          data: LogJson.encode("session-events", row!),
          url: `https://panel.example/session-events/${message.data.id}`
        })
      }
      const log = yield* (yield* WebhookDeliveries).page(place.unitId, yield* webhookOf(place.unitId), { rowsMax: 10 })
      for (const delivery of log) {
        assert.deepInclude(delivery, { state: "delivered", attempts: 1, lastStatus: 200, lastError: null })
        assert.strictEqual(delivery.deliveredAt, start + SECOND + 400)
      }
    })
  )

  it.effect("sees what repeats, and what is historic only where it asked for that", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, news, archive] = [yield* openShop, yield* Receiver.open, yield* Receiver.open]
      yield* subscribe(place, news, start)
      yield* subscribe(place, archive, start, { isWithHistoric: true })
      const first = start - 6 * HOUR
      yield* arrive(place, [cart("a", "a1", first), cart("a", "a2", first + 2 * HOUR)])
      const longAgo = start - 400 * 24 * HOUR
      yield* arrive(place, [cart("h", "h1", longAgo, { isHistory: true })])
      yield* emitDue
      yield* deliverAll
      const marks = (receiver: Receiver.Receiver) =>
        receiver.received
          .flatMap(({ message }) => (message.type === "webhook.test" ? [] : [message.data]))
          .sort((a, b) => a.createdAt - b.createdAt)
          .map(({ details, visitorId }) => [visitorId, details.isHistoric, details.repeatOf])
      const repeated = news.received
        .flatMap(({ message }) => (message.type === "webhook.test" ? [] : [message.data]))
        .find(({ details }) => details.repeatOf === null)
      assert.deepEqual(marks(news), [
        ["a", false, null],
        ["a", false, repeated!.id]
      ])
      assert.deepEqual(marks(archive), [["h", true, null], ...marks(news)])
    })
  )

  it.effect("is told what is superseded, by what, what became known, and what was taken back", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver] = [yield* openShop, yield* Receiver.open]
      yield* subscribe(place, receiver, start)
      yield* arrive(place, [purchase("a", null, start - 3 * MINUTE)])
      yield* deliverAll
      yield* arrive(place, [purchase("a", "ZAM-1", start - 2 * MINUTE)])
      yield* deliverAll
      yield* arrive(place, [event("a", "mail", start - MINUTE, { email: Ids.Email.make("ann@example.pl") })])
      yield* deliverAll
      const { unlink } = yield* Identifications
      const ever = { siteId: place.siteId, visitorId: Ids.VisitorId.make("a"), from: null, until: null }
      const email = Ids.Email.make("ann@example.pl")
      yield* unlink(place.unitId, { ...ever, email }, { userId: null, at: start, reason: null })
      yield* arrive(place, [event("a", "next", start)])
      yield* deliverAll
      assert.deepEqual(receiver.received.map(gist), [
        "outcome.emitted FinalizedTransaction",
        "outcome.superseded FinalizedTransaction",
        "outcome.emitted ZAM-1",
        "outcome.amended ZAM-1",
        "outcome.amended ZAM-1"
      ])
      const rows = receiver.received.flatMap(({ message }) => (message.type === "webhook.test" ? [] : [message.data]))
      assert.strictEqual(rows[1]!.id, rows[0]!.id)
      assert.isTrue(rows[0]!.details.isInferred)
      assert.deepInclude(rows[1]!.details, { supersededReason: "purchase-named", supersededBy: rows[2]!.id })
      assert.deepEqual(
        rows.slice(2).map(({ visitorEmail }) => visitorEmail),
        [null, email, null]
      )
    })
  )

  it.effect(
    "gets the same message again after every failure, ever later, until it is given up; and when it is replayed",
    () =>
      Effect.gen(function* () {
        const failures = [
          status(500),
          hangUp,
          status(404),
          status(302, { location: "http://127.0.0.1:1/" }),
          status(400),
          hangUp,
          status(503),
          status(429),
          status(500),
          status(401)
        ]
        const schedule = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map((delay) => delay * SECOND)
        yield* TestClock.setTime(start)
        const [place, receiver, deliverer] = [yield* openShop, yield* Receiver.open, yield* Deliverer]
        const { find, page, replay } = yield* WebhookDeliveries
        const webhookId = yield* subscribe(place, receiver, start)
        yield* arrive(place, [purchase("a", "ZAM-1", start - MINUTE)])
        const id = (yield* page(place.unitId, webhookId, { rowsMax: 1 }))[0]!.id
        let now = start
        for (const [index, failure] of failures.entries()) {
          receiver.answer(failure)
          assert.strictEqual(yield* deliverer.once, 1)
          const delivery = (yield* find(place.unitId, id))!
          const delay = schedule[index]
          assert.deepInclude(delivery, { attempts: index + 1, state: delay === undefined ? "failed" : "waiting" })
          assert.isNotNull(delivery.lastError)
          if (delay === undefined) break
          assert.isAtLeast(delivery.nextAttemptAt, now + delay * 0.8)
          assert.isAtMost(delivery.nextAttemptAt, now + delay * 1.2)
          now = delivery.nextAttemptAt
          yield* TestClock.setTime(now - 1)
          assert.strictEqual(yield* deliverer.once, 0)
          yield* TestClock.setTime(now)
        }
        yield* TestClock.setTime(now + 1_000 * HOUR)
        assert.strictEqual(yield* deliverer.once, 0)
        receiver.answer(status(204))
        assert.isTrue(yield* replay(place.unitId, id, now))
        yield* deliverAll
        assert.deepInclude(yield* find(place.unitId, id), { state: "delivered", lastStatus: 204, attempts: 1 })
        assert.lengthOf(receiver.received, 11)
        assert.lengthOf(new Set(ids(receiver.received)), 1)
        assert.lengthOf(new Set(receiver.received.map(({ body }) => body)), 1)
        const sent = receiver.received.map(({ sentAt }) => sentAt)
        assert.deepEqual(
          sent,
          [...new Set(sent)].sort((a, b) => a - b)
        )
      })
  )

  it.effect("that does not answer in time is tried again", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, deliverer] = [yield* openShop, yield* Receiver.open, yield* Deliverer]
      const webhookId = yield* subscribe(place, receiver, start)
      yield* arrive(place, [purchase("a", "ZAM-1", start - MINUTE)])
      receiver.answer(() => {})
      const round = yield* Effect.forkChild(deliverer.once)
      yield* receiver.hasReceived(1)
      yield* TestClock.adjust("15 seconds")
      yield* Fiber.join(round)
      const [delivery] = yield* (yield* WebhookDeliveries).page(place.unitId, webhookId, { rowsMax: 1 })
      assert.deepInclude(delivery, { state: "waiting", lastStatus: null, attempts: 1 })
      assert.match(delivery!.lastError!, /15 seconds/)
      receiver.answer(status(200))
      yield* TestClock.adjust("6 seconds")
      yield* deliverAll
      assert.lengthOf(receiver.received, 2)
      assert.lengthOf(new Set(ids(receiver.received)), 1)
    })
  )

  it.effect("that asks for a pause gets one, for all of its messages", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, other] = [yield* openShop, yield* Receiver.open, yield* Receiver.open]
      const { once } = yield* Deliverer
      yield* subscribe(place, receiver, start)
      yield* subscribe(place, other, start)
      yield* arrive(place, [purchase("a", "ZAM-1", start - MINUTE)])
      receiver.answer(status(429, { "retry-after": "3600" }))
      yield* deliverAll
      yield* arrive(place, [purchase("b", "ZAM-2", start - MINUTE)])
      yield* TestClock.setTime(start + HOUR - 1)
      receiver.answer(status(200))
      assert.strictEqual(yield* once, 1)
      assert.lengthOf(receiver.received, 1)
      assert.lengthOf(other.received, 2)
      yield* TestClock.setTime(start + HOUR)
      yield* deliverAll
      assert.lengthOf(receiver.received, 3)
    })
  )

  it.effect("that is gone is told nothing more, until someone enables it", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver] = [yield* openShop, yield* Receiver.open]
      const { enable, ofUnit } = yield* Webhooks
      const { page, replayFailed } = yield* WebhookDeliveries
      const webhookId = yield* subscribe(place, receiver, start)
      receiver.answer(status(410))
      yield* arrive(place, [purchase("a", "ZAM-1", start - MINUTE), purchase("a", "ZAM-2", start - MINUTE + 1)])
      yield* deliverAll
      yield* arrive(place, [purchase("b", "ZAM-3", start - MINUTE)])
      yield* TestClock.setTime(start + HOUR)
      yield* deliverAll
      assert.match((yield* ofUnit(place.unitId))[0]!.disabledReason!, /410/)
      assert.deepEqual(receiver.received.map(gist), ["outcome.emitted ZAM-1"])
      assert.deepEqual(
        (yield* page(place.unitId, webhookId, { rowsMax: 9 })).map(({ state }) => state),
        ["waiting", "failed"]
      )
      receiver.answer(status(200))
      assert.isTrue(yield* enable(place.unitId, webhookId))
      assert.strictEqual(yield* replayFailed(place.unitId, webhookId, start), 1)
      yield* deliverAll
      assert.deepEqual(receiver.received.slice(1).map(gist), ["outcome.emitted ZAM-1", "outcome.emitted ZAM-2"])
    })
  )

  it.effect("gets a message again, with the same ID, whose deliverer died between the request and its note", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, deliverer] = [yield* openShop, yield* Receiver.open, yield* Deliverer]
      yield* subscribe(place, receiver, start)
      yield* arrive(place, [purchase("a", "ZAM-1", start - MINUTE)])
      receiver.answer(() => {})
      const dying = yield* Effect.forkChild(deliverer.once)
      yield* receiver.hasReceived(1)
      yield* Fiber.interrupt(dying)
      receiver.answer(status(200))
      yield* TestClock.adjust("59999 millis")
      assert.strictEqual(yield* deliverer.once, 0)
      yield* TestClock.adjust("1 millis")
      yield* deliverAll
      assert.deepEqual(receiver.received.map(gist), ["outcome.emitted ZAM-1", "outcome.emitted ZAM-1"])
      assert.lengthOf(new Set(ids(receiver.received)), 1)
    })
  )

  it.effect("inside is not spoken to, and the log says why", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver] = [yield* openShop, yield* Receiver.open]
      const webhookId = yield* subscribe(place, { url: `http://[::1]:${receiver.port}/` }, start)
      yield* (yield* Webhooks).test(place.unitId, webhookId, start)
      yield* deliverAll
      const [delivery] = yield* (yield* WebhookDeliveries).page(place.unitId, webhookId, { rowsMax: 1 })
      assert.deepInclude(delivery, { type: "webhook.test", state: "waiting", attempts: 1, lastStatus: null })
      assert.match(delivery!.lastError!, /::1, which is not on the public internet/)
      assert.strictEqual(receiver.connections(), 0)
    })
  )

  it.effect("loses nothing to a row that cannot be told, or is not there any more", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, sql] = [yield* openShop, yield* Receiver.open, yield* SqlClient.SqlClient]
      const webhookId = yield* subscribe(place, receiver, start)
      yield* arrive(
        place,
        ["a", "b", "c"].map((visitor) => purchase(visitor, `ZAM-${visitor}`, start - MINUTE))
      )
      const ofVisitor = (visitor: string) => sql`unit_id = ${place.unitId} and visitor_id = ${visitor}`
      // A row that no schema accepts: a mistake of ours.
      yield* sql`update session_event set explanation = '{}' where ${ofVisitor("a")}`
      yield* sql`delete from session_event where ${ofVisitor("b")}`
      yield* deliverAll
      assert.deepEqual(receiver.received.map(gist), ["outcome.emitted ZAM-c"])
      const log = yield* (yield* WebhookDeliveries).page(place.unitId, webhookId, { rowsMax: 3 })
      assert.sameDeepMembers(
        log.map(({ state, lastError }) => [state, lastError]),
        [
          ["waiting", "The message could not be made."],
          ["failed", "The session event is gone."],
          ["delivered", null]
        ]
      )
    })
  )

  it.effect("gets many messages at once without a pause between them", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver, deliverer] = [yield* openShop, yield* Receiver.open, yield* Deliverer]
      const webhookId = yield* subscribe(place, receiver, start)
      const { test } = yield* Webhooks
      for (let count = 0; count < 40; count++) yield* test(place.unitId, webhookId, start)
      // The clock stands still: whoever sleeps sleeps for ever.
      const running = yield* Effect.forkChild(deliverer.run)
      yield* receiver.hasReceived(40)
      yield* Fiber.interrupt(running)
      assert.lengthOf(new Set(ids(receiver.received)), 40)
    })
  )

  it.effect("hears that messages arrive", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(start)
      const [place, receiver] = [yield* openShop, yield* Receiver.open]
      const webhookId = yield* subscribe(place, receiver, start)
      yield* (yield* Webhooks).test(place.unitId, webhookId, start)
      yield* deliverAll
      assert.deepEqual(
        receiver.received.map(({ message }) => message),
        [{ type: "webhook.test", timestamp: start, data: { webhookId } }]
      )
    })
  )
})

const webhookOf = Effect.fnUntraced(function* (unitId: number) {
  return (yield* (yield* Webhooks).ofUnit(unitId))[0]!.id
})
