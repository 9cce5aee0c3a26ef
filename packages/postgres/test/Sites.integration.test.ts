import { assert, layer } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import { Effect, Layer } from "effect"
import { Activities } from "../src/Activities.ts"
import { ReportedOrders } from "../src/ReportedOrders.ts"
import { Sites } from "../src/Sites.ts"
import { Users } from "../src/Users.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const Database = Layer.mergeAll(ReportedOrders.layer, Users.layer).pipe(Layer.provideMerge(Shop.layer))

const quarter: Rules.Rules = { ...Rules.defaults, inactivity: 15 * MINUTE }

const furnish = Effect.fnUntraced(function* (name: string) {
  const unitId = yield* Shop.open(name)
  const users = yield* Users
  yield* users.create({ unitId, id: name, email: `${name}@shop.pl`, role: "administrator" }, "")
  return { unitId, siteId: Shop.siteId }
})

layer(Database, { timeout: "60 seconds" })("a site's rules", (it) => {
  it.effect("have versions, of which each knows who made it and from when it holds", () =>
    Effect.gen(function* () {
      const place = yield* furnish("anna")
      const { rules, versions, changeRules } = yield* Sites
      assert.deepStrictEqual(yield* rules(place), Rules.defaults)
      const change = { rules: quarter, userId: "anna", changedAt: Logs.noon, appliesFrom: Logs.noon + MINUTE }
      assert.isTrue(yield* changeRules(place, { ...change, version: 1 }))
      const inForce = yield* rules(place)
      assert.deepStrictEqual(inForce, { ...quarter, former: [{ until: Logs.noon + MINUTE, rules: Rules.defaults }] })
      assert.deepStrictEqual(Rules.inForce(inForce, Logs.noon), Rules.defaults)

      const back = { ...change, rules: Rules.defaults, appliesFrom: Logs.noon + 5 * MINUTE }
      assert.isTrue(yield* changeRules(place, { ...back, version: 2 }))
      const all = yield* versions(place)
      assert.deepStrictEqual(
        all.map(({ version, appliesFrom, changedBy }) => [version, appliesFrom, changedBy]),
        [
          [1, null, null],
          [2, Logs.noon + MINUTE, "anna@shop.pl"],
          [3, Logs.noon + 5 * MINUTE, "anna@shop.pl"]
        ]
      )
      const third = yield* rules(place)
      assert.strictEqual(Rules.inForce(third, Logs.noon + 4 * MINUTE).inactivity, quarter.inactivity)
      assert.strictEqual(Rules.inForce(third, Logs.noon + 5 * MINUTE).inactivity, Rules.defaults.inactivity)
    })
  )

  it.effect("are changed by one of two who change the same version, and never by a version that is not next", () =>
    Effect.gen(function* () {
      const place = yield* furnish("bob")
      const { versions, changeRules } = yield* Sites
      const change = {
        rules: quarter,
        userId: "bob",
        changedAt: Logs.noon,
        appliesFrom: Logs.noon + MINUTE,
        version: 1
      }
      const both = yield* Effect.all([changeRules(place, change), changeRules(place, change)], { concurrency: 2 })
      assert.deepStrictEqual(both.toSorted(), [false, true])
      assert.isFalse(yield* changeRules(place, { ...change, version: 7 }))
      assert.lengthOf(yield* versions(place), 2)
    })
  )

  it.effect("and what they are asked of are the site's own, in this unit", () =>
    Effect.gen(function* () {
      const place = yield* furnish("carl")
      const other = yield* furnish("dora")
      const at = Logs.noon
      yield* Shop.fill(
        place.unitId,
        [0, 1, 2, 3].map((minutes) => Shop.event(`e${minutes}`, at + minutes * MINUTE)),
        at
      )
      const { changeRules, rules } = yield* Sites
      yield* changeRules(place, { rules: quarter, userId: "carl", changedAt: at, appliesFrom: at, version: 1 })
      assert.deepStrictEqual(yield* rules(other), Rules.defaults)
      const { ofSite } = yield* Activities
      const idsOf = (since: number, limit: number, of = place) =>
        Effect.map(ofSite(of, since, limit), (events) => events.map(({ id }) => String(id)))
      assert.deepStrictEqual(yield* idsOf(at + MINUTE, 10), ["e3", "e2", "e1"])
      assert.deepStrictEqual(yield* idsOf(0, 2), ["e3", "e2"])
      assert.deepStrictEqual(yield* idsOf(0, 10, other), [])
      assert.deepStrictEqual(yield* idsOf(0, 10, { ...place, siteId: Ids.SiteId.make("none") }), [])
      const orders = yield* ReportedOrders
      assert.deepStrictEqual(yield* orders.ofSite(place, 0, 10), [])
    })
  )
})
