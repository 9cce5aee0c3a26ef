import { WebhookMessage } from "@spoor/contracts"
import * as Network from "@spoor/contracts/network"
import { Moment, SessionEventLog, Zone } from "@spoor/domain"
import { KeyText, Units, WebhookDeliveries, Webhooks } from "@spoor/postgres"
import { Clock, DateTime, Effect, Option, Redacted, Schema } from "effect"
import { lookup } from "node:dns/promises"
import { isIP } from "node:net"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"
import { allowedNetworks } from "../runtime.ts"

/** Deliveries of one page. */
const rowsMax = 25

/** How long somebody waits for a name's addresses. */
const lookupWait = "5 seconds"

const outcomeTypes = SessionEventLog.OutcomeType.literals
const states = ["waiting", "delivered", "failed"] as const

const Id = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 2 ** 31 - 1 }))
const DeliveryId = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 1e15 }))

/** Why nothing was added. *Shape*: `at` is the address inside that the name leads to. */
type Problem = "url" | "types" | "inside" | "unencrypted" | "unknown-host"

/** What came of adding one. *Shape*: `made` holds a secret that was just made, to be shown once; `typed` what was typed. */
export type Added =
  | { readonly made: { readonly id: number; readonly url: string; readonly secret: string } }
  | {
      readonly problem: Problem
      readonly at: string
      readonly typed: { readonly url: string; readonly types: ReadonlyArray<string>; readonly historic: boolean }
    }

/** What came of another form. *Shape*: `again` is how many deliveries are sent again. */
export type Outcome =
  | { readonly problem: "gone" | "since" | "delivery" }
  | { readonly secret: string }
  | { readonly again: number }
  | { readonly done: "tested" | "enabled" | "disabled" }

const gone: Outcome = { problem: "gone" }

export const list = Effect.fn("Webhooks.list")(function* ({ unitId }: Person) {
  return { webhooks: yield* (yield* Webhooks).ofUnit(unitId), outcomeTypes }
})

/** Adds an address, after the same look at where it leads that every delivery takes again. */
export const add = Effect.fn("Webhooks.add")(function* ({ unitId }: Person, form: FormData) {
  const types = outcomeTypes.filter((type) => form.getAll("types").includes(type))
  const historic = form.has("historic")
  const typed = { url: String(form.get("url") ?? "").trim(), types, historic }
  const refused = (problem: Problem, at = ""): Added => ({ problem, at, typed })
  const url = Option.getOrNull(Schema.decodeOption(WebhookMessage.WebhookUrl)(typed.url))
  if (url === null) return refused("url")
  if (types.length === 0) return refused("types")
  const address = new URL(url)
  const addresses = yield* addressesOf(address)
  if (addresses === null) return refused("unknown-host")
  const refusal = Network.refusalOf(address, addresses, allowedNetworks())
  if (refusal !== null) return refused(refusal.reason, refusal.reason === "inside" ? refusal.at : "")
  const secret = KeyText.makeSecret()
  const webhook = { unitId, outcomeTypes: types, isWithHistoric: historic, secret: Redacted.make(secret) }
  const id = yield* (yield* Webhooks).add({ ...webhook, url: address.href }, yield* Clock.currentTimeMillis)
  return { made: { id, url: address.href, secret } } satisfies Added
})

/** All addresses of a URL's name; null where nobody knows it. */
const addressesOf = (url: URL): Effect.Effect<ReadonlyArray<string> | null> => {
  const host = Network.hostOf(url)
  if (isIP(host) !== 0) return Effect.succeed([host])
  return Effect.tryPromise(() => lookup(host, { all: true })).pipe(
    Effect.map((found) => found.map(({ address }) => address)),
    Effect.timeoutOption(lookupWait),
    Effect.map(Option.getOrNull),
    Effect.orElseSucceed(() => null)
  )
}

