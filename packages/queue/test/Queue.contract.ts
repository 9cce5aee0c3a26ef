import { assert, describe, it } from "@effect/vitest"
import { Array, Clock, Context, Duration, Effect, Fiber, Layer, Schema, Scope } from "effect"
import { TestClock } from "effect/testing"
import { attendedFor, type Limits } from "../src/Limits.ts"
import type { Delivery, Message } from "../src/Message.ts"
import { Queue, type TakeOptions } from "../src/Queue.ts"
import type { QueueUnavailable } from "../src/QueueUnavailable.ts"
import { message as modelMessage, Model, Operation } from "./Model.ts"

/** One implementation under test. */
export interface Subject {
  readonly name: string
  /** A new and empty place to keep messages. Built again after closing, its layer must find what was kept there. */
  readonly place: Effect.Effect<(limits: Limits) => Layer.Layer<Queue, QueueUnavailable>, never, Scope.Scope>
  /** How the queue's time passes: `TestClock.adjust`, or a real wait where a server keeps the time. */
  readonly pass: (duration: Duration.Input) => Effect.Effect<void>
  /** Short if time is real. */
  readonly ackWait: Duration.Input
  /** What the layer may count against `bytesMax` for one message besides its body; 0 if it counts bodies alone. */
  readonly envelopeBytesMax: number
  /** Whether messages outlive the layer's scope. */
  readonly isDurable: boolean
  /**
   * How many random runs are compared with the model step by step, 0 for none. That needs virtual time, and a queue
   * that ignores stale receipts and forgets ids at acknowledgement.
   */
  readonly lawRuns: number
}

type Case = Effect.Effect<void, QueueUnavailable, Queue | Scope.Scope>

const message = (id: string, body = `body of ${id}`): Message => ({ id, topic: "activity", body })
const all: TakeOptions = { topic: "activity", messagesMax: 1000, bytesMax: 64 * 1024 ** 2 }
const ids = (deliveries: ReadonlyArray<Delivery>) => deliveries.map((delivery) => delivery.id)
const numbered = (count: number) => Array.makeBy(count, (index) => message(`m${index}`))

const append = (...messages: ReadonlyArray<Message>) => Queue.use((queue) => queue.append(messages))
const take = (options: Partial<TakeOptions> = {}) => Queue.use((queue) => queue.take({ ...all, ...options }))
const acknowledge = (deliveries: ReadonlyArray<Delivery>) => Queue.use((queue) => queue.acknowledge(deliveries))
const release = (deliveries: ReadonlyArray<Delivery>, delay: Duration.Input) =>
  Queue.use((queue) => queue.release(deliveries, { delay }))
const depth = Queue.use((queue) => queue.depth("activity"))

/** For as long as the scope. */
const opened = (layer: Layer.Layer<Queue, QueueUnavailable>) =>
  Effect.map(Layer.build(layer), (context) => Context.get(context, Queue))

/** The reason of a failure, or `kept`. */
const outcome = <A, R>(effect: Effect.Effect<A, QueueUnavailable, R>) =>
  Effect.match(effect, { onFailure: ({ reason }) => reason, onSuccess: () => "kept" as const })

