import type { Row } from "./Table.ts"

/**
 * 8x8 over SMPP, `err` of a receipt; a part of the vendor's list, which has 0 to 52 and more.
 *
 * *Source*: https://developer.8x8.com/connect/docs/delivery-receipts-error-codes, read 2026-11-23. Categories and
 * permanence are our reading.
 */
// oxfmt-ignore
export const smppErrors: ReadonlyArray<Row> = [
  ["1", "Absent subscriber", "temporary", "unreachable", "Subscriber absent", "Abonent nieobecny"],
  ["2", "Content related error", "permanent", "content_rejected", "Content problem", "Problem z treścią"],
  ["7", "Delivery failure", "unknown", "unreachable", "Not delivered", "Niedoręczono"],
  ["8", "Deny", "permanent", "blocked", "Denied", "Odmowa"],
  ["11", "Flooding", "temporary", "throttled", "Too many messages", "Zbyt wiele wiadomości"],
  ["13", "Illegal subscriber or equipment", "permanent", "blocked", "Subscriber or handset barred", "Abonent lub aparat zablokowany"],
  ["15", "Invalid destination", "permanent", "invalid_number", "Wrong number", "Błędny numer"],
  ["17", "Invalid message length", "permanent", "content_rejected", "Wrong length", "Błędna długość"],
  ["19", "Invalid source address", "permanent", "sender_not_allowed", "Sender rejected", "Nadawca odrzucony"],
  ["21", "Memory capacity exceeded", "temporary", "unreachable", "Phone memory full", "Pełna pamięć telefonu"],
  ["26", "Operation barred", "permanent", "blocked", "Barred", "Zablokowano"],
  ["30", "Portability error", "temporary", "invalid_number", "Number porting problem", "Problem z przeniesieniem numeru"],
  ["32", "Roaming subscriber", "temporary", "unreachable", "Subscriber roaming", "Abonent w roamingu"],
  ["33", "Route error", "temporary", "gateway_error", "No route", "Brak trasy"],
  ["35", "Service center congestion", "temporary", "throttled", "Centre congested", "Przeciążone centrum"],
  ["36", "SMS expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["42", "Source credit insufficiency", "temporary", "no_credit", "Account out of credit", "Brak środków na koncie"],
  ["43", "Spam filter", "permanent", "content_rejected", "Stopped as spam", "Zatrzymana jako spam"],
  ["45", "Subscriber busy for SMS", "temporary", "unreachable", "Phone busy", "Telefon zajęty"],
  ["46", "Subscriber not reachable", "temporary", "unreachable", "Not reachable", "Abonent nieosiągalny"],
  ["48", "System failure", "temporary", "gateway_error", "Network failure", "Awaria sieci"],
  ["50", "Throttling error", "temporary", "throttled", "Throttled", "Ograniczono szybkość"],
  ["51", "Time out error", "temporary", "unreachable", "Timed out", "Przekroczono czas oczekiwania"]
]
