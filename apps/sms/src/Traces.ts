import { Clock, Context, DateTime, Effect, Layer } from "effect"
import { legible } from "./report/Legible.ts"

/** Lines that are kept of one gateway; the oldest go first. *Units*: `lineMax` in UTF-16 code units. */
const linesMax = 100
const lineMax = 1_000

/**
 * The traffic of gateways that somebody looks at, masked, as long as they may.
 *
 * It is off by itself; what is not traced costs one look. *Source*: gateways.md R34.
 */
export class Traces extends Context.Service<
  Traces,
  {
    /** *Shape*: the line is made only if somebody looks; what may be a phone number is masked in it. */
    readonly note: (gatewayId: number, line: () => string) => void
    /** Who is traced from now on: those that are not listed are forgotten. *Units*: `until` in UTC milliseconds. */
    readonly follow: (gateways: ReadonlyArray<{ readonly id: number; readonly until: number }>) => void
    /** The newest last. */
    readonly of: (gatewayId: number) => ReadonlyArray<string>
  }
>()("@spoor/sms/Traces") {
  static readonly layer = Layer.effect(
    Traces,
    Effect.gen(function* () {
      const clock = yield* Clock.Clock
      let traced = new Map<number, { readonly until: number; readonly lines: Array<string> }>()
      const note = (gatewayId: number, line: () => string): void => {
        const trace = traced.get(gatewayId)
        if (trace === undefined) return
        const now = clock.currentTimeMillisUnsafe()
        if (now >= trace.until) return
        trace.lines.push(`${DateTime.formatIso(DateTime.makeUnsafe(now))} ${masked(legible(line(), lineMax))}`)
        if (trace.lines.length > linesMax) trace.lines.shift()
      }
      return Traces.of({
        note,
        follow: (gateways) => {
          traced = new Map(gateways.map(({ id, until }) => [id, { until, lines: traced.get(id)?.lines ?? [] }]))
        },
        of: (gatewayId) => traced.get(gatewayId)?.lines ?? []
      })
    })
  )
}

/**
 * What has as many digits as a phone number has its first two and last two, also where they are written in groups; dates of receipts are left, and
 * those of ISO 8601.
 */
export const masked = (text: string): string =>
  text.replaceAll(/(?<![\d.])(?<!date:)(?!20\d\d-\d\d-)\d(?:[ -]?\d){8,14}(?!\d)/gu, (number) => {
    return `${number.slice(0, 2)}${"*".repeat(number.length - 4)}${number.slice(-2)}`
  })
