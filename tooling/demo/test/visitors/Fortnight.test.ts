import { Event } from "@spoor/contracts"
import { Ids, Rules, Site } from "@spoor/domain"
import { Result } from "effect"
import { assert, describe, it } from "vitest"
import { generate } from "../../src/visitors/Fortnight.ts"

const past = { seed: "test", now: Date.UTC(2026, 10, 24, 12), shopUrl: "http://127.0.0.1:4020" }
const steps = generate(past)
const decoded = steps.map((step) => Event.decode({ ...step, receivedAt: step.at + 1_200 }))
const siteId = Ids.SiteId.make("sklep")

describe("the demo fortnight", () => {
  it("is the same for the same seed and another for another", () => {
    assert.deepEqual(generate(past), steps)
    assert.notDeepEqual(generate({ ...past, seed: "other" })[0], steps[0])
  })

  it("agrees with a later call on the same day about every event that both have", () => {
    const later = new Map(generate({ ...past, now: past.now + 3_600_000 }).map((step) => [step.id, step]))
    for (const step of steps) assert.deepEqual(later.get(step.id), step)
    assert.isAbove(later.size, steps.length)
  })

  it("is as busy as a small shop, and never ahead of its time", () => {
    assert.isAbove(steps.length, 15_000)
    assert.isBelow(steps.length, 45_000)
    assert.isAbove(new Set(steps.map(({ visitorId }) => visitorId)).size, 1_200)
    assert.isTrue(steps.every(({ at }) => at < past.now && at > past.now - 15 * 86_400_000))
    assert.strictEqual(new Set(steps.map(({ id }) => id)).size, steps.length)
  })

  it("holds nothing that the door would reject", () => {
    assert.deepEqual(decoded.filter(Result.isFailure), [])
  })

  it("holds every kind of ending", () => {
    const events = decoded
      .filter(Result.isSuccess)
      .map(({ success }) => Event.toActivity(success, { siteId, receivedAt: past.now }))
    const { sessions, outcomes } = Site.sessionize(Rules.defaults, { events }, past.now)
    const count = (is: (outcome: (typeof outcomes)[number]) => boolean) => outcomes.filter(is).length
    const carts = outcomes.filter((outcome) => outcome.type === "AbandonedCart")
    assert.isAbove(
      count(({ type }) => type === "AbandonedBrowse"),
      300
    )
    assert.isAbove(carts.length, 150)
    assert.isAbove(
      count(({ type }) => type === "FinalizedTransaction"),
      150
    )
    assert.isAbove(
      count((outcome) => outcome.type === "FinalizedTransaction" && outcome.isInferred),
      5
    )
    assert.isAbove(carts.filter(({ repeatOf }) => repeatOf !== null).length, 5)
    assert.isAbove(carts.filter(({ recoveredBy }) => recoveredBy !== null).length, 20)
    const known = sessions.filter(({ email }) => email !== null).length / sessions.length
    assert.isAbove(known, 0.15)
    assert.isBelow(known, 0.6)
  })
})
