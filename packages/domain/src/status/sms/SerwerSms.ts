import type { Row } from "./Table.ts"

/**
 * SerwerSMS.pl, the state of a message in a delivery report. Why it failed is in `reasons`.
 *
 * *Source*: https://dev.serwersms.pl/en/https-api-v2/checking-the-sms-delivery-reports, read 2026-11-23; meanings are
 * our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["delivered", "delivered", "none", "none", "Delivered", "Doręczona"],
  ["undelivered", "undelivered", "unknown", "unreachable", "Not delivered", "Niedoręczona"],
  ["pending", "pending", "none", "none", "Waiting", "Oczekuje"],
  ["sent", "sent", "none", "none", "Sent, no report yet", "Wysłana, brak raportu"],
  ["unsent", "unsent", "unknown", "gateway_error", "Not sent", "Niewysłana"],
  ["in_progress", "in_progress", "none", "none", "Being sent", "W trakcie wysyłki"],
  ["saved", "saved", "none", "none", "Saved, not sent yet", "Zapisana, jeszcze niewysłana"]
]

/**
 * SerwerSMS.pl, the error code of a delivery report.
 *
 * *Source*: https://dev.serwersms.pl/sql-api/kody-bledow, read 2026-11-23. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const reasons: ReadonlyArray<Row> = [
  ["2000", "validity expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["2001", "wrong recipient", "permanent", "invalid_number", "Recipient number wrong", "Błędny numer odbiorcy"],
  ["2002", "unsupported number", "permanent", "invalid_number", "Number not supported", "Numer nieobsługiwany"],
  ["2003", "rejected", "permanent", "blocked", "Message refused", "Wiadomość odrzucona"],
  ["2004", "operator error", "temporary", "gateway_error", "Operator error", "Błąd operatora"],
  ["2005", "call not answered", "temporary", "unreachable", "Voice call not answered", "Nie odebrano połączenia"],
  ["2200", "wrong recipient", "permanent", "invalid_number", "Recipient number wrong", "Błędny numer odbiorcy"],
  ["2201", "limit used up", "temporary", "no_credit", "Message limit used up", "Wyczerpany limit wiadomości"],
  ["2202", "sending blocked", "permanent", "blocked", "Sending is blocked", "Wysyłka zablokowana"],
  ["2203", "wrong message", "permanent", "content_rejected", "Message not accepted", "Wiadomość nieprzyjęta"],
  ["2204", "operator-side error", "temporary", "gateway_error", "Operator-side error", "Błąd po stronie operatora"],
  ["2205", "wrong sender", "permanent", "sender_not_allowed", "Sender name not allowed", "Niedozwolona nazwa nadawcy"],
  ["2206", "blacklist", "permanent", "blocked", "Number on blacklist", "Numer na czarnej liście"],
  ["2207", "foreign blocked", "permanent", "blocked", "Foreign networks blocked", "Zablokowane sieci zagraniczne"],
  ["2208", "no permission", "permanent", "auth", "No permission to send", "Brak uprawnień do wysyłki"]
]

/**
 * SerwerSMS.pl, the error of a refused API call. The copy of the page that was read ends after 1003.
 *
 * *Source*: https://dev.serwersms.pl/https-xml-api/komunikaty-ogolne, read 2026-11-23. Categories and permanence are
 * our reading.
 */
// oxfmt-ignore
export const refusals: ReadonlyArray<Row> = [
  ["100", "no credentials", "permanent", "auth", "Login or password missing", "Brak loginu lub hasła"],
  ["101", "wrong credentials", "permanent", "auth", "Wrong login or password", "Błędny login lub hasło"],
  ["102", "no API right", "permanent", "auth", "Account may not use the API", "Konto bez dostępu do API"],
  ["103", "account not active", "permanent", "auth", "Account not fully active", "Konto nie w pełni aktywne"],
  ["104", "user without API", "permanent", "auth", "User may not use the API", "Użytkownik bez dostępu do API"],
  ["105", "IP not allowed", "permanent", "auth", "IP address not allowed", "Niedozwolony adres IP"],
  ["106", "no action", "permanent", "bad_request", "No action given", "Nie podano akcji"],
  ["107", "IP blocked", "permanent", "auth", "IP address blocked", "Zablokowany adres IP"],
  ["1000", "ECO limit", "temporary", "no_credit", "ECO message limit used up", "Wyczerpany limit wiadomości ECO"],
  ["1001", "no ECO right", "permanent", "auth", "No right to send ECO", "Brak uprawnień do wysyłki ECO"],
  ["1002", "FULL limit", "temporary", "no_credit", "FULL message limit used up", "Wyczerpany limit wiadomości FULL"]
]
