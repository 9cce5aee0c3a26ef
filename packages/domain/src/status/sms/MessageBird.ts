import type { Row } from "./Table.ts"

/**
 * MessageBird, `status` of a status report, and what its successor Bird says.
 *
 * *Source*: nyaruka/courier handlers/messagebird/handler.go at 350e9350; meanings are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["scheduled", "scheduled", "none", "none", "Waiting for its planned time", "Oczekuje na zaplanowany czas"],
  ["sent", "sent", "none", "none", "Sent, no report yet", "Wysłana, brak raportu"],
  ["buffered", "buffered", "none", "none", "Waiting at the operator", "Oczekuje u operatora"],
  ["delivered", "delivered", "none", "none", "Delivered", "Doręczona"],
  ["expired", "expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["delivery_failed", "delivery_failed", "unknown", "unreachable", "Not delivered", "Niedoręczona"]
]

/**
 * MessageBird, `statusErrorCode`, and Bird, `failure.source.code`: these, and the MAP errors of Gsm.ts.
 *
 * *Source*: nyaruka/courier handlers/messagebird/handler.go at 350e9350 (103), Bird's page "SMS platform extended error
 * codes" at https://docs.bird.com/api/channels-api, read 2026-11-23.
 */
// oxfmt-ignore
export const reasons: ReadonlyArray<Row> = [
  ["103", "opted out", "permanent", "blocked", "Recipient opted out", "Odbiorca zrezygnował z wiadomości"]
]
