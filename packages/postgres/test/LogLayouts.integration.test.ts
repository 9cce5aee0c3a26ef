import { assert, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { LogLayouts, type Reader } from "../src/LogLayouts.ts"
import { Users } from "../src/Users.ts"
import * as Shop from "./Shop.ts"

const Database = Layer.merge(LogLayouts.layer, Users.layer).pipe(Layer.provideMerge(Shop.layer))

const usual = { hidden: [], widths: {}, isRoomy: false }
const own = { hidden: ["ip", "userAgent"], widths: { url: 320, status: 96 }, isRoomy: true }

/** A person of a new unit, before their API log. */
const enrol = Effect.fn(function* (id: string) {
  const unitId = yield* Shop.open(id)
  yield* (yield* Users).create({ unitId, id, email: `${id}@example.com`, role: "marketer" }, "hash")
  return { unitId, userId: id, log: "api" } satisfies Reader
})

layer(Database, { timeout: "60 seconds" })("the layouts of logs", (it) => {
  it.effect("are kept as they were chosen last, and forgotten when asked", () =>
    Effect.gen(function* () {
      const layouts = yield* LogLayouts
      const ola = yield* enrol("ola")
      assert.deepStrictEqual(yield* layouts.of(ola), usual)
      yield* layouts.keep(ola, own)
      assert.deepStrictEqual(yield* layouts.of(ola), own)
      yield* layouts.keep(ola, { ...own, hidden: [], widths: {} })
      assert.deepStrictEqual(yield* layouts.of(ola), { hidden: [], widths: {}, isRoomy: true })
      yield* layouts.forget(ola)
      assert.deepStrictEqual(yield* layouts.of(ola), usual)
    })
  )

  it.effect("are of one person, one log and one unit", () =>
    Effect.gen(function* () {
      const layouts = yield* LogLayouts
      const jan = yield* enrol("jan")
      const ewa = yield* enrol("ewa")
      yield* layouts.keep(jan, own)
      const others: ReadonlyArray<Reader> = [
        ewa,
        { ...jan, log: "panel" },
        { ...jan, unitId: ewa.unitId },
        { ...jan, userId: "ewa" }
      ]
      for (const other of others) assert.deepStrictEqual(yield* layouts.of(other), usual)
      yield* layouts.forget(ewa)
      assert.deepStrictEqual(yield* layouts.of(jan), own)
      const reason = yield* Effect.flip(layouts.keep({ ...jan, unitId: ewa.unitId }, own))
      assert.strictEqual(reason.reason._tag, "ConstraintError")
    })
  )
})
