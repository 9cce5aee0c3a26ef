import { KeyText, Units, type Webhook, Webhooks } from "@spoor/postgres"
import { Clock, Console, Effect, Layer, Redacted, Stream } from "effect"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { harmless, print } from "../Printing.ts"
import * as Unit from "./Unit.ts"

interface Question {
  readonly unit: number | undefined
  readonly json: boolean
}

interface Wanted extends Question {
  readonly url: string
  readonly types: Webhook["outcomeTypes"]
  readonly historic: boolean
}

const services = Layer.mergeAll(Webhooks.layer, Units.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ unit, json }: Question) {
    const webhooks = yield* (yield* Webhooks).ofUnit(yield* Unit.meant(unit))
    if (webhooks.length === 0 && !json) yield* Console.error("There are no webhooks.")
    const texts = webhooks.map((webhook) => (json ? line(fieldsOf(webhook)) : row(webhook)))
    yield* print(Stream.fromIterable(json || texts.length === 0 ? texts : [header, ...texts]))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** The secret goes to standard output alone, from where it may be piped to where it belongs. */
export const add = Effect.fn("add")(
  function* ({ historic, json, types, unit, url: written }: Wanted) {
    const url = new URL(written).href
    const unitId = yield* Unit.meant(unit)
    const secret = KeyText.makeSecret()
    const webhook = { unitId, url, outcomeTypes: types, isWithHistoric: historic, secret: Redacted.make(secret) }
    const id = yield* (yield* Webhooks).add(webhook, yield* Clock.currentTimeMillis)
    yield* Console.error(`Webhook ${id} is there. Keep its secret: it is not shown again.`)
    yield* print(Stream.make(json ? line({ kind: "webhook", id, url, secret }) : `${secret}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const enable = Effect.fn("enable")(
  function* (id: number, unit: number | undefined) {
    if (!(yield* (yield* Webhooks).enable(yield* Unit.meant(unit), id))) return yield* Unit.missing(id)
    yield* Console.error(`Webhook ${id} is enabled.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const disable = Effect.fn("disable")(
  function* (id: number, unit: number | undefined) {
    const isThere = yield* (yield* Webhooks).disable(yield* Unit.meant(unit), id, "Disabled by hand.")
    if (!isThere) return yield* Unit.missing(id)
    yield* Console.error(`Webhook ${id} is disabled.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const remove = Effect.fn("remove")(
  function* (id: number, unit: number | undefined) {
    if (!(yield* (yield* Webhooks).remove(yield* Unit.meant(unit), id))) return yield* Unit.missing(id)
    yield* Console.error(`Webhook ${id} is gone.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const fieldsOf = (webhook: Webhook) => ({
  kind: "webhook",
  id: webhook.id,
  unitId: webhook.unitId,
  url: webhook.url,
  types: webhook.outcomeTypes,
  historic: webhook.isWithHistoric,
  disabledReason: webhook.disabledReason,
  pausedUntil: webhook.pausedUntil === null ? null : Instant.format(webhook.pausedUntil),
  createdAt: Instant.format(webhook.createdAt)
})

const cells = (id: string, state: string, url: string, told: string): string =>
  `${id.padStart(6)}  ${state.padEnd(8)}  ${url}  ${told}\n`

const header = cells("ID", "STATE", "URL", "WHAT")

const row = (webhook: Webhook): string =>
  cells(
    `${webhook.id}`,
    webhook.disabledReason === null ? "enabled" : "disabled",
    harmless(webhook.url),
    [
      webhook.outcomeTypes.join(","),
      ...(webhook.isWithHistoric ? ["with historic ones"] : []),
      ...(webhook.disabledReason === null ? [] : [webhook.disabledReason]),
      ...(webhook.pausedUntil === null ? [] : [`paused until ${Instant.format(webhook.pausedUntil)}`])
    ].join("; ")
  )
