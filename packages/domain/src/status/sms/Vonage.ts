import type { Row } from "./Table.ts"

/**
 * Vonage, `status` of a delivery receipt, and of the Messages API (`submitted`, `read`, `undeliverable`). Why it failed is in `reasons`;
 * `unknown` is provisional.
 *
 * *Source*: Nexmo/nexmo-developer delivery-receipts.md and messages/concepts at 4da2b396; meanings are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["accepted", "accepted", "none", "none", "Accepted by the operator", "Przyjęta przez operatora"],
  ["delivered", "delivered", "none", "none", "Delivered", "Doręczona"],
  ["buffered", "buffered", "none", "none", "Waiting at the operator", "Oczekuje u operatora"],
  ["submitted", "submitted", "none", "none", "Sent, no report yet", "Wysłana, brak raportu"],
  ["read", "read", "none", "none", "Read", "Przeczytana"],
  ["undeliverable", "undeliverable", "unknown", "unreachable", "Not delivered", "Niedoręczona"],
  ["expired", "expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["failed", "failed", "unknown", "unreachable", "Not delivered", "Niedoręczona"],
  ["rejected", "rejected", "unknown", "blocked", "Refused", "Odrzucona"],
  ["unknown", "unknown", "unknown", "unknown", "State not known", "Stan nieznany", "provisional"]
]

/**
 * Vonage, `err-code` of a delivery receipt, by HTTP and as `err` by SMPP. 0 alone is no success: the status decides.
 *
 * *Source*: https://developer.vonage.com/messaging/sms/guides/delivery-receipts and Nexmo/nexmo-developer
 * delivery-receipts.md at 4da2b396; 16 from nyaruka/courier handlers/nexmo/handler.go.
 */
// oxfmt-ignore
export const reasons: ReadonlyArray<Row> = [
  ["0", "Delivered", "none", "none", "Delivered (or no error; see status)", "Doręczona (lub bez błędu; zob. status)"],
  ["1", "Unknown", "unknown", "unknown", "Not delivered, reason unknown", "Niedoręczona, przyczyna nieznana"],
  ["2", "Absent Subscriber - Temporary", "temporary", "unreachable", "Phone temporarily unavailable", "Telefon chwilowo niedostępny"],
  ["3", "Absent Subscriber - Permanent", "permanent", "invalid_number", "Number no longer active", "Numer już nieaktywny"],
  ["4", "Call Barred by User", "permanent", "blocked", "Barred at the recipient's operator", "Zablokowana u operatora odbiorcy"],
  ["5", "Portability Error", "permanent", "invalid_number", "Number porting problem", "Problem z przeniesieniem numeru"],
  ["6", "Anti-Spam Rejection", "permanent", "content_rejected", "Stopped by operator's spam filter", "Zatrzymana przez filtr antyspamowy operatora"],
  ["7", "Handset Busy", "temporary", "unreachable", "Phone busy", "Telefon zajęty"],
  ["8", "Network Error", "temporary", "gateway_error", "Network error", "Błąd sieci"],
  ["9", "Illegal Number", "permanent", "blocked", "Recipient does not accept these messages", "Odbiorca nie przyjmuje takich wiadomości"],
  ["10", "Illegal Message", "permanent", "content_rejected", "Message parameter or content not accepted", "Parametr lub treść nieprzyjęte"],
  ["11", "Unroutable", "temporary", "gateway_error", "No route found", "Brak trasy"],
  ["12", "Destination Unreachable", "permanent", "unreachable", "No route to this number", "Brak trasy do tego numeru"],
  ["13", "Subscriber Age Restriction", "permanent", "blocked", "Age restriction", "Ograniczenie wiekowe"],
  ["14", "Number Blocked by Carrier", "permanent", "blocked", "Blocked by operator", "Numer zablokowany przez operatora"],
  ["15", "Prepaid Insufficient Funds", "temporary", "blocked", "Recipient's prepaid balance too low to receive", "Odbiorca nie ma środków na odbiór"],
  ["16", "Gateway Quota Exceeded", "temporary", "throttled", "Gateway quota exceeded", "Przekroczony limit bramki"],
  ["50", "Entity Filter", "permanent", "content_rejected", "Local rules: entity id", "Przepisy lokalne: identyfikator podmiotu"],
  ["51", "Header Filter", "permanent", "sender_not_allowed", "Local rules: sender header", "Przepisy lokalne: nadawca"],
  ["52", "Content Filter", "permanent", "content_rejected", "Local rules: content id", "Przepisy lokalne: treść"],
  ["53", "Consent Filter", "permanent", "blocked", "Local rules: consent missing", "Przepisy lokalne: brak zgody"],
  ["54", "Regulation Error", "permanent", "blocked", "Local rules error", "Naruszenie przepisów lokalnych"],
  ["99", "General Error", "unknown", "gateway_error", "Route error", "Błąd trasy"]
]

