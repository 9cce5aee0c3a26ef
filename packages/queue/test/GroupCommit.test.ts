import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { GroupCommit } from "../src/GroupCommit.ts"
import { QueueUnavailable } from "../src/QueueUnavailable.ts"

const scene = () => {
  const database = new DatabaseSync(":memory:")
  database.exec("create table line (text text not null)")
  const insert = database.prepare("insert into line values (?)")
  const group = new GroupCommit(database)
  const write = (text: string) =>
    group.write(() => {
      insert.run(text)
      return Result.void
    })
  const lines = () =>
    database
      .prepare("select text from line")
      .all()
      .map(({ text }) => text)
  return { database, group, lines, write }
}

const reason = (effect: Effect.Effect<void, QueueUnavailable>) =>
  Effect.match(effect, { onFailure: (error) => error.reason, onSuccess: () => "kept" })

describe("GroupCommit", () => {
  it.effect("commits what arrives in one turn together, in order", () =>
    Effect.gen(function* () {
      const { group, lines, write } = scene()
      let linesSeenByLast: ReadonlyArray<unknown> = []
      const last = group.write(() => Result.succeed(void (linesSeenByLast = lines())))
      yield* Effect.all([write("a"), write("b"), last], { concurrency: "unbounded" })
      assert.deepStrictEqual(linesSeenByLast, ["a", "b"])
    })
  )

  it.effect("a refusal leaves its group alone", () =>
    Effect.gen(function* () {
      const { group, lines, write } = scene()
      const refused = group.write(() => Result.fail(new QueueUnavailable({ reason: "full" })))
      const reasons = [write("a"), refused, write("c")].map(reason)
      assert.deepStrictEqual(yield* Effect.all(reasons, { concurrency: "unbounded" }), ["kept", "full", "kept"])
      assert.deepStrictEqual(lines(), ["a", "c"])
    })
  )

  it.effect("a disk without room fails the whole group with `full` and keeps none of it", () =>
    Effect.gen(function* () {
      const { database, lines, write } = scene()
      database.exec("pragma max_page_count = 10")
      const reasons = [write("a"), write("x".repeat(100_000))].map(reason)
      assert.deepStrictEqual(yield* Effect.all(reasons, { concurrency: "unbounded" }), ["full", "full"])
      yield* write("b")
      assert.deepStrictEqual(lines(), ["b"])
    })
  )

  it.effect("a failing statement fails the whole group with `io`, and the next group works", () =>
    Effect.gen(function* () {
      const { group, lines, write } = scene()
      const broken = group.write((): Result.Result<void, QueueUnavailable> => {
        throw new Error("broken")
      })
      const reasons = [write("a"), broken].map(reason)
      assert.deepStrictEqual(yield* Effect.all(reasons, { concurrency: "unbounded" }), ["io", "io"])
      yield* write("b")
      assert.deepStrictEqual(lines(), ["b"])
    })
  )

  it.effect("closing commits what has arrived and refuses what comes later", () =>
    Effect.gen(function* () {
      const { group, lines, write } = scene()
      const writing = yield* Effect.forkChild(write("a"), { startImmediately: true })
      group.close()
      assert.deepStrictEqual(lines(), ["a"])
      yield* Fiber.join(writing)
      assert.strictEqual(yield* reason(write("b")), "closed")
    })
  )
})
