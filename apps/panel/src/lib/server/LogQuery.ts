import { Log } from "@spoor/domain"
import type { Keyset } from "@spoor/postgres"

/** Which page: `older` and `newer` hold the row to go on from, as "milliseconds.id". */
export const readTurn = (search: URLSearchParams): Keyset.Turn => {
  for (const direction of ["older", "newer"] as const) {
    const match = /^(-?\d{1,15})\.(\d{1,15})$/.exec(search.get(direction) ?? "")
    if (match !== null) return { direction, cursor: { at: Number(match[1]), id: Number(match[2]) } }
  }
  return { direction: "newest" }
}

/** A log by the name that addresses have for it; null when there is none. */
export const readLog = (name: string): Log.Log | null => Log.Log.literals.find((log) => log === name) ?? null

/** A log ID from an address; null when it can be none. */
export const readId = (text: string): number | null => (/^\d{1,15}$/.test(text) ? Number(text) : null)
