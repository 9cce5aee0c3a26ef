import { Schema } from "effect"
import { ActivityDoor } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import type { Key } from "@spoor/postgres"
import { assert, describe, it } from "vitest"
import { decoder } from "../../src/door/Native.ts"
import * as Verdicts from "../../src/door/Verdicts.ts"

const receivedAt = Date.UTC(2026, 10, 24, 10)
const place = { unitId: 1, siteId: Ids.SiteId.make("sklep") }
const browser: Key = { ...place, sha256: "", kind: "browser", name: "Pages", prefix: "wk_good" }
const server: Key = { ...browser, kind: "server" }
const batch = Schema.decodeUnknownSync(ActivityDoor.ActivityBatch)
const decide = (key: Key, { events, sentAt }: ActivityDoor.ActivityBatch, receivedAt: number) =>
  Verdicts.decide(key, { door: "native", items: events, receivedAt, sentAt }, decoder(key, receivedAt, sentAt))
const event = (id: string, more: object = {}) => ({ id, visitorId: "v1", type: "VisitOnWebsite", ...more })

describe("decide", () => {
  it("batch of 500: 3 invalid, 7 repeated", () => {
    const good = Array.from({ length: 490 }, (_, index) => event(`e${index}`))
    const invalid = [event("bad1", { type: "Ping" }), { id: "bad2", visitorId: "v1" }, event("bad3", { sequence: -1 })]
    const { answer, intake } = decide(
      browser,
      batch({ events: [...good, ...invalid, ...good.slice(0, 7)] }),
      receivedAt
    )
    assert.deepInclude(answer, { success: true, stored: 490, duplicate: 7, rejected: 3 })
    assert.strictEqual(intake.duplicates, 7)
    assert.deepEqual(intake.rejections[1], {
      place: 491,
      reason: "missing",
      pointer: "/type",
      item: JSON.stringify(invalid[1])
    })
    assert.lengthOf(intake.activities, 490)
    assert.deepEqual(answer.verdicts.slice(490, 494), [
      { id: "bad1", verdict: "rejected", reason: "unknown-type", pointer: "/type" },
      { id: "bad2", verdict: "rejected", reason: "missing", pointer: "/type" },
      { id: "bad3", verdict: "rejected", reason: "invalid", pointer: "/sequence" },
      { id: "e0", verdict: "duplicate" }
    ])
  })

  it("keeps the siblings of what is no event at all", () => {
    const { answer } = decide(browser, batch({ events: [null, 7, "x", [], event("e1")] }), receivedAt)
    assert.deepInclude(answer, { stored: 1, rejected: 4 })
    assert.deepEqual(answer.verdicts[0], { verdict: "rejected", reason: "malformed", pointer: "" })
  })

  it("lets only a server key say when something was received", () => {
    const events = [event("e1", { at: "2026-11-20T08:00:00Z", receivedAt: "2026-11-20T08:00:01Z" })]
    assert.deepEqual(decide(browser, batch({ events }), receivedAt).answer.verdicts, [
      { id: "e1", verdict: "rejected", reason: "forbidden", pointer: "/receivedAt" }
    ])
    const [activity] = decide(server, batch({ events }), receivedAt).intake.activities
    assert.deepInclude(activity, {
      occurredAt: Date.UTC(2026, 10, 20, 8),
      receivedAt: Date.UTC(2026, 10, 20, 8, 0, 1),
      isHistory: true
    })
  })

  it("corrects a clock that is wrong and leaves a slow network alone", () => {
    const sentAt = "2026-11-24T16:00:00Z"
    const [wrong] = decide(browser, batch({ sentAt, events: [event("e1", { at: sentAt })] }), receivedAt).intake
      .activities
    assert.strictEqual(wrong?.occurredAt, receivedAt)
    const stalled = batch({ sentAt: receivedAt - 20_000, events: [event("e2", { at: receivedAt - 20_000 })] })
    assert.strictEqual(decide(browser, stalled, receivedAt).intake.activities[0]?.occurredAt, receivedAt - 20_000)
  })
})
