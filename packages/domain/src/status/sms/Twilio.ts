import type { Row } from "./Table.ts"

/**
 * Twilio, `MessageStatus` of a status callback. Why it failed is in `errors`.
 *
 * *Source*: https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks, read 2026-11-23;
 * meanings are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["queued", "queued", "none", "none", "Queued", "W kolejce"],
  ["accepted", "accepted", "none", "none", "Accepted", "Przyjęta"],
  ["scheduled", "scheduled", "none", "none", "Waiting for its planned time", "Oczekuje na zaplanowany czas"],
  ["sending", "sending", "none", "none", "Being sent", "W trakcie wysyłki"],
  ["sent", "sent", "none", "none", "Sent, no report yet", "Wysłana, brak raportu"],
  ["delivered", "delivered", "none", "none", "Delivered", "Doręczona"],
  ["read", "read", "none", "none", "Read", "Przeczytana"],
  ["canceled", "canceled", "none", "none", "Cancelled by the sender", "Anulowana przez nadawcę"],
  ["failed", "failed", "unknown", "gateway_error", "Sending failed", "Wysyłka nie powiodła się"],
  ["undelivered", "undelivered", "unknown", "unreachable", "Not delivered", "Niedoręczona"]
]

/**
 * Twilio, `ErrorCode` of a status callback and `code` of a refused API call: one list for both.
 *
 * *Source*: https://www.twilio.com/docs/api/errors/<code>, as listed in nyaruka/courier handlers/twiml/errors.json at
 * 350e9350; 30001 to 30007, 30034, 21211 and 21610 also in api-evangelist/twilio at 286450e0. Categories and permanence
 * are our reading.
 */
// oxfmt-ignore
export const errors: ReadonlyArray<Row> = [
  ["14107", "SMS send rate limit exceeded", "temporary", "throttled", "Sending too fast", "Zbyt szybka wysyłka"],
  ["21211", "Invalid 'To' number", "permanent", "invalid_number", "Recipient number is wrong", "Błędny numer odbiorcy"],
  ["21212", "Invalid 'From' number", "permanent", "sender_not_allowed", "Sender is wrong", "Błędny nadawca"],
  ["21214", "'To' cannot be reached", "unknown", "unreachable", "Number cannot be reached", "Numer nieosiągalny"],
  ["21216", "Blocked by Twilio blocklist", "permanent", "blocked", "Blocked by provider's list", "Numer na liście blokad dostawcy"],
  ["21217", "Number does not appear valid", "permanent", "invalid_number", "Number looks invalid", "Numer wygląda na błędny"],
  ["21219", "'To' not verified", "permanent", "auth", "Trial account: recipient not verified", "Konto próbne: odbiorca niezweryfikowany"],
  ["21408", "Region not enabled", "permanent", "blocked", "Sending to this country is switched off", "Wysyłka do tego kraju wyłączona"],
  ["21601", "Number not SMS capable", "permanent", "invalid_number", "Number cannot receive SMS", "Numer nie odbiera SMS-ów"],
  ["21602", "Body required", "permanent", "bad_request", "Empty message", "Pusta treść"],
  ["21603", "'From' required", "permanent", "bad_request", "Sender missing", "Brak nadawcy"],
  ["21604", "'To' required", "permanent", "bad_request", "Recipient missing", "Brak odbiorcy"],
  ["21606", "'From' not valid for this destination", "permanent", "sender_not_allowed", "Sender not allowed for this destination", "Nadawca niedozwolony w tym kierunku"],
  ["21608", "'To' not verified (trial)", "permanent", "auth", "Trial account: recipient not verified", "Konto próbne: odbiorca niezweryfikowany"],
  ["21610", "Recipient unsubscribed", "permanent", "blocked", "Recipient opted out", "Odbiorca zrezygnował z wiadomości"],
  ["21611", "Sender queue full", "temporary", "throttled", "Too many messages waiting for this sender", "Za dużo wiadomości oczekuje u tego nadawcy"],
  ["21612", "'To' not reachable via SMS", "permanent", "unreachable", "No SMS route to this number", "Brak trasy SMS do tego numeru"],
  ["21614", "'To' not a mobile", "permanent", "invalid_number", "Not a mobile number", "To nie numer komórkowy"],
  ["21617", "Body over limit", "permanent", "content_rejected", "Text too long", "Treść za długa"],
  ["21618", "Body cannot be sent", "permanent", "content_rejected", "Text cannot be sent", "Treści nie można wysłać"],
  ["30001", "Queue overflow", "temporary", "throttled", "Provider queue overflow", "Przepełniona kolejka dostawcy"],
  ["30002", "Account suspended", "permanent", "auth", "Provider account suspended", "Zawieszone konto u dostawcy"],
  ["30003", "Unreachable handset", "temporary", "unreachable", "Phone off or out of coverage", "Telefon wyłączony lub poza zasięgiem"],
  ["30004", "Message blocked", "permanent", "blocked", "Blocked by recipient or operator", "Zablokowana przez odbiorcę lub operatora"],
  ["30005", "Unknown handset", "permanent", "invalid_number", "Number unknown or inactive", "Numer nieznany lub nieaktywny"],
  ["30006", "Landline or unreachable carrier", "permanent", "invalid_number", "Landline, or operator cannot be reached", "Numer stacjonarny lub operator nieosiągalny"],
  ["30007", "Message filtered", "permanent", "content_rejected", "Stopped by spam/policy filter", "Zatrzymana przez filtr treści"],
  ["30008", "Unknown error", "unknown", "unknown", "Unknown delivery error", "Nieznany błąd doręczenia"],
  ["30009", "Missing segment", "temporary", "gateway_error", "A part of the message was lost", "Zgubiono część wiadomości"],
  ["30010", "Price over max", "permanent", "no_credit", "Price above the set limit", "Cena powyżej ustawionego limitu"],
  ["30011", "MMS not supported", "permanent", "content_rejected", "MMS not supported for this number", "Numer nie obsługuje MMS-ów"],
  ["30012", "TTL too small", "permanent", "bad_request", "Validity too short", "Zbyt krótki czas ważności"],
  ["30013", "TTL too big", "permanent", "bad_request", "Validity too long", "Zbyt długi czas ważności"],
  ["30014", "'To' attributes invalid", "permanent", "bad_request", "Recipient attributes wrong", "Błędne atrybuty odbiorcy"],
  ["30015", "Channel type not supported", "permanent", "bad_request", "Channel not supported", "Nieobsługiwany kanał"],
  ["30016", "Channel types incompatible", "permanent", "bad_request", "Sender and recipient channels differ", "Niezgodne kanały nadawcy i odbiorcy"],
  ["30017", "Carrier congestion", "temporary", "throttled", "Operator network congested", "Przeciążona sieć operatora"],
  ["30018", "Sender pre-registration required", "permanent", "sender_not_allowed", "Sender must be registered with the operator", "Nadawca wymaga rejestracji u operatora"],
  ["30019", "Content size over carrier limit", "permanent", "content_rejected", "Content too large", "Treść za duża"],
  ["30020", "Scheduling failure", "temporary", "gateway_error", "Provider scheduling failure", "Błąd planowania wysyłki u dostawcy"],
  ["30021", "Orchestrator failure", "temporary", "gateway_error", "Provider service failure", "Błąd usługi dostawcy"],
  ["30022", "A2P rate limit", "temporary", "throttled", "US rate limit exceeded", "Przekroczony limit szybkości (USA)"],
  ["30023", "A2P daily cap", "temporary", "throttled", "US daily cap reached", "Osiągnięty dzienny limit (USA)"],
  ["30024", "Numeric sender not provisioned", "permanent", "sender_not_allowed", "Numeric sender not enabled at the operator", "Nadawca numeryczny nieaktywny u operatora"],
  ["30027", "Daily limit reached (T-Mobile)", "temporary", "throttled", "Operator daily limit reached", "Osiągnięty dzienny limit operatora"],
  ["30032", "Toll-free not verified", "permanent", "sender_not_allowed", "Toll-free sender not verified", "Niezweryfikowany bezpłatny numer nadawcy"],
  ["30034", "Unregistered 10DLC number", "permanent", "sender_not_allowed", "US sender not registered", "Niezarejestrowany nadawca (USA)"],
  ["30410", "Provider timeout", "temporary", "gateway_error", "Provider timed out", "Dostawca nie odpowiedział na czas"],
  ["63018", "Channel rate limit", "temporary", "throttled", "Channel rate limit", "Osiągnięty limit szybkości kanału"]
]