/** What every implementation of the queue must pass. */
export const contract = (subject: Subject) => {
  const envelopes = 2 * subject.envelopeBytesMax
  const half = Duration.divideUnsafe(Duration.fromInputUnsafe(subject.ackWait), 2)
  const holds = (name: string, run: Case, limits: Limits = {}) =>
    it.effect(name, () =>
      Effect.gen(function* () {
        const open = yield* subject.place
        yield* Effect.provide(run, open({ ackWait: subject.ackWait, ...limits }))
      })
    )

  describe(`${subject.name}: append and take`, () => {
    holds(
      "delivers what was appended, oldest first, as first attempts",
      Effect.gen(function* () {
        yield* append(message("b"), message("a"))
        yield* append(message("c"))
        const deliveries = yield* take()
        assert.deepStrictEqual(ids(deliveries), ["b", "a", "c"])
        assert.deepStrictEqual(
          deliveries.map(({ attempt, body }) => [body, attempt]),
          [
            ["body of b", 1],
            ["body of a", 1],
            ["body of c", 1]
          ]
        )
        assert.isTrue(deliveries.every(({ appendedAt }) => appendedAt >= deliveries[0].appendedAt))
      })
    )

    holds(
      "takes no more messages than asked for",
      Effect.gen(function* () {
        yield* append(...numbered(5))
        assert.deepStrictEqual(ids(yield* take({ messagesMax: 2 })), ["m0", "m1"])
        assert.deepStrictEqual(ids(yield* take({ messagesMax: 10 })), ["m2", "m3", "m4"])
      })
    )

    holds(
      "takes no more bytes than asked for, but always one message",
      Effect.gen(function* () {
        yield* append(message("a", "xxxx"), message("b", "łł"), message("c", "x".repeat(100)), message("d", "x"))
        assert.deepStrictEqual(ids(yield* take({ bytesMax: 8 })), ["a", "b"])
        assert.deepStrictEqual(ids(yield* take({ bytesMax: 8 })), ["c"])
        assert.deepStrictEqual(ids(yield* take({ bytesMax: 8 })), ["d"])
      })
    )

    holds(
      "an empty append changes nothing",
      Effect.gen(function* () {
        yield* append()
        assert.deepStrictEqual(yield* depth, { waiting: 0, taken: 0 })
      })
    )

    holds(
      "keeps an id once while it is waiting, with its first body",
      Effect.gen(function* () {
        yield* append(message("a", "first"), message("a", "second"))
        yield* append(message("a", "third"), message("b"))
        const deliveries = yield* take()
        assert.deepStrictEqual(ids(deliveries), ["a", "b"])
        assert.strictEqual(deliveries[0].body, "first")
      })
    )

    holds(
      "keeps an id once while it is taken",
      Effect.gen(function* () {
        yield* append(message("a"))
        const deliveries = yield* take()
        yield* append(message("a"), message("b"))
        assert.deepStrictEqual(ids(yield* take()), ["b"])
        yield* acknowledge(deliveries)
      })
    )

    holds(
      "a take waits for the first message and wakes without time passing",
      Effect.gen(function* () {
        const taker = yield* Effect.forkChild(take(), { startImmediately: true })
        yield* Effect.yieldNow
        assert.isUndefined(taker.pollUnsafe())
        yield* append(message("a"))
        assert.deepStrictEqual(ids(yield* Fiber.join(taker)), ["a"])
      })
    )

    holds(
      "an interrupted take holds nothing",
      Effect.gen(function* () {
        const taker = yield* Effect.forkChild(take(), { startImmediately: true })
        yield* Effect.yieldNow
        yield* Fiber.interrupt(taker)
        yield* append(message("a"))
        assert.deepStrictEqual(ids(yield* take()), ["a"])
      })
    )

    holds(
      "many takers never hold the same message at once",
      Effect.gen(function* () {
        const held = new Set<string>()
        const taker = Effect.gen(function* () {
          const deliveries = yield* take({ messagesMax: 3 })
          for (const { id } of deliveries) {
            assert.isFalse(held.has(id), `${id} is held twice`)
            held.add(id)
          }
          yield* Effect.yieldNow
          yield* acknowledge(deliveries)
        })
        const takers = yield* Effect.forkChild(
          Effect.all(Array.replicate(Effect.forever(taker), 8), { concurrency: 8 })
        )
        yield* Effect.forEach(Array.chunksOf(numbered(120), 4), (some) => append(...some), { concurrency: 8 })
        while ((yield* depth).waiting + (yield* depth).taken > 0) yield* Effect.yieldNow
        yield* Fiber.interrupt(takers)
        assert.strictEqual(held.size, 120)
      })
    )
  })

  describe(`${subject.name}: bodies`, () => {
    const bodies = {
      "an empty body": "",
      "a NUL character": "before\u0000after\u0000",
      "emoji and combining marks": "👩‍👩‍👧 zażółć gęślą jaźń e\u0301 \u{10ffff}",
      "line ends, quotes and a byte order mark": '\ufeff\r\n\t"\\\u2028\u0085',
      "1 MiB": "żółw ".repeat(131_072)
    }
    for (const [name, body] of Object.entries(bodies)) {
      holds(
        `keeps ${name} as it is`,
        Effect.gen(function* () {
          yield* append(message("a", body), message("ż\u{1f600}", body))
          const deliveries = yield* take()
          assert.deepStrictEqual(ids(deliveries), ["a", "ż\u{1f600}"])
          assert.isTrue(deliveries.every((delivery) => delivery.body === body))
        })
      )
    }

    holds(
      "a lone surrogate becomes the replacement character",
      Effect.gen(function* () {
        yield* append(message("a", "x\ud800y"))
        assert.strictEqual((yield* take())[0].body, "x\ufffdy")
      })
    )
  })

  describe(`${subject.name}: acknowledge and release`, () => {
    holds(
      "an acknowledged message never comes again",
      Effect.gen(function* () {
        yield* append(message("a"), message("b"))
        yield* acknowledge((yield* take()).slice(0, 1))
        yield* subject.pass(subject.ackWait)
        yield* subject.pass(half)
        assert.deepStrictEqual(ids(yield* take()), ["b"])
      })
    )

    holds(
      "a message that is not acknowledged is hidden for ackWait, then comes as the next attempt",
      Effect.gen(function* () {
        yield* append(message("a"))
        yield* take()
        yield* subject.pass(half)
        yield* append(message("b"))
        assert.deepStrictEqual(ids(yield* take()), ["b"])
        yield* subject.pass(half)
        const again = yield* take({ messagesMax: 1 })
        assert.deepStrictEqual([again[0].id, again[0].attempt], ["a", 2])
        yield* subject.pass(subject.ackWait)
        const attempts = Object.fromEntries((yield* take()).map(({ attempt, id }) => [id, attempt]))
        assert.deepStrictEqual(attempts, { a: 3, b: 2 })
      })
    )

    holds(
      "a waiting take receives the redelivery",
      Effect.gen(function* () {
        yield* append(message("a"))
        yield* take()
        const taker = yield* Effect.forkChild(take(), { startImmediately: true })
        yield* subject.pass(subject.ackWait)
        yield* subject.pass(half)
        assert.deepStrictEqual(
          (yield* Fiber.join(taker)).map(({ attempt }) => attempt),
          [2]
        )
      })
    )

    holds(
      "acknowledging twice, late or with nothing is harmless",
      Effect.gen(function* () {
        yield* append(message("a"), message("b"))
        const first = yield* take({ messagesMax: 1 })
        yield* acknowledge([])
        yield* acknowledge([...first, ...first])
        yield* acknowledge(first)
        const late = yield* take()
        yield* subject.pass(subject.ackWait)
        yield* acknowledge(late)
        assert.deepStrictEqual(yield* depth, { waiting: 0, taken: 0 })
      })
    )

    holds(
      "an old receipt does not touch a message appended later, not even with the same id",
      Effect.gen(function* () {
        yield* append(message("a"))
        const old = yield* take()
        yield* acknowledge(old)
        yield* append(message("b"))
        yield* acknowledge(old)
        yield* release(old, 0)
        assert.deepStrictEqual(ids(yield* take()), ["b"])
      })
    )

    holds(
      "after a redelivery both takers may acknowledge, in any order",
      Effect.gen(function* () {
        yield* append(message("a"))
        const first = yield* take()
        yield* subject.pass(subject.ackWait)
        const second = yield* take()
        assert.strictEqual(second[0].attempt, 2)
        yield* acknowledge(first)
        yield* acknowledge(second)
        assert.deepStrictEqual(yield* depth, { waiting: 0, taken: 0 })
      })
    )

    holds(
      "a released message comes again after its delay, not after ackWait",
      Effect.gen(function* () {
        yield* append(message("a"), message("b"))
        const [a, b] = yield* take()
        assert.isDefined(b)
        yield* release([a], 0)
        const again = yield* take()
        assert.deepStrictEqual([again[0].id, again[0].attempt], ["a", 2])
        yield* release([b], half)
        yield* append(message("c"))
        assert.deepStrictEqual(ids(yield* take()), ["c"])
        yield* subject.pass(half)
        assert.deepStrictEqual(ids(yield* take()), ["b"])
      })
    )

    holds(
      "releasing wakes a waiting take",
      Effect.gen(function* () {
        yield* append(message("a"))
        const deliveries = yield* take()
        const taker = yield* Effect.forkChild(take(), { startImmediately: true })
        yield* Effect.yieldNow
        yield* release(deliveries, 0)
        assert.deepStrictEqual(ids(yield* Fiber.join(taker)), ["a"])
      })
    )
  })

  describe(`${subject.name}: bounds and depth`, () => {
    holds(
      "refuses more messages than its bound, and takes them when there is room again",
      Effect.gen(function* () {
        yield* append(...numbered(3))
        assert.strictEqual(yield* outcome(append(message("one too many"))), "full")
        const deliveries = yield* take()
        assert.strictEqual(yield* outcome(append(message("one too many"))), "full")
        yield* acknowledge(deliveries)
        yield* append(message("one too many"))
        assert.deepStrictEqual(ids(yield* take()), ["one too many"])
      }),
      { messagesMax: 3 }
    )

    holds(
      "refuses more bytes than its bound, counted in UTF-8",
      Effect.gen(function* () {
        yield* append(message("a", "łłłł"))
        assert.strictEqual(yield* outcome(append(message("b", "x".repeat(3 + envelopes)))), "full")
        yield* append(message("b", "xx"))
      }),
      { bytesMax: 10 + envelopes }
    )

    holds(
      "repeating what it holds succeeds when it is full",
      Effect.gen(function* () {
        yield* append(...numbered(3))
        yield* append(...numbered(3))
        assert.strictEqual((yield* depth).waiting, 3)
      }),
      { messagesMax: 3 }
    )

    holds(
      "says whether there is room, and keeps nothing by saying so",
      Effect.gen(function* () {
        const check = outcome(Queue.use((queue) => queue.check))
        assert.strictEqual(yield* check, "kept")
        assert.deepStrictEqual(yield* depth, { waiting: 0, taken: 0 })
        yield* append(...numbered(2))
        assert.strictEqual(yield* check, "kept")
        yield* append(message("the last one"))
        assert.strictEqual(yield* check, "full")
        assert.strictEqual((yield* depth).waiting, 3)
        yield* acknowledge(yield* take({ messagesMax: 1 }))
        assert.strictEqual(yield* check, "kept")
      }),
      { messagesMax: 3 }
    )

    holds(
      "knows how much of its room is used, taken messages included",
      Effect.gen(function* () {
        const used = Queue.use((queue) => Effect.map(queue.fill, ({ messages, share }) => [messages, share.toFixed(2)]))
        assert.deepStrictEqual(yield* used, [0, "0.00"])
        yield* append(...numbered(2))
        const deliveries = yield* take({ messagesMax: 1 })
        assert.deepStrictEqual(yield* used, [2, "0.45"])
        yield* append({ ...message("c"), topic: "sms" }, message("d"))
        assert.deepStrictEqual(yield* used, [4, "0.90"])
        assert.strictEqual(yield* outcome(append(message("one too many"))), "full")
        yield* acknowledge(deliveries)
        assert.deepStrictEqual(yield* used, [3, "0.68"])
      }),
      { messagesMax: 4 }
    )

    holds(
      "counts waiting and taken messages, and knows the oldest",
      Effect.gen(function* () {
        yield* append(...numbered(3))
        const [first] = yield* take({ messagesMax: 1 })
        assert.deepStrictEqual(yield* depth, { waiting: 2, taken: 1, oldestAppendedAt: first.appendedAt })
        yield* release([first], subject.ackWait)
        assert.deepStrictEqual(yield* depth, { waiting: 3, taken: 0, oldestAppendedAt: first.appendedAt })
      })
    )
  })

  describe(`${subject.name}: lanes and takers`, () => {
    holds(
      "a lane has its own messages and ids, and a topic the sum of its lanes",
      Effect.gen(function* () {
        const queue = yield* Queue
        yield* append(message("a"), { ...message("a"), lane: 2, body: "of lane 2" }, { ...message("b"), lane: 2 })
        const [first, second] = yield* queue.take({ ...all, lane: 2 })
        assert.deepStrictEqual([first.body, second?.id], ["of lane 2", "b"])
        assert.deepStrictEqual(ids(yield* take()), ["a"])
        assert.strictEqual((yield* depth).taken, 3)
        assert.strictEqual((yield* queue.depth("activity", { lane: 2 })).taken, 2)
        yield* queue.acknowledge([first])
        assert.deepStrictEqual(yield* queue.depth("activity", { lane: 1 }), { waiting: 0, taken: 0 })
        assert.strictEqual((yield* depth).taken, 2)
      })
    )

    it.effect("takers know of each other until they leave, or have said nothing for too long", () =>
      Effect.gen(function* () {
        const open = yield* subject.place
        const one = yield* opened(open({}))
        const other = subject.isDurable ? yield* opened(open({})) : one
        // What one says, another may hear a moment later.
        const isSeen = (names: string, before: Effect.Effect<void> = TestClock.withLive(Effect.sleep("5 millis"))) =>
          Effect.repeat(Effect.andThen(before, one.attend("b")), { until: (known) => known.join() === names })
        assert.deepStrictEqual(yield* one.attend("b"), ["b"])
        yield* other.attend("a")
        yield* isSeen("a,b")
        yield* other.leave("a")
        yield* isSeen("b")
        yield* other.attend("a")
        yield* isSeen("a,b")
        let seconds = 0
        yield* isSeen(
          "b",
          Effect.suspend(() => {
            seconds++
            return TestClock.adjust("1 second")
          })
        )
        assert.isAtLeast(seconds, Duration.toSeconds(attendedFor))
      })
    )
  })

  describe(`${subject.name}: closing`, () => {
    it.effect("a closed queue refuses everything, and ends a waiting take", () =>
      Effect.gen(function* () {
        const open = yield* subject.place
        const scope = yield* Scope.make()
        const queue = yield* opened(open({})).pipe(Scope.provide(scope))
        const taker = yield* Effect.forkChild(queue.take(all), { startImmediately: true })
        yield* Effect.yieldNow
        yield* Scope.close(scope, yield* Effect.exit(Effect.void))
        assert.strictEqual(yield* outcome(Fiber.join(taker)), "closed")
        assert.strictEqual(yield* outcome(queue.append([message("a")])), "closed")
        assert.strictEqual(yield* outcome(queue.check), "closed")
        assert.strictEqual(yield* outcome(queue.depth("activity")), "closed")
      })
    )

    if (subject.isDurable) {
      it.effect("opened again it has what was appended and not acknowledged, in order", () =>
        Effect.gen(function* () {
          const open = yield* subject.place
          const layer = () => open({ ackWait: subject.ackWait })
          yield* Effect.gen(function* () {
            yield* append(...numbered(4))
            yield* acknowledge((yield* take({ messagesMax: 3 })).slice(0, 2))
          }).pipe(Effect.provide(layer()))
          yield* Effect.gen(function* () {
            assert.deepStrictEqual(ids(yield* take()), ["m3"])
            yield* subject.pass(subject.ackWait)
            const again = yield* take({ messagesMax: 1 })
            assert.deepStrictEqual([again[0].id, again[0].attempt], ["m2", 2])
          }).pipe(Effect.provide(layer()))
        })
      )
    }
  })

  if (subject.lawRuns > 0) law(subject)
}