/** One webhook with its delivery log as an address narrows it; null where the unit has none of this ID. */
export const detail = Effect.fn("Webhooks.detail")(function* (
  { unitId }: Person,
  idText: string,
  search: URLSearchParams
) {
  const webhooks = yield* (yield* Webhooks).ofUnit(unitId)
  const webhook = webhooks.find(({ id }) => `${id}` === idText)
  if (webhook === undefined) return null
  const state = states.find((one) => one === search.get("state"))
  const before = /^\d{1,15}$/.test(search.get("older") ?? "") ? Number(search.get("older")) : undefined
  const { page } = yield* WebhookDeliveries
  const found = yield* page(unitId, webhook.id, { state, before, rowsMax: rowsMax + 1 })
  const deliveries = found.slice(0, rowsMax)
  return {
    webhook,
    states,
    state: state ?? "",
    isFirst: before === undefined,
    deliveries,
    older: found.length > rowsMax ? (deliveries.at(-1)?.id ?? null) : null
  }
})

/** A form about the webhook of an address. */
const change =
  <E, R>(action: (unitId: number, id: number, form: FormData, now: number) => Effect.Effect<Outcome, E, R>) =>
  (idText: string) =>
  ({ unitId }: Person, form: FormData) =>
    Effect.gen(function* () {
      const id = Option.getOrNull(Schema.decodeOption(Id)(idText))
      const webhooks = yield* (yield* Webhooks).ofUnit(unitId)
      if (id === null || !webhooks.some((webhook) => webhook.id === id)) return gone
      return yield* action(unitId, id, form, yield* Clock.currentTimeMillis)
    })

export const enable = change((unitId, id) =>
  Effect.map(
    Effect.flatMap(Webhooks, (webhooks) => webhooks.enable(unitId, id)),
    (isThere): Outcome => (isThere ? { done: "enabled" } : gone)
  )
)

export const disable = change((unitId, id) =>
  Effect.map(
    Effect.flatMap(Webhooks, (webhooks) => webhooks.disable(unitId, id, "Disabled by hand.")),
    (isThere): Outcome => (isThere ? { done: "disabled" } : gone)
  )
)

export const rotate = change((unitId, id) =>
  Effect.gen(function* () {
    const secret = KeyText.makeSecret()
    const isThere = yield* (yield* Webhooks).rotate(unitId, id, Redacted.make(secret))
    return (isThere ? { secret } : gone) satisfies Outcome
  })
)

export const test = change((unitId, id, _form, now) =>
  Effect.map(
    Effect.flatMap(Webhooks, (webhooks) => webhooks.test(unitId, id, now)),
    (delivery): Outcome => (delivery === null ? gone : { done: "tested" })
  )
)

/** Sends one delivery again, all that were given up, or all since a time on the unit's clock. */
export const replay = change((unitId, id, form, now) =>
  Effect.gen(function* () {
    const deliveries = yield* WebhookDeliveries
    if (form.has("failed")) return { again: yield* deliveries.replayFailed(unitId, id, now) } satisfies Outcome
    if (form.has("since")) {
      const since = yield* instantOf(unitId, form)
      if (since === null) return { problem: "since" } satisfies Outcome
      return { again: yield* deliveries.replaySince(unitId, id, since, now) } satisfies Outcome
    }
    const delivery = field(form, "delivery", DeliveryId)
    const isOfWebhook = delivery !== null && (yield* deliveries.find(unitId, delivery))?.webhookId === id
    const isAgain = isOfWebhook && (yield* deliveries.replay(unitId, delivery, now))
    return (isAgain ? { again: 1 } : { problem: "delivery" }) satisfies Outcome
  })
)

/** *Units*: UTC milliseconds. *Shape*: null where the form names no time. */
const instantOf = Effect.fnUntraced(function* (unitId: number, form: FormData) {
  const moment = field(form, "since", Moment.Moment)
  if (moment === null) return null
  const { timeZone } = yield* (yield* Units).get(unitId)
  return Zone.instantOf(Moment.read(moment).wall, DateTime.zoneMakeNamedUnsafe(timeZone))
})

export const remove = Effect.fn("Webhooks.remove")(function* ({ unitId }: Person, idText: string) {
  const id = Option.getOrNull(Schema.decodeOption(Id)(idText))
  return id !== null && (yield* (yield* Webhooks).remove(unitId, id))
})
