import { DateTime, Option, Schema, SchemaTransformation } from "effect"

const MINUTE = 60_000

/** Clock differences up to this are taken for network delay (sessions.md 1.1). *Units*: milliseconds. */
export const deadBand = 5 * MINUTE

/** The years 0001 to 9999: what ISO 8601 writes with four digits, and PostgreSQL reads. *Units*: UTC milliseconds. */
const earliest = -62_135_596_800_000
const latest = 253_402_300_799_999

/** An instant in the years 0001 to 9999. *Units*: UTC milliseconds since 1970 (sessions.md 1.5). */
export const Instant = Schema.Int.check(
  Schema.isBetween({ minimum: earliest, maximum: latest }, { expected: "an instant in the years 0001 to 9999" })
)
export type Instant = typeof Instant.Type

/** ISO 8601 in UTC with milliseconds. */
export const formatInstant = (instant: Instant): string => DateTime.formatIso(DateTime.makeUnsafe(instant))

const isoShape = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/

const parseIso = (text: string): Option.Option<number> => {
  if (!isoShape.test(text)) return Option.none()
  // A day that its month does not have would become one of the next month.
  const day = text.slice(0, 10)
  if (day.slice(8) > "28" && Option.getOrNull(Option.map(DateTime.make(day), DateTime.formatIsoDateUtc)) !== day) {
    return Option.none()
  }
  return Option.map(DateTime.make(text.replace(" ", "T")), DateTime.toEpochMillis)
}

/**
 * An instant as it stands on the wire: ISO 8601 (UTC where no offset is given) or epoch milliseconds.
 *
 * *Shape*: encodes to ISO 8601 in UTC with milliseconds.
 */
export const InstantFromWire = Schema.Union([Schema.Finite, Schema.String.check(Schema.isMaxLength(40))]).pipe(
  Schema.decodeTo(
    Instant,
    SchemaTransformation.transform<number, number | string>({
      // Not a number is no instant: the check of `Instant` refuses it.
      decode: (input) => (typeof input === "number" ? Math.round(input) : Option.getOrElse(parseIso(input), () => NaN)),
      encode: formatInstant
    })
  )
)

/** What a door knows of an event's time. `clientAt` and `sentAt` are by the client's clock. */
export interface Observed {
  readonly clientAt?: Instant | undefined
  readonly sentAt?: Instant | undefined
  readonly receivedAt: Instant
}

/**
 * When an event happened, by our clock.
 *
 * A skew within the dead band is network delay and corrects nothing; a larger one is a wrong clock and is rounded to
 * the dead band, so that a retry with a new `sentAt` gives the same answer.
 * *Source*: sessions.md 1.1 and 1.2.
 */
export const occurred = (observed: Observed): { readonly occurredAt: Instant; readonly isClockWrong: boolean } => {
  const { clientAt, receivedAt } = observed
  if (clientAt === undefined) return { occurredAt: receivedAt, isClockWrong: false }
  const occurredAt = clientAt + correction(observed)
  // A correction may lead out of all years: such a clock says nothing, like one that is ahead.
  return occurredAt > receivedAt + deadBand || occurredAt < earliest
    ? { occurredAt: receivedAt, isClockWrong: true }
    : { occurredAt, isClockWrong: false }
}

const correction = ({ sentAt, receivedAt }: Observed): number => {
  if (sentAt === undefined) return 0
  const skew = receivedAt - sentAt
  if (Math.abs(skew) <= deadBand) return 0
  return Math.sign(skew) * Math.floor(Math.abs(skew) / deadBand + 0.5) * deadBand
}
