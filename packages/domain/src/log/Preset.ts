import { type DateTime, Schema } from "effect"
import type { Interval } from "./Interval.ts"
import type { Label } from "./Row.ts"
import { dayOf, instantOf, type Wall } from "./Zone.ts"

/**
 * Stretches of time that people ask for, in the order of a menu.
 *
 * "last" with minutes or hours goes back from now by the clock and is open towards what comes: a row's time may be
 * ahead of ours by the dead band of sessions.md 1, and a live list goes on. All others are whole days of the zone,
 * those with a number today included; weeks begin on Monday.
 */
export const Preset = Schema.Literals([
  "last-15m",
  "last-1h",
  "last-24h",
  "today",
  "yesterday",
  "last-7d",
  "last-30d",
  "this-week",
  "last-week",
  "this-month",
  "last-month"
])
export type Preset = typeof Preset.Type

export const labels: Readonly<Record<Preset, Label>> = {
  "last-15m": { pl: "Ostatnie 15 minut", en: "Last 15 minutes" },
  "last-1h": { pl: "Ostatnia godzina", en: "Last hour" },
  "last-24h": { pl: "Ostatnie 24 godziny", en: "Last 24 hours" },
  today: { pl: "Dzisiaj", en: "Today" },
  yesterday: { pl: "Wczoraj", en: "Yesterday" },
  "last-7d": { pl: "Ostatnie 7 dni", en: "Last 7 days" },
  "last-30d": { pl: "Ostatnie 30 dni", en: "Last 30 days" },
  "this-week": { pl: "Ten tydzień", en: "This week" },
  "last-week": { pl: "Poprzedni tydzień", en: "Last week" },
  "this-month": { pl: "Ten miesiąc", en: "This month" },
  "last-month": { pl: "Poprzedni miesiąc", en: "Last month" }
}

/** The instants that a preset means at `now` in a zone. *Units*: UTC milliseconds. */
export const intervalOf = (preset: Preset, now: number, zone: DateTime.TimeZone.Named): Interval => {
  const days = (from: number, to: number): Interval => {
    const { year, month, day } = dayOf(now, zone)
    return between({ year, month, day: day + from }, { year, month, day: day + to })
  }
  const months = (from: number, to: number): Interval => {
    const { year, month } = dayOf(now, zone)
    return between({ year, month: month + from, day: 1 }, { year, month: month + to, day: 1 })
  }
  const between = (from: Wall, to: Wall): Interval => ({ from: instantOf(from, zone), to: instantOf(to, zone) })
  const sinceMonday = (): number => (dayOf(now, zone).weekDay + 6) % 7
  switch (preset) {
    case "last-15m":
      return { from: now - 15 * MINUTE, to: null }
    case "last-1h":
      return { from: now - HOUR, to: null }
    case "last-24h":
      return { from: now - 24 * HOUR, to: null }
    case "today":
      return days(0, 1)
    case "yesterday":
      return days(-1, 0)
    case "last-7d":
      return days(-6, 1)
    case "last-30d":
      return days(-29, 1)
    case "this-week":
      return days(-sinceMonday(), 7 - sinceMonday())
    case "last-week":
      return days(-sinceMonday() - 7, -sinceMonday())
    case "this-month":
      return months(0, 1)
    case "last-month":
      return months(-1, 0)
  }
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
