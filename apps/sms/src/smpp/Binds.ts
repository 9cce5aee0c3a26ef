import type { SmsIntake } from "@spoor/contracts"
import { Clock, Context, Effect, Exit, Layer, Metric, Redacted, Scope } from "effect"
import { Gateways, type HeldGateway } from "../gateway/Gateways.ts"
import { Handover } from "../report/Handover.ts"
import { legible } from "../report/Legible.ts"
import * as Reading from "../report/Reading.ts"
import type * as Link from "./Link.ts"
import type * as Receipt from "./Receipt.ts"
import * as ReceiptText from "./ReceiptText.ts"
import * as Session from "./Session.ts"
import type { Limits, Settings } from "./Settings.ts"
import { Traces } from "../Traces.ts"

/** How often it is looked whether gateways came, went or changed. */
const lookEvery = "2 seconds"

/** *Shape*: by gateway and `kind`: receipt, inbound, unreadable. */
const deliveries = Metric.counter("spoor_sms_deliveries_total", {
  description: "What gateways delivered over SMPP, by what it was",
  incremental: true
})

/** Our binds to gateways that speak SMPP: one session for each, as long as it is set up and its settings are the same. */
export class Binds extends Context.Service<
  Binds,
  {
    /** For ever; unbinds from all gateways when it is interrupted. */
    readonly run: Effect.Effect<never>
    /** How the binds of a gateway are doing, by its key. */
    readonly states: Effect.Effect<ReadonlyMap<string, ReadonlyArray<Link.State>>>
  }
>()("@spoor/sms/Binds") {
  static readonly layer = (options: { readonly limits?: Partial<Limits> } = {}) =>
    Layer.effect(
      Binds,
      Effect.gen(function* () {
        const gateways = yield* Gateways
        const handover = yield* Handover
        const traces = yield* Traces
        const open = new Map<string, Open>()

        const receive = (held: HeldGateway) =>
          Effect.fnUntraced(function* (readings: ReadonlyArray<Receipt.Reading>) {
            const receivedAt = yield* Clock.currentTimeMillis
            const reports: Array<SmsIntake.SmsReport> = []
            const unreadable: Array<SmsIntake.SmsUnreadable> = []
            for (const reading of readings) {
              const labels = { gateway: held.gateway.key, kind: reading.kind }
              yield* Metric.update(Metric.withAttributes(deliveries, labels), 1)
              traces.note(held.gateway.id, () => lineOf(reading))
              if (reading.kind === "receipt") {
                const id = yield* handover.newId
                reports.push(Reading.reportOf(held, statementOf(reading, held), { id, receivedAt }))
              } else if (reading.kind === "unreadable") {
                unreadable.push(unreadOf(reading, held, receivedAt))
              }
            }
            yield* handover.give({ unitId: held.gateway.unitId, reports, unreadable })
          })

        const run = Effect.gen(function* () {
          const close = (key: string, scope: Scope.Closeable) =>
            Effect.andThen(
              Effect.sync(() => open.delete(key)),
              Scope.close(scope, Exit.void)
            )
          yield* Effect.addFinalizer(() =>
            Effect.forEach([...open], ([key, { scope }]) => close(key, scope), {
              concurrency: "unbounded",
              discard: true
            })
          )
          const look = Effect.gen(function* () {
            const wanted = new Map((yield* gateways.all).flatMap(wantedOf).map((one) => [one.held.gateway.key, one]))
            for (const [key, { mark, scope }] of open) if (wanted.get(key)?.mark !== mark) yield* close(key, scope)
            for (const [key, { held, mark, pattern, settings }] of wanted) {
              if (open.has(key)) continue
              const scope = yield* Scope.make()
              const trace = (line: () => string) => traces.note(held.gateway.id, line)
              const session = yield* Session.open({
                settings,
                pattern,
                receive: receive(held),
                trace,
                ...options
              }).pipe(Scope.provide(scope), Effect.annotateLogs({ gateway: key }))
              open.set(key, { mark, scope, session })
            }
          })
          return yield* Effect.forever(Effect.andThen(look, Effect.sleep(lookEvery)))
        }).pipe(Effect.scoped)

        const states = Effect.suspend(() =>
          Effect.forEach([...open], ([key, { session }]) =>
            Effect.map(session.states, (states) => [key, states] as const)
          )
        ).pipe(Effect.map((all) => new Map(all)))

        return Binds.of({ run, states })
      })
    )
}

interface Open {
  readonly mark: string
  readonly scope: Scope.Closeable
  readonly session: Session.Session
}

/** A gateway to bind to. *Shape*: `mark` differs when anything of it does. */
interface Wanted {
  readonly held: HeldGateway
  readonly settings: Settings
  readonly pattern: RegExp | null
  readonly mark: string
}

const wantedOf = (held: HeldGateway): ReadonlyArray<Wanted> => {
  const { gateway, pattern, problem, secrets } = held
  const { smpp } = gateway.settings
  const [password, otherPassword] = secrets
  if (gateway.plugin !== "smpp" || problem !== null || smpp === undefined || password === undefined) return []
  const { bind, binds, ca, host, isTls, isVerified, port, serverName, systemId, systemType } = smpp
  const tls = { isVerified, ...(ca !== undefined && { ca }), ...(serverName !== undefined && { serverName }) }
  const other = otherPassword === undefined ? {} : { otherPassword }
  const settings = { host, port, tls: isTls ? tls : null, systemId, password, ...other, systemType, mode: bind, binds }
  return [{ held, settings, pattern, mark: JSON.stringify([gateway, secrets.map(Redacted.value)]) }]
}

/** *Source*: gateways.md R15 has the key. */
const statementOf = (receipt: Receipt.Receipt, { zone }: HeldGateway): Reading.Statement => {
  const { codes, done, isIntermediate, messageIds, phone, profile, report, sender, vendorText } = receipt
  return {
    ids: messageIds,
    refs: [],
    phone: phone === "" ? null : phone,
    sender: sender === "" ? null : sender,
    codes,
    kind: "smpp",
    profile: profile ?? undefined,
    said: isIntermediate ? "intermediate" : null,
    text: vendorText,
    reportedAt: ReceiptText.instantOf(done, zone),
    protocol: "smpp",
    payload: report,
    key: [messageIds.join(), phone, codes.status ?? "", codes.reason ?? ""].join(" "),
    isRegistration: false
  }
}

const lineOf = (reading: Receipt.Reading): string =>
  reading.kind === "receipt" ? `  receipt: ${reading.report}` : `  ${reading.kind}`

const reasons: Record<Receipt.Unreadable["reason"], string> = {
  truncated: "The frame ends before what it says.",
  "no-outcome": "A receipt that does not say what became of the message."
}

const unreadOf = (
  { octets, reason }: Receipt.Unreadable,
  { gateway }: HeldGateway,
  receivedAt: number
): SmsIntake.SmsUnreadable => ({
  gatewayId: gateway.id,
  receivedAt,
  reason: reasons[reason],
  payload: legible(octets, 65_536)
})
