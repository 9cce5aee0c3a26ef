import { assert, layer } from "@effect/vitest"
import { Intake } from "@spoor/contracts"
import { type Activity, Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogWriter,
  Orders,
  RejectedItems,
  ReportedOrders,
  Retention,
  SessionEvents,
  Sessions,
  Sites,
  Units,
  Unsettled
} from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Logger, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Backlog } from "../src/Backlog.ts"
import { Checkpoints } from "../src/Checkpoints.ts"
import { Expiry } from "../src/Expiry.ts"
import { Worker } from "../src/Worker.ts"

const HOUR = 3_600_000
const DAY = 24 * HOUR
const noon = Date.UTC(2026, 10, 24, 12)
const siteId = Ids.SiteId.make("sklep")

const Everything = Layer.mergeAll(Worker.layer, Backlog.layer, Expiry.layer).pipe(
  Layer.provideMerge(Queue.layerMemory()),
  Layer.provideMerge(
    Layer.mergeAll(
      Activities.layer,
      DeadLetters.layer,
      Identifications.layer,
      Intakes.layer,
      LogWriter.layer,
      Orders.layer,
      RejectedItems.layer,
      ReportedOrders.layer,
      Retention.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer,
      Units.layer,
      Unsettled.layer
    )
  ),
  Layer.provideMerge(TestDatabase.layer)
)

const cart = { currency: "PLN", items: [{ id: "kubek", name: "Kubek", quantity: 2, unitPrice: 4900 }] }

/** *Units*: `day` before noon, in days. */
const event = (visitor: string, day: number, more: Partial<Activity.Activity> = {}): Activity.Activity => ({
  id: Ids.EventId.make(`${visitor}-${day}-${more.type ?? "page"}`),
  siteId,
  visitorId: Ids.VisitorId.make(visitor),
  type: "VisitOnWebsite",
  occurredAt: noon - day * DAY,
  receivedAt: noon - day * DAY,
  sequence: 0,
  ...more
})

const sale = (visitor: string, day: number, id?: string) =>
  event(visitor, day, {
    type: "VisitOnSalePage",
    ...(id !== undefined && { order: { id: Ids.OrderId.make(id) } })
  })

/** One day after the other, as they came. */
const live = Effect.fnUntraced(function* (unitId: number, events: ReadonlyArray<Activity.Activity>) {
  const [queue, worker] = [yield* Queue, yield* Worker]
  for (const activity of events.toSorted((a, b) => a.occurredAt - b.occurredAt)) {
    yield* TestClock.setTime(activity.receivedAt)
    yield* worker.emitDue
    const intake: Intake.Intake = {
      unitId,
      siteId,
      door: "native",
      receivedAt: activity.receivedAt,
      activities: [activity],
      identifications: [],
      duplicates: 0,
      rejections: []
    }
    const body = yield* Schema.encodeEffect(Intake.IntakeFromText)(intake)
    yield* queue.append([{ id: `${unitId}-${activity.id}`, topic: "activity", body }])
    yield* worker.once
  }
  yield* TestClock.setTime(noon)
  yield* Effect.repeat(worker.emitDue, { until: (count) => count === 0 })
})

const rowsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  const outcomes = yield* sql<{ readonly row: string }>`
    select key || case when superseded_at is not null then ' superseded' else '' end as row
    from session_event where unit_id = ${unitId} order by occurred_at, id`
  const events = yield* sql<{ readonly row: string }>`
    select event_id as row from activity where unit_id = ${unitId} order by occurred_at, event_id`
  return { outcomes: outcomes.map(({ row }) => row), events: events.map(({ row }) => row) }
})

const open = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  yield* sites.add({ unitId, siteId, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return unitId
})

