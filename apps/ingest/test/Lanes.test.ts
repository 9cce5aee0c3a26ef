import { assert, describe, it } from "@effect/vitest"
import { Intake } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { lanes } from "@spoor/queue"
import { Schema } from "effect"
import { messagesOf, type Part, partsOf } from "../src/Lanes.ts"

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

const intakeOf = (id: string, visitors: ReadonlyArray<Ids.VisitorId>): Intake.Intake => ({
  unitId: 1,
  siteId,
  door: "native",
  receivedAt: 0,
  activities: visitors.map((visitor, at) => event(`${id}:${at}`, visitor)),
  identifications: [],
  duplicates: 3,
  rejections: []
})

const idsOf = (parts: ReadonlyArray<Part>) =>
  parts.flatMap(({ intake }) => intake.activities.map(({ id }) => String(id))).sort()

describe("lanes", () => {
  it.prop(
    "have every event of an intake once, each visitor in one lane for good, and no intake is of nobody",
    [Schema.Array(Schema.Array(Ids.VisitorId))],
    ([all]) => {
      const laneOf = new Map<string, number>()
      for (const [at, visitors] of all.entries()) {
        const intake = intakeOf(`m${at}`, visitors)
        const parts = partsOf(`m${at}`, intake)
        assert.deepStrictEqual(idsOf(parts), idsOf([{ lane: 0, entry: "", intake }]))
        assert.strictEqual(parts[0]?.entry, `m${at}`)
        assert.strictEqual(new Set(parts.map(({ entry }) => entry)).size, parts.length)
        assert.strictEqual(new Set(parts.map(({ lane }) => lane)).size, parts.length)
        assert.deepStrictEqual(
          parts.map(({ intake: { duplicates } }) => duplicates),
          parts.map((_, place) => (place === 0 ? 3 : 0))
        )
        for (const { intake: own, lane } of parts) {
          assert.isBelow(lane, lanes.activity)
          for (const { visitorId } of own.activities) {
            assert.strictEqual(laneOf.get(visitorId) ?? lane, lane)
            laneOf.set(visitorId, lane)
          }
        }
      }
    }
  )

  it.prop("a part is shared out as itself", [Schema.Array(Ids.VisitorId)], ([visitors]) => {
    for (const part of partsOf("m", intakeOf("m", visitors))) {
      assert.deepStrictEqual(partsOf(part.entry, part.intake), [part])
    }
  })

  it("a door's messages are what a worker finds of them", () => {
    const visitors = ["a1", "a2", "a3", "a1"].map((id) => Ids.VisitorId.make(id))
    const intake = intakeOf("m", visitors)
    const messages = messagesOf("m", intake)
    assert.deepStrictEqual(
      messages.map(({ id, lane }) => [id, lane]),
      partsOf("m", intake).map(({ entry, lane }) => [entry, lane])
    )
    assert.deepStrictEqual(
      messages.map(({ body }) => Schema.decodeSync(Intake.IntakeFromText)(body).activities.length),
      [2, 1, 1]
    )
  })
})
