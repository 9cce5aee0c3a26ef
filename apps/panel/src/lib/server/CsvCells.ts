import type { Log } from "@spoor/domain"

/**
 * How phone numbers are written, which begin with "+", as formulas do: as text that a spreadsheet leaves alone, or as they are. A
 * number in E.164 has nothing but digits after the plus, so it can do no harm either way.
 */
export const phoneForms = ["text", "plain"] as const
export type PhoneForm = (typeof phoneForms)[number]

const columns = (own: string, details: string): ReadonlyArray<string> => [
  ...own.split(" "),
  ...details.split(" ").map((name) => `details.${name}`)
]

/** The columns of a log's CSV: the fields of its rows, as the API names them. What is a list or an object becomes JSON. */
export const csvColumns: Readonly<Record<Log.Log, ReadonlyArray<string>>> = {
  panel: columns("id createdAt url method status userEmail ip", "userId requestId processingMs userAgent"),
  activity: columns(
    "id createdAt siteId visitorId sessionId type visitorEmail sessionActive",
    "session.startedAt session.endedAt session.productViews session.productsViewed session.cartValue " +
      "session.cartCurrency eventId url title referrer device email product cart order clientAt receivedAt storedAt " +
      "isLogout isClockWrong isLate isHistory"
  ),
  "session-events": columns(
    "id createdAt siteId visitorId type visitorEmail",
    "sessionId segment emittedAt products cart order isInferred isHistoric explanation evidence repeatOf recoveredBy " +
      "supersededAt supersededReason supersededBy"
  ),
  api: columns("id createdAt url method status apiKey.name apiKey.prefix ip", "requestId processingMs userAgent"),
  sms: columns(
    "id createdAt gateway sender phone error.code error.text",
    "rawCode payload rawPhone protocol messageId permanence category reportedAt"
  )
}

/** A row as the cells of its columns. *Shape*: `json` as `LogJson.encode` gives it. */
export const cellsOf = (log: Log.Log, json: unknown, phones: PhoneForm): ReadonlyArray<string> =>
  csvColumns[log].map((column) => {
    const value = column.split(".").reduce(within, json)
    return column === "phone" && phones === "plain" ? String(value ?? "") : cellOf(value)
  })

/** The last record: so many rows stand above it. A file without it was cut off. */
export const lastCells = (log: Log.Log, rows: number): ReadonlyArray<string> =>
  csvColumns[log].map((_, place) => (place === 0 ? "#rows" : place === 1 ? String(rows) : ""))

const within = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined

/** What a spreadsheet would take for a formula, in any of its spellings. *Source*: OWASP, "CSV Injection", 2026-11-28. */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/** Numbers are ours and stay numbers, also below zero; texts are anybody's. */
const cellOf = (value: unknown): string => {
  if (value === null || value === undefined) return ""
  if (typeof value !== "string") return typeof value === "object" ? JSON.stringify(value) : String(value)
  return formula.test(value) ? `'${value}` : value
}
