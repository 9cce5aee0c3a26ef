import { SmsGateway } from "@spoor/contracts"
import { Effect, Option, Schema } from "effect"
import { SmsGateways } from "./SmsGateways.ts"
import { SmsHealth } from "./SmsHealth.ts"

/**
 * A code that no list explains, for those who keep the lists. It tells of nobody: whatever could be a number or an address is masked.
 *
 * *Shape*: `plugin` is null where the gateway is not known any more; `text` is the gateway's own. *Units*: UTC milliseconds.
 */
export interface SmsUnknownCode {
  readonly gateway: string
  readonly plugin: string | null
  readonly code: string
  readonly text: string
  readonly count: number
  readonly firstAt: number
  readonly lastAt: number
}

/** So many at most, the commonest. */
export const unknownCodesMax = 500

/** The codes of the last `faultDays` that no list explains, the commonest first. *Fails* with `SqlError`. *Source*: gateways.md R8. */
export const list = Effect.fn("SmsUnknownCodes.list")(function* (unitId: number, now: number) {
  const { codes } = yield* SmsHealth
  const { named } = yield* SmsGateways
  const found = new Map<string, SmsUnknownCode>()
  for (const [gateway, some] of Map.groupBy(yield* codes(unitId, now), (one) => one.gateway)) {
    const row = yield* named(unitId, gateway)
    const known = decode(row)
    for (const { rawCode, ...one } of some) {
      if (Option.isSome(known) && SmsGateway.isListed(known.value, one.code, rawCode)) continue
      const told = { ...one, plugin: row?.plugin ?? null, code: masked(one.code, 9), text: masked(one.text, 7) }
      found.set(`${gateway} ${told.code}`, joined(found.get(`${gateway} ${told.code}`), told))
    }
  }
  return [...found.values()].toSorted((one, other) => other.count - one.count).slice(0, unknownCodesMax)
})

/** A line of the list as others read it. */
export const fieldsOf = ({ firstAt, lastAt, ...code }: SmsUnknownCode) => ({
  kind: "unknownCode",
  ...code,
  firstAt: new Date(firstAt).toISOString(),
  lastAt: new Date(lastAt).toISOString()
})

const decode = Schema.decodeUnknownOption(Schema.Struct({ plugin: SmsGateway.Plugin, settings: SmsGateway.Settings }))

const joined = (before: SmsUnknownCode | undefined, one: SmsUnknownCode): SmsUnknownCode =>
  before === undefined
    ? one
    : {
        ...before,
        text: before.text === "" ? one.text : before.text,
        count: before.count + one.count,
        firstAt: Math.min(before.firstAt, one.firstAt),
        lastAt: Math.max(before.lastAt, one.lastAt)
      }

/** *Units*: `digits` that together may be a number. */
const masked = (text: string, digits: number): string =>
  text
    .replace(/[^\s"'<>(),;:]{1,320}@[^\s"'<>(),;:]{1,253}/gu, "…")
    .replace(new RegExp(`\\d(?:[\\s().-]?\\d){${digits - 1},}`, "gu"), "…")
