/**
 * What the wall shows in a zone, by `Intl` alone: "2026-03-29T03:00:00.000". A witness that shares no code with the
 * domain.
 */
export const wallAt = (instant: number, zone: string): string => {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(instant)
      .map(({ type, value }) => [type, value])
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ""
  return (
    `${part("year").padStart(4, "0")}-${part("month")}-${part("day")}` +
    `T${part("hour")}:${part("minute")}:${part("second")}.${part("fractionalSecond")}`
  )
}

const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (timeZone: string): Intl.DateTimeFormat => {
  const known = formats.get(timeZone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    fractionalSecondDigits: 3
  })
  formats.set(timeZone, format)
  return format
}

/** Zones whose clocks have done everything that clocks do. */
export const zones = [
  "UTC",
  "Europe/Warsaw",
  "America/Sao_Paulo",
  "America/St_Johns",
  "America/Havana",
  "Asia/Kathmandu",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Africa/Casablanca",
  "Antarctica/Troll"
] as const
