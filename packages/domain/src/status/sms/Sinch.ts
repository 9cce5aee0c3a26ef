import type { Row } from "./Table.ts"

/**
 * Sinch, `status` of a delivery report. Why it failed is in `reasons`; `Unknown` is provisional.
 *
 * *Source*: sinch/sinch-sdk-node packages/sms/src/models/v1/enums.ts at affb35e5 and
 * https://developers.sinch.com/docs/sms/api-reference/sms/tag/Delivery-reports/; meanings are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["Queued", "Queued", "none", "none", "Queued", "W kolejce"],
  ["Dispatched", "Dispatched", "none", "none", "Handed to the operator", "Przekazana operatorowi"],
  ["Delivered", "Delivered", "none", "none", "Delivered", "Doręczona"],
  ["Aborted", "Aborted", "unknown", "gateway_error", "Stopped by the provider before sending", "Zatrzymana przez dostawcę przed wysyłką"],
  ["Cancelled", "Cancelled", "none", "none", "Cancelled by the sender", "Anulowana przez nadawcę"],
  ["Rejected", "Rejected", "unknown", "blocked", "Refused", "Odrzucona"],
  ["Deleted", "Deleted", "permanent", "cancelled", "Removed before delivery", "Usunięta przed doręczeniem"],
  ["Failed", "Failed", "unknown", "unreachable", "Not delivered", "Niedoręczona"],
  ["Expired", "Expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["Unknown", "Unknown", "unknown", "unknown", "State not known", "Stan nieznany", "provisional"]
]

/**
 * Sinch, `code` of a delivery report.
 *
 * *Source*: sinch/sinch-sdk-java DeliveryReceiptStatusCode.java at d747cc30. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const reasons: ReadonlyArray<Row> = [
  ["0", "delivered", "none", "none", "Delivered", "Doręczona"],
  ["400", "queued", "none", "none", "Queued", "W kolejce"],
  ["401", "dispatched", "none", "none", "Handed to the operator", "Przekazana operatorowi"],
  ["402", "message unroutable", "permanent", "unreachable", "No route, retry will not help", "Brak trasy, ponowienie nie pomoże"],
  ["403", "internal error", "temporary", "gateway_error", "Provider internal error", "Błąd wewnętrzny dostawcy"],
  ["404", "temporary delivery failure", "temporary", "unreachable", "Temporary failure, may be retried", "Błąd chwilowy, można ponowić"],
  ["405", "unmatched parameter", "permanent", "bad_request", "Template parameter missing for recipient", "Brak parametru szablonu dla tego odbiorcy"],
  ["406", "internal expiry", "temporary", "expired", "Expired before reaching the operator", "Wygasła przed przekazaniem operatorowi"],
  ["407", "cancelled", "permanent", "cancelled", "Cancelled by the sender", "Anulowana przez nadawcę"],
  ["408", "internal reject", "permanent", "blocked", "Refused, retry will not help", "Odrzucona, ponowienie nie pomoże"],
  ["410", "no default originator", "permanent", "sender_not_allowed", "No sender set for this recipient", "Brak nadawcy ustalonego dla tego odbiorcy"],
  ["411", "parts limit", "permanent", "content_rejected", "Too many parts", "Zbyt wiele części"],
  ["412", "unprovisioned region", "permanent", "blocked", "Region not enabled", "Wysyłka do tego regionu nie jest włączona"],
  ["413", "account blocked", "permanent", "no_credit", "Account blocked, maybe out of credit", "Konto zablokowane, być może z braku środków"],
  ["414", "bad media", "permanent", "content_rejected", "MMS media not usable", "Nieprawidłowy załącznik MMS"],
  ["415", "MMS rejected", "permanent", "content_rejected", "MMS refused", "MMS odrzucony"],
  ["416", "MMS not supported", "permanent", "content_rejected", "MMS not supported", "MMS nieobsługiwany"],
  ["417", "MMS unreachable", "temporary", "unreachable", "MMS recipient unreachable", "Odbiorca MMS nieosiągalny"],
  ["418", "MMS unrecognized", "permanent", "content_rejected", "MMS not recognised by phone", "MMS nierozpoznany przez telefon"]
]
