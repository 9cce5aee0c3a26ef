import { type DeliveryState, Units, WebhookDeliveries, type WebhookDelivery, Webhooks } from "@spoor/postgres"
import { Clock, Console, Duration, Effect, Layer, Option, Schedule, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { harmless, print } from "../Printing.ts"
import * as Unit from "./Unit.ts"

/** Deliveries that one query reads. */
const pageRowsMax = 100

/** How long a test is waited for: longer than a worker waits for an answer. */
const testWait = Duration.seconds(30)
const testPause = Duration.millis(250)

interface Question {
  readonly id: number
  readonly unit: number | undefined
  readonly state: DeliveryState | undefined
  readonly before: number | undefined
  readonly rowsMax: number
  readonly json: boolean
}

const services = Layer.mergeAll(Webhooks.layer, WebhookDeliveries.layer, Units.layer).pipe(
  Layer.provide(House.database)
)

/** The unit that is meant, when it has this webhook. */
const unitWith = Effect.fnUntraced(function* (id: number, unit: number | undefined) {
  const unitId = yield* Unit.meant(unit)
  const webhooks = yield* (yield* Webhooks).ofUnit(unitId)
  return webhooks.some((webhook) => webhook.id === id) ? unitId : yield* Unit.missing(id)
})

/** A page at a time, as a table or one JSON object a line. */
export const list = Effect.fn("list")(
  function* ({ before, id, json, rowsMax, state, unit }: Question) {
    const unitId = yield* unitWith(id, unit)
    const { page } = yield* WebhookDeliveries
    let count = 0
    let last = 0
    const rows = Stream.paginate({ before, left: rowsMax }, ({ before, left }) =>
      Effect.gen(function* () {
        const options = { state, before, rowsMax: Math.min(left, pageRowsMax) }
        const found = yield* Effect.mapError(page(unitId, id, options), House.explain)
        const next = { before: found.at(-1)?.id, left: left - found.length }
        const isOver = found.length < options.rowsMax || next.left === 0
        return [found, isOver ? Option.none() : Option.some(next)] as const
      })
    )
    const texts = Stream.map(rows, (delivery) => {
      last = delivery.id
      if (json) return line(fieldsOf(delivery))
      return count++ === 0 ? header + row(delivery) : row(delivery)
    })
    yield* print(texts)
    if (json) return
    if (count === 0) yield* Console.error("There are no such deliveries.")
    if (count === rowsMax) yield* Console.error(`Older ones: spoor webhooks deliveries ${id} --before ${last}`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** *Shape*: `deliveries` are null for all that failed. */
export const replay = Effect.fn("replay")(
  function* ({
    deliveries,
    id,
    unit
  }: {
    readonly id: number
    readonly unit: number | undefined
    readonly deliveries: ReadonlyArray<number> | null
  }) {
    const unitId = yield* unitWith(id, unit)
    const { find, replay, replayFailed } = yield* WebhookDeliveries
    const now = yield* Clock.currentTimeMillis
    if (deliveries === null) {
      return yield* Console.error(`${yield* replayFailed(unitId, id, now)} deliveries are sent again.`)
    }
    const left: Array<number> = []
    for (const delivery of deliveries) {
      const isOfWebhook = (yield* find(unitId, delivery))?.webhookId === id
      if (!isOfWebhook || !(yield* replay(unitId, delivery, now))) left.push(delivery)
    }
    yield* Console.error(`${deliveries.length - left.length} deliveries are sent again.`)
    if (left.length === 0) return
    return yield* new CommandError({
      sentence: `Webhook ${id} has none of these that does not wait: ${left.join(", ")}.`
    })
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const test = Effect.fn("test")(
  function* (id: number, unit: number | undefined) {
    const unitId = yield* unitWith(id, unit)
    const delivery = yield* (yield* Webhooks).test(unitId, id, yield* Clock.currentTimeMillis)
    if (delivery === null) return yield* Unit.missing(id)
    const { find } = yield* WebhookDeliveries
    const come = yield* find(unitId, delivery).pipe(
      Effect.repeat({ schedule: Schedule.spaced(testPause), until: (found) => found === null || isTried(found) }),
      Effect.timeoutOption(testWait)
    )
    const found = Option.getOrNull(come)
    if (found === null) {
      return yield* new CommandError({
        sentence: `Nobody sent it within ${Duration.toSeconds(testWait)} seconds. Does a worker run, and is the webhook enabled?`
      })
    }
    if (found.state === "delivered")
      return yield* Console.error(`It was delivered: the answer was ${found.lastStatus}.`)
    return yield* new CommandError({ sentence: `It was not delivered. ${harmless(found.lastError ?? "")}` })
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const isTried = ({ lastError, state }: WebhookDelivery): boolean => state !== "waiting" || lastError !== null

const fieldsOf = (delivery: WebhookDelivery) => ({
  kind: "delivery",
  id: delivery.id,
  webhookId: delivery.webhookId,
  messageId: `msg_${delivery.messageId}`,
  type: delivery.type,
  sessionEventId: delivery.sessionEventId,
  state: delivery.state,
  attempts: delivery.attempts,
  createdAt: Instant.format(delivery.createdAt),
  nextAttemptAt: delivery.state === "waiting" ? Instant.format(delivery.nextAttemptAt) : null,
  lastAttemptAt: delivery.lastAttemptAt === null ? null : Instant.format(delivery.lastAttemptAt),
  lastStatus: delivery.lastStatus,
  lastError: delivery.lastError,
  deliveredAt: delivery.deliveredAt === null ? null : Instant.format(delivery.deliveredAt)
})

const cells = (values: ReadonlyArray<string>): string => {
  const [id = "", type = "", row = "", state = "", attempts = "", last = "", error = ""] = values
  return `${id.padStart(8)}  ${type.padEnd(18)}  ${row.padStart(8)}  ${state.padEnd(9)}  ${attempts.padStart(5)}  ${last.padEnd(24)}  ${error}\n`
}

const header = cells(["ID", "TYPE", "ROW", "STATE", "TRIES", "LAST TRY", "RESULT"])

const row = (delivery: WebhookDelivery): string =>
  cells([
    `${delivery.id}`,
    delivery.type,
    delivery.sessionEventId ?? "-",
    delivery.state,
    `${delivery.attempts}`,
    delivery.lastAttemptAt === null ? "-" : Instant.format(delivery.lastAttemptAt),
    harmless(delivery.lastError?.replaceAll(/\s+/g, " ") ?? `${delivery.lastStatus ?? ""}`)
  ])