/** The same steps against the queue and the model. A failure prints the steps, shrunk, and what replays them. */
const law = (subject: Subject) =>
  describe(`${subject.name}: law`, () => {
    it.effect.prop(
      "any sequence of steps does what the model says",
      { steps: Schema.Array(Operation).check(Schema.isMaxLength(40)) },
      ({ steps }) =>
        Effect.gen(function* () {
          const open = yield* subject.place
          const limits = { ackWait: 1000, messagesMax: 10 }
          yield* follow(steps, new Model(limits), subject.pass).pipe(Effect.provide(open(limits)))
        }).pipe(Effect.scoped),
      { arbitrary: { runs: subject.lawRuns, size: 40 } }
    )
  })

const follow = Effect.fnUntraced(function* (steps: ReadonlyArray<Operation>, model: Model, pass: Subject["pass"]) {
  const batches: Array<ReadonlyArray<Delivery>> = []
  for (const step of steps) {
    // So that no two appends share an instant, which is how the model tells them apart.
    yield* pass(1)
    const now = yield* Clock.currentTimeMillis
    switch (step.do) {
      case "append": {
        const messages = step.names.map(modelMessage)
        assert.strictEqual(yield* outcome(append(...messages)), model.append(messages, now))
        break
      }
      case "take": {
        const expected = model.take(step.messagesMax, step.bytesMax, now)
        if (expected.length === 0) break
        const deliveries = yield* take(step)
        assert.deepStrictEqual(
          deliveries.map(({ id, body, appendedAt, attempt }) => ({ id, body, appendedAt, attempt })),
          expected
        )
        batches.unshift(deliveries)
        break
      }
      case "acknowledge": {
        const deliveries = batches[step.batch] ?? []
        yield* acknowledge(deliveries)
        model.acknowledge(deliveries)
        break
      }
      case "release": {
        const deliveries = batches[step.batch] ?? []
        yield* release(deliveries, step.delay)
        model.release(deliveries, now + step.delay, now)
        break
      }
      case "pass":
        yield* pass(step.duration)
    }
    assert.deepStrictEqual(yield* depth, model.depth(yield* Clock.currentTimeMillis))
  }
})
