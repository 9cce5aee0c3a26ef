import type { LogDoor } from "@spoor/contracts"
import { Clock, Effect, type Redacted, Schedule } from "effect"
import { HttpClient, HttpClientRequest } from "effect/http"
import * as Calendar from "../visitors/Calendar.ts"
import * as Chance from "../visitors/Chance.ts"

export interface Options {
  readonly ingestUrl: string
  readonly serverKey: Redacted.Redacted<string>
  readonly seed: string
}

type Failure = Pick<LogDoor.SmsItem, "codes" | "kind" | "text"> & { readonly gateway: string; readonly sender: string }

/** Which failures there are, out of a thousand. The codes are those of the gateways' own lists. */
const failures = [
  [240, { gateway: "SMSAPI", sender: "Herbata", kind: "smsapi", codes: { status: "405" }, text: "UNDELIVERED" }],
  [120, { gateway: "SMSAPI", sender: "Herbata", kind: "smsapi", codes: { status: "402" }, text: "EXPIRED" }],
  [60, { gateway: "SMSAPI", sender: "Herbata", kind: "smsapi", codes: { status: "407" }, text: "REJECTED" }],
  [
    150,
    { gateway: "Twilio", sender: "+48732145678", kind: "twilio", codes: { reason: "30003", status: "undelivered" } }
  ],
  [
    110,
    { gateway: "Twilio", sender: "+48732145678", kind: "twilio", codes: { reason: "30005", status: "undelivered" } }
  ],
  [
    50,
    { gateway: "Twilio", sender: "+48732145678", kind: "twilio", codes: { reason: "30007", status: "undelivered" } }
  ],
  [120, { gateway: "Kannel", sender: "DomHerbata", kind: "smpp", codes: { reason: "001", status: "UNDELIV" } }],
  [90, { gateway: "Kannel", sender: "DomHerbata", kind: "smpp", codes: { status: "EXPIRED" } }],
  [60, { gateway: "Kannel", sender: "DomHerbata", kind: "smpp", codes: { reason: "0B7", status: "REJECTD" } }]
] as const satisfies ReadonlyArray<Chance.Weighted<Failure>>

const days = 14
const failuresADay = 9
const pauseMedian = 240_000
const batchMax = 100

/** What may pass is tried again for a minute. */
const patience = Schedule.max([Schedule.spaced("2 seconds"), Schedule.recurs(30)])

/**
 * Text messages that did not arrive: those of the fortnight before `until`, if it is due, then one now and then, for ever.
 *
 * The same seed and day give the same ones, so that sending them again doubles nothing.
 */
export const run = Effect.fn("Texts.run")(function* (options: Options, until: number | null) {
  const client = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const send = (items: ReadonlyArray<unknown>) =>
    HttpClientRequest.post(`${options.ingestUrl}/v1/logs/sms`).pipe(
      HttpClientRequest.bearerToken(options.serverKey),
      HttpClientRequest.bodyJsonUnsafe({ items }),
      client.execute,
      Effect.timeout("10 seconds"),
      Effect.retry(patience),
      Effect.ignore
    )
  const past = until === null ? [] : fortnight(options.seed, until)
  for (let from = 0; from < past.length; from += batchMax) yield* send(past.slice(from, from + batchMax))
  const startedAt = yield* Clock.currentTimeMillis
  const chance = Chance.of(options.seed, "texts", startedAt)
  for (let index = 0; ; index++) {
    yield* Effect.sleep(Math.min(Chance.linger(chance, pauseMedian), 900_000))
    yield* send([itemOf(chance, `text-${startedAt.toString(36)}-${index}`, yield* Clock.currentTimeMillis)])
  }
})

/** Those of the fortnight before `until`, in order of time. *Units*: epoch milliseconds. */
export const fortnight = (seed: string, until: number) =>
  Calendar.daysUntil(until, days)
    .flatMap((day) => {
      const chance = Chance.of(seed, "texts", day.name)
      const count = Calendar.newcomers(chance, day, failuresADay)
      return Array.from({ length: count }, (_, index) =>
        itemOf(chance, `text-${day.name}-${index}`, Calendar.moment(chance, day.start))
      )
    })
    .filter(({ at }) => at <= until)
    .sort((a, b) => a.at - b.at)

const itemOf = (chance: Chance.Chance, id: string, at: number) => ({
  id,
  at,
  ...Chance.weigh<Failure>(chance, failures),
  phone: `+48500${Chance.whole(chance, 100_000, 999_999)}`,
  protocol: "http",
  messageId: Chance.hex(chance, 16),
  reportedAt: at
})
