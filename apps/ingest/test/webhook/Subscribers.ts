import { Intake } from "@spoor/contracts"
import { type Activity, Ids, Rules } from "@spoor/domain"
import {
  Activities,
  DeadLetters,
  Identifications,
  Intakes,
  LogReader,
  type NewWebhook,
  type Place,
  RejectedItems,
  ReportedOrders,
  SessionEvents,
  Sessions,
  Sites,
  WebhookDeliveries,
  Webhooks
} from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Effect, Layer, Redacted, Schema } from "effect"
import { TestClock } from "effect/testing"
import { randomUUID } from "node:crypto"
import { Deliverer } from "../../src/webhook/Deliverer.ts"
import * as Network from "@spoor/contracts/network"
import { Outbound } from "../../src/webhook/Outbound.ts"
import { Worker } from "../../src/Worker.ts"
import { type Receiver, secret } from "./Receiver.ts"

/** The worker and the deliverer on a database of their own; the deliverer may speak to this machine. */
export const layer = Deliverer.layer({ panelUrl: "https://panel.example" }).pipe(
  Layer.provide(Outbound.layer({ allowed: Network.parseAllowed("127.0.0.0/8")! })),
  Layer.provideMerge(Worker.layer),
  Layer.provideMerge(Queue.layerMemory()),
  Layer.provideMerge(
    Layer.mergeAll(
      Activities.layer,
      DeadLetters.layer,
      Identifications.layer,
      Intakes.layer,
      LogReader.layer,
      RejectedItems.layer,
      ReportedOrders.layer,
      SessionEvents.layer,
      Sessions.layer,
      Sites.layer,
      WebhookDeliveries.layer,
      Webhooks.layer
    )
  ),
  Layer.provideMerge(TestDatabase.layer)
)

/** A shop that no other test has. */
export const openShop = Effect.gen(function* () {
  const sites = yield* Sites
  const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const place = { unitId, siteId: Ids.SiteId.make("sklep") }
  yield* sites.add({ ...place, name: "Sklep", url: "http://localhost" }, Rules.defaults)
  return place
})

/** Gone with the test: a deliverer serves all units, and must not go on with what this one left. */
export const subscribe = (
  { unitId }: Place,
  { url }: Pick<Receiver, "url">,
  now: number,
  more: Partial<NewWebhook> = {}
) =>
  Effect.acquireRelease(
    Effect.gen(function* () {
      const outcomeTypes = ["AbandonedBrowse", "AbandonedCart", "FinalizedTransaction"] as const
      const webhook = { unitId, url, secret: Redacted.make(secret), outcomeTypes, isWithHistoric: false, ...more }
      return yield* (yield* Webhooks).add(webhook, now)
    }),
    (id) => Effect.flatMap(Webhooks, ({ remove }) => Effect.orDie(remove(unitId, id)))
  )

/** Lets the worker write events as if they had come in one batch. */
export const arrive = Effect.fnUntraced(function* (place: Place, activities: ReadonlyArray<Activity.Activity>) {
  const body = yield* Schema.encodeEffect(Intake.IntakeFromText)({
    ...place,
    door: "native",
    receivedAt: activities[0]!.receivedAt,
    activities,
    identifications: [],
    duplicates: 0,
    rejections: []
  })
  yield* (yield* Queue).append([{ id: randomUUID(), topic: "activity", body }])
  yield* (yield* Worker).once
})

/** Emits all that is due. */
export const emitDue = Effect.flatMap(Worker, ({ emitDue }) =>
  Effect.repeat(emitDue, { until: (settled) => settled === 0 })
)

/** Delivers until nothing is due; what waits behind another one is due a second after it. */
export const deliverAll = Effect.flatMap(Deliverer, ({ once }) =>
  Effect.repeat(
    Effect.tap(once, () => TestClock.adjust("1 second")),
    { until: (taken) => taken === 0 }
  )
)

/** An event of one visitor. */
export const event = (
  visitor: string,
  id: string,
  at: number,
  more: Partial<Activity.Activity> = {}
): Activity.Activity => ({
  id: Ids.EventId.make(id),
  siteId: Ids.SiteId.make("sklep"),
  visitorId: Ids.VisitorId.make(visitor),
  type: "VisitOnWebsite",
  occurredAt: at,
  receivedAt: at,
  sequence: 0,
  ...more
})

export const purchase = (visitor: string, order: string | null, at: number): Activity.Activity =>
  event(visitor, `${visitor}-${order ?? "sale"}-${at}`, at, {
    type: "VisitOnSalePage",
    ...(order !== null && { order: { id: Ids.OrderId.make(order), value: 9_800, currency: "PLN" } })
  })

export const cart = (visitor: string, id: string, at: number, more: Partial<Activity.Activity> = {}) =>
  event(visitor, id, at, {
    type: "ModifyCart",
    cart: { currency: "PLN", items: [{ id: "kubek", name: "Kubek", quantity: 2, unitPrice: 4_900 }] },
    ...more
  })
