import { assert, describe, it } from "@effect/vitest"
import type { Intake } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { Receipt } from "@spoor/queue"
import { Schema } from "effect"
import { inLanes } from "../src/Lanes.ts"

const siteId = Ids.SiteId.make("sklep")
const event = (id: string, visitor: Ids.VisitorId) => ({
  id: Ids.EventId.make(id),
  siteId,
  visitorId: visitor,
  type: "VisitOnWebsite" as const,
  occurredAt: 0,
  clientAt: 0,
  receivedAt: 0,
  sequence: 0,
  url: "http://localhost/"
})

const batchOf = (id: string, visitors: ReadonlyArray<Ids.VisitorId>) => {
  const intake: Intake.Intake = {
    unitId: 1,
    siteId,
    door: "native",
    receivedAt: 0,
    activities: visitors.map((visitor, at) => event(`${id}:${at}`, visitor)),
    identifications: [],
    duplicates: 3,
    rejections: []
  }
  return {
    delivery: { id, topic: "activity" as const, body: "", attempt: 1, appendedAt: 0, receipt: Receipt.make(id) },
    intake
  }
}

describe("lanes", () => {
  it.prop(
    "have every event once, each visitor in one lane for good, and each message once under its own name",
    [Schema.Array(Schema.Array(Ids.VisitorId))],
    ([all]) => {
      const batches = all.map((visitors, at) => batchOf(`m${at}`, visitors))
      const lanes = inLanes(batches)
      const parts = lanes.flat()
      const idsOf = (intakes: ReadonlyArray<Intake.Intake>) =>
        intakes.flatMap(({ activities }) => activities.map(({ id }) => String(id))).sort()
      assert.deepStrictEqual(idsOf(parts.map(({ intake }) => intake)), idsOf(batches.map(({ intake }) => intake)))
      const entries = parts.map(({ entry }) => entry)
      assert.strictEqual(new Set(entries).size, entries.length)
      for (const { delivery } of batches) assert.include(entries, delivery.id)
      const visitorsOf = (lane: (typeof lanes)[number]) =>
        new Set(lane.flatMap(({ intake }) => intake.activities.map(({ visitorId }) => visitorId)))
      const [one = new Set(), other = new Set()] = lanes.map(visitorsOf)
      assert.isFalse([...one].some((visitor) => other.has(visitor)))
      assert.strictEqual(
        parts.reduce((sum, { intake }) => sum + intake.duplicates, 0),
        3 * batches.length
      )
      // The same message by itself is shared out as among others.
      assert.sameDeepMembers(
        batches.flatMap((batch) => inLanes([batch]).flat()),
        parts
      )
    }
  )
})