/**
 * Twilio over SMPP, `err` of a receipt. Codes above 012 were not in the copy of the page that was read.
 *
 * *Source*: https://www.twilio.com/docs/smpp/error-codes, read 2026-11-23. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const smppErrors: ReadonlyArray<Row> = [
  ["000", "no error", "none", "none", "No error", "Brak błędu"],
  ["001", "absent subscriber", "temporary", "unreachable", "Subscriber absent", "Abonent nieobecny"],
  ["002", "handset memory exceeded", "temporary", "unreachable", "Phone memory full", "Pełna pamięć telefonu"],
  ["003", "equipment protocol error", "temporary", "unreachable", "Handset protocol error", "Błąd protokołu aparatu"],
  ["004", "equipment without SMS", "permanent", "unreachable", "Handset cannot do SMS", "Aparat nie obsługuje SMS-ów"],
  ["005", "unknown subscriber", "permanent", "invalid_number", "Number not known to the operator", "Numer nieznany operatorowi"],
  ["006", "illegal subscriber", "permanent", "blocked", "Subscriber failed authentication", "Abonent nieuwierzytelniony"],
  ["007", "teleservice not provisioned", "permanent", "blocked", "SMS not enabled for the subscriber", "Usługa SMS nieaktywna u abonenta"],
  ["008", "illegal equipment", "permanent", "blocked", "Handset barred", "Aparat zablokowany"],
  ["009", "call barred", "permanent", "blocked", "Number barred by operator", "Numer zablokowany przez operatora"],
  ["010", "facility not supported", "permanent", "unreachable", "Network cannot deliver SMS here", "Sieć nie obsługuje doręczania SMS-ów"],
  ["011", "subscriber busy for MT SMS", "temporary", "unreachable", "Phone busy with another SMS", "Telefon zajęty innym SMS-em"],
  ["012", "system failure", "temporary", "gateway_error", "Network system failure", "Awaria systemu sieci"]
]
