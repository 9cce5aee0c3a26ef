import type { SmsGateway } from "@spoor/contracts"
import { Time, Zone } from "@spoor/domain"
import { type DateTime, Option, Schema } from "effect"
import * as ReceiptText from "../smpp/ReceiptText.ts"

const fromWire = Schema.decodeUnknownOption(Time.InstantFromWire)

/**
 * When something happened by the gateway's clock, in whatever way it writes that; null where it cannot be told.
 *
 * *Units*: UTC milliseconds.
 */
export const parse = (
  written: string,
  form: SmsGateway.Mapping["time"],
  zone: DateTime.TimeZone.Named
): Time.Instant | null => {
  switch (form) {
    case "epochSeconds":
      return /^\d{1,11}$/u.test(written) ? plausible(Number(written) * 1_000) : null
    case "epochMillis":
      return /^\d{1,14}$/u.test(written) ? plausible(Number(written)) : null
    case "iso":
      // Some leave out the colon of an offset's minutes, some the minutes.
      return plausible(Option.getOrNull(fromWire(written.replace(/([+-]\d\d)$/u, "$1:00"))))
    case "local":
      return local(written, zone)
    case "receipt":
      return plausible(ReceiptText.instantOf(written, zone))
  }
}

const local = (written: string, zone: DateTime.TimeZone.Named): Time.Instant | null => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d)(?::(\d\d))?/u
    .exec(written)
    ?.slice(1)
    .map((part) => Number(part ?? 0))
  if (parts === undefined) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number.isNaN(part) ? 0 : part
  )
  return plausible(Zone.instantOf({ year, month, day, hour, minute, second }, zone))
}

/** Nobody sent text messages before 1992. */
const plausible = (instant: number | null): Time.Instant | null =>
  instant !== null && Number.isFinite(instant) && instant > Date.UTC(1992) && instant < Date.UTC(2200) ? instant : null