/**
 * Vonage, `status` of the answer to a submission.
 *
 * *Source*: Nexmo/nexmo-developer _open_api/errors/sms.md at 4da2b396 and nyaruka/courier handlers/nexmo/handler.go.
 * Categories and permanence are our reading.
 */
// oxfmt-ignore
export const refusals: ReadonlyArray<Row> = [
  ["0", "Success", "none", "none", "Accepted", "Przyjęto"],
  ["1", "Throttled", "temporary", "throttled", "Sending too fast", "Zbyt szybka wysyłka"],
  ["2", "Missing parameters", "permanent", "bad_request", "Parameter missing", "Brak parametru"],
  ["3", "Invalid parameters", "permanent", "bad_request", "Parameter wrong", "Błędny parametr"],
  ["4", "Invalid credentials", "permanent", "auth", "Wrong account data", "Błędne dane konta"],
  ["5", "Internal error", "temporary", "gateway_error", "Provider internal error", "Błąd wewnętrzny dostawcy"],
  ["6", "Invalid message", "permanent", "invalid_number", "Message not processable (e.g. unknown prefix)", "Wiadomości nie da się przetworzyć (np. nieznany prefiks)"],
  ["7", "Number barred", "permanent", "blocked", "Number on a block list", "Numer na liście blokad"],
  ["8", "Partner account barred", "permanent", "auth", "Account barred", "Konto zablokowane"],
  ["9", "Partner quota exceeded", "temporary", "no_credit", "Not enough credit", "Brak środków"],
  ["10", "Too many existing binds", "temporary", "gateway_error", "Too many connections", "Zbyt wiele połączeń"],
  ["11", "Account not enabled for HTTP", "permanent", "auth", "Account not enabled for this interface", "Konto bez dostępu do tego interfejsu"],
  ["12", "Message too long", "permanent", "content_rejected", "Message too long", "Wiadomość za długa"],
  ["13", "Communication failed", "temporary", "gateway_error", "Communication failure", "Błąd komunikacji"],
  ["14", "Invalid signature", "permanent", "auth", "Signature wrong", "Błędny podpis"],
  ["15", "Illegal sender address", "permanent", "sender_not_allowed", "Sender not allowed", "Niedozwolony nadawca"],
  ["16", "Invalid TTL", "permanent", "bad_request", "Wrong validity", "Błędny czas ważności"],
  ["19", "Facility not allowed", "permanent", "auth", "Feature not enabled", "Funkcja nieaktywna"],
  ["20", "Invalid message class", "permanent", "bad_request", "Wrong message class", "Błędna klasa wiadomości"],
  ["22", "Invalid network code", "permanent", "bad_request", "Wrong network code", "Błędny kod sieci"],
  ["23", "Invalid callback URL", "permanent", "bad_request", "Wrong callback address", "Błędny adres zwrotny"],
  ["29", "Non-whitelisted destination", "permanent", "blocked", "Recipient not on the allowed list", "Odbiorca spoza listy dozwolonych"],
  ["32", "Signature and secret both used", "permanent", "auth", "Two kinds of credentials sent", "Podano dwa rodzaje uwierzytelnienia"],
  ["33", "Number de-activated", "permanent", "invalid_number", "Number deactivated", "Numer dezaktywowany"],
  ["34", "Invalid or missing msisdn", "permanent", "invalid_number", "Recipient missing or wrong", "Brak odbiorcy lub błędny numer"]
]