layer(Everything, { timeout: "60 seconds" })("what was kept long enough", (it) => {
  it.effect(
    "goes by whole sessions with their outcomes, and the rules make nothing else of what is left",
    () =>
      Effect.gen(function* () {
        const [expiry, retention, unitId] = [yield* Expiry, yield* Retention, yield* open]
        const bought = { unitId, siteId, order: "api" }
        yield* live(unitId, [
          event("back", 200, { type: "ModifyCart", cart }),
          event("back", 100, { type: "ModifyCart", cart }),
          event("back", 1),
          event("gone", 190, { type: "VisitOnProductPage" }),
          sale("again", 185, "R1"),
          event("again", 90),
          sale("again", 60, "R1"),
          sale("reload", 186),
          sale("reload", 50),
          event("called", 188),
          sale("other", 187, "R2"),
          event("other", 40)
        ])
        yield* (yield* Orders).add(unitId, {
          id: Ids.OrderId.make(bought.order),
          siteId,
          visitorId: Ids.VisitorId.make("called"),
          email: null,
          occurredAt: noon - 20 * DAY,
          value: 100,
          currency: "PLN",
          attributes: {},
          receivedAt: noon - 20 * DAY,
          updatedAt: noon
        })
        yield* Effect.repeat((yield* Backlog).settle, { until: (settled) => settled === 0 })
        const before = yield* rowsOf(unitId)
        assert.lengthOf(before.outcomes, 7)

        const sql = yield* SqlClient.SqlClient
        yield* sql`
          insert into unlinking (unit_id, site_id, visitor_id, email, decided_at)
          select ${unitId}, ${siteId}, id, 'ann@example.pl', ${new Date(noon - 189 * DAY)}
          from unnest(array['back', 'gone']) as id`

        assert.strictEqual(yield* expiry.once, 3)
        // What was decided about a visitor goes with the last session.
        assert.deepStrictEqual(yield* sql`select visitor_id as id from unlinking where unit_id = ${unitId}`, [
          { id: "back" }
        ])
        const after = yield* rowsOf(unitId)
        const gone = ["back-200-ModifyCart", "gone-190-VisitOnProductPage", "other-187-VisitOnSalePage"]
        assert.deepStrictEqual(
          after.events,
          before.events.filter((id) => !gone.includes(id))
        )
        const left = before.outcomes.filter((row) => row !== "order:sklep:R2" && !gone.some((id) => row.includes(id)))
        assert.deepStrictEqual(after.outcomes, left)
        assert.strictEqual(yield* expiry.once, 0)

        // Everybody comes back: what stands still stands, and nothing old is told anew.
        yield* TestClock.setTime(noon + HOUR)
        yield* live(
          unitId,
          ["back", "gone", "again", "reload", "called", "other"].map((visitor) => event(visitor, 0))
        )
        assert.deepStrictEqual((yield* rowsOf(unitId)).outcomes, left)
        assert.deepStrictEqual(
          yield* sql`select id from visitor where unit_id = ${unitId} and first_seen_at >= ${new Date(noon)}`,
          [{ id: "gone" }]
        )

        yield* retention.keep(unitId, { log: "activity", days: 30 })
        yield* Effect.repeat(expiry.once, { until: (removed) => removed === 0 })
        const { events } = yield* rowsOf(unitId)
        assert.includeMembers(
          [...events],
          ["back-1-page", "called-188-page", "back-0-page", "gone-0-page", "again-0-page", "reload-0-page"]
        )
        assert.lengthOf(events, 8)
      }),
    60_000
  )

  it.effect("has a panel log that is signed unasked, at most once an hour and where there are new rows", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { add } = yield* LogWriter
      const said: Array<string> = []
      const logger = Logger.make(({ logLevel, message }) => void said.push(`${logLevel} ${JSON.stringify(message)}`))
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-checkpoints-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      )
      const units = [yield* open, yield* open]
      const write = (unitId: number, itemId: string) =>
        add(unitId, [
          {
            log: "panel",
            entries: [
              {
                itemId,
                occurredAt: noon,
                url: "/",
                method: "GET",
                status: 200,
                userEmail: null,
                ip: null,
                details: { userId: null, processingMs: 1, userAgent: null, requestId: null }
              }
            ] as never
          }
        ])
      const checkpoints = Effect.flatMap(Checkpoints, ({ once }) => once).pipe(
        Effect.provide(Checkpoints.layer({ home }).pipe(Layer.provideMerge(Logger.layer([logger]))))
      )
      yield* TestClock.setTime(noon)
      for (const unitId of units) yield* write(unitId, "first")
      assert.strictEqual(yield* checkpoints, 2)
      yield* write(units[0]!, "second")
      assert.strictEqual(yield* checkpoints, 0)
      yield* TestClock.setTime(noon + HOUR)
      assert.strictEqual(yield* checkpoints, 1)

      yield* write(units[1]!, "second")
      yield* sql`update panel_log set status = 500 where unit_id = ${units[1]!} and item_id = 'first'`
      assert.isEmpty(said)
      assert.strictEqual(yield* checkpoints, 0)
      assert.lengthOf(said, 1)
      assert.include(said[0], "The panel log was written to by something else than Spoor")
      assert.include(said[0], `"unitId":${units[1]},"faults":1`)
    }).pipe(Effect.scoped)
  )
})
