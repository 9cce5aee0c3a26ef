import { Clock, DateTime, Effect, Redacted, Schedule } from "effect"
import { HttpBody, HttpClient, HttpClientRequest } from "effect/http"
import * as Chance from "../visitors/Chance.ts"
import type * as Smsc from "./Smsc.ts"
import * as Webhooks from "./Webhooks.ts"

export interface Options {
  /** Where gateways report to. */
  readonly smsUrl: string
  /** What the vendors sign with. */
  readonly secret: Redacted.Redacted<string>
  readonly seed: string
}

/** What becomes of a message, in each gateway's own words; null where it is delivered. */
type Fate<Failure> = Failure | null

/** The operator's receipts: what stands behind the times, and parameters where it says it by those alone. */
const receipts: readonly [Chance.Weighted<string>, ...ReadonlyArray<Chance.Weighted<string>>] = [
  [260, "stat:UNDELIV err:027"],
  [180, "stat:UNDELIV err:001"],
  [120, "stat:EXPIRED err:006"],
  [80, "stat:UNDELIV err:013"],
  [60, "stat:REJECTD err:011"],
  [60, "stat:UNDELIV err:031"],
  [40, "stat:UNDELIV err:033"],
  [30, "Stat:UNDELIV Err:009"],
  [20, "stat:REJECTD err:0B7"],
  [10, "stat:UNDELIV err:XYZ"]
]

const twilioErrors: readonly [Chance.Weighted<string>, ...ReadonlyArray<Chance.Weighted<string>>] = [
  [50, "30003"],
  [30, "30005"],
  [12, "30007"],
  [8, "30006"]
]

const sinchErrors: readonly [Chance.Weighted<[string, number]>, ...ReadonlyArray<Chance.Weighted<[string, number]>>] = [
  [40, ["Failed", 404]],
  [30, ["Expired", 406]],
  [20, ["Failed", 402]],
  [10, ["Rejected", 408]]
]

/** One message that somebody sent, and what its gateway says of it. */
export type Told =
  | { readonly by: "operator"; readonly receipt: Smsc.Receipt }
  | { readonly by: "twilio"; readonly fields: Readonly<Record<string, string>> }
  | { readonly by: "sinch"; readonly fields: Readonly<Record<string, string | number>> }

/** *Units*: `at` in epoch milliseconds. */
export const draw = (chance: Chance.Chance, at: number, hasFailed: boolean): Told => {
  const phone = `48500${Chance.whole(chance, 100_000, 999_999)}`
  const fate = <A>(failures: readonly [Chance.Weighted<A>, ...ReadonlyArray<Chance.Weighted<A>>]): Fate<A> =>
    hasFailed ? Chance.weigh(chance, failures) : null
  const by = Chance.weigh<Told["by"]>(chance, [
    [50, "operator"],
    [30, "twilio"],
    [20, "sinch"]
  ])
  switch (by) {
    case "operator": {
      const id = Chance.hex(chance, 8)
      const state = fate(receipts) ?? "stat:DELIVRD err:000"
      const done = DateTime.formatIso(DateTime.makeUnsafe(at)).replaceAll(/\D/g, "").slice(2, 12)
      const dlvrd = hasFailed ? "000" : "001"
      const text = `id:${id} sub:001 dlvrd:${dlvrd} submit date:${done} done date:${done} ${state} text:Twoja paczka`
      return { by, receipt: { phone, sender: "DomHerbata", text } }
    }
    case "twilio": {
      const error = fate(twilioErrors)
      const fields = {
        MessageSid: `SM${Chance.hex(chance, 32)}`,
        AccountSid: "AC00000000000000000000000000000000",
        MessageStatus: error === null ? "delivered" : "undelivered",
        ...(error !== null && { ErrorCode: error }),
        To: `+${phone}`,
        From: "+48732145678",
        ApiVersion: "2010-04-01"
      }
      return { by, fields }
    }
    case "sinch": {
      const [status, code] = fate(sinchErrors) ?? ["Delivered", 0]
      const fields = {
        type: "recipient_delivery_report_sms",
        batch_id: `01${Chance.hex(chance, 24).toUpperCase()}`,
        recipient: phone,
        applied_originator: "Herbata",
        code,
        status,
        at: DateTime.formatIso(DateTime.makeUnsafe(at))
      }
      return { by, fields }
    }
  }
}

/** How many there are at first, so that the log has something to show, and how many of those failed. */
const first = 600
const firstFailed = 0.25
/** Later on, one after such a pause, the median. *Units*: milliseconds. */
const pauseMedian = 5_000
const failed = 0.12
const pauseMax = 30_000

/** How many may be under way. */
const underWay = 8

/** What may pass is tried again for a minute, as the vendors do. */
const patience = Schedule.max([Schedule.spaced("2 seconds"), Schedule.recurs(30)])

/** The gateways' reports of the texts that the shop sends: many at once if `isFirst`, then one now and then, for ever. */
export const run = Effect.fn("Texts.run")(function* (
  { secret, seed, smsUrl }: Options,
  smsc: Smsc.Smsc,
  isFirst: boolean
) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const startedAt = yield* Clock.currentTimeMillis
  const chance = Chance.of(seed, "texts", startedAt)
  const key = Redacted.value(secret)

  const call = ({ body, headers, url }: Webhooks.Call) =>
    HttpClientRequest.post(url, { headers, body: HttpBody.text(body, headers["content-type"]) }).pipe(
      client.execute,
      Effect.timeout("10 seconds")
    )
  const tell = (told: Told) => {
    const url = `${smsUrl}/sms/v1/dlr/demo-${told.by}`
    switch (told.by) {
      case "operator":
        return smsc.deliver(told.receipt)
      case "twilio":
        return call(Webhooks.twilio(url, key, told.fields)).pipe(Effect.retry(patience), Effect.ignore)
      case "sinch":
        return Clock.currentTimeMillis.pipe(
          Effect.flatMap((at) => call(Webhooks.sinch(url, key, told.fields, { at, nonce: Chance.hex(chance, 16) }))),
          Effect.retry(patience),
          Effect.ignore
        )
    }
  }
  const next = (share: number) =>
    Effect.map(Clock.currentTimeMillis, (at) => draw(chance, at, Chance.isTrue(chance, share)))

  if (isFirst) {
    yield* Effect.forEach(Array.from({ length: first }), () => Effect.flatMap(next(firstFailed), tell), {
      concurrency: underWay,
      discard: true
    })
  }
  for (;;) {
    yield* Effect.sleep(Math.min(Chance.linger(chance, pauseMedian), pauseMax))
    yield* Effect.flatMap(next(failed), tell)
  }
})
