import type { Row } from "./Table.ts"

/**
 * SMSAPI.pl, the `status` of a delivery callback. 401 and 408 are provisional: no report came, one still may.
 *
 * *Source*: erigones/esdc-ce api/sms/smsapi/views.py at 7e3deddd and OCSoftwarePL SmsApiBundle AbstractSender, read
 * 2026-11-23. Categories are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["401", "NOT_FOUND", "unknown", "unknown", "Unknown id or report expired", "Nieznany identyfikator lub wygasły raport", "provisional"],
  ["402", "EXPIRED", "temporary", "expired", "Not delivered in time", "Niedoręczona w czasie ważności"],
  ["403", "SENT", "none", "none", "Sent, no report yet", "Wysłana, brak raportu"],
  ["404", "DELIVERED", "none", "none", "Delivered", "Doręczona"],
  ["405", "UNDELIVERED", "permanent", "unreachable", "Not delivered (wrong or unreachable number)", "Niedoręczona (błędny lub niedostępny numer)"],
  ["406", "FAILED", "temporary", "gateway_error", "Sending failed at the provider", "Błąd wysyłki u dostawcy"],
  ["407", "REJECTED", "permanent", "blocked", "Refused by the operator", "Odrzucona przez operatora"],
  ["408", "UNKNOWN", "unknown", "unknown", "No report from the operator", "Brak raportu operatora", "provisional"],
  ["409", "QUEUE", "none", "none", "Waiting in queue", "Oczekuje w kolejce"],
  ["410", "ACCEPTED", "none", "none", "Accepted by the operator", "Przyjęta przez operatora"],
  ["411", "RENEWAL", "none", "none", "Will be tried again", "Będzie ponowiona"],
  ["412", "STOP", "permanent", "cancelled", "Stopped by the user", "Zatrzymana przez użytkownika"]
]

/**
 * SMSAPI.pl, the error of a refused API call.
 *
 * *Source*: OCSoftwarePL SmsApiBundle AbstractSender and chapters 9, 18 and 19 of https://www.smsapi.pl/docs/, read
 * 2026-11-23. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const refusals: ReadonlyArray<Row> = [
  ["8", "request error", "unknown", "gateway_error", "Request could not be handled", "Nie udało się obsłużyć żądania"],
  ["11", "message length", "permanent", "content_rejected", "Text empty, too long or with forbidden characters", "Treść pusta, za długa lub z niedozwolonymi znakami"],
  ["12", "max parts", "permanent", "content_rejected", "More parts than allowed", "Więcej części, niż dozwolono"],
  ["13", "no valid numbers", "permanent", "invalid_number", "No valid recipient (wrong, landline or blacklisted)", "Brak poprawnego odbiorcy (numer błędny, stacjonarny lub z czarnej listy)"],
  ["14", "sender", "permanent", "sender_not_allowed", "Sender name not allowed", "Niedozwolona nazwa nadawcy"],
  ["17", "flash characters", "permanent", "content_rejected", "Flash message with special characters", "Wiadomość flash ze znakami specjalnymi"],
  ["18", "parameter count", "permanent", "bad_request", "Wrong number of parameters", "Błędna liczba parametrów"],
  ["19", "too many messages", "permanent", "bad_request", "Too many messages in one call", "Za dużo wiadomości w jednym wywołaniu"],
  ["20", "idx count", "permanent", "bad_request", "Wrong number of IDX values", "Błędna liczba wartości IDX"],
  ["21", "MMS size", "permanent", "content_rejected", "MMS too large", "Za duży MMS"],
  ["22", "SMIL", "permanent", "content_rejected", "Wrong SMIL", "Błędny SMIL"],
  ["23", "file download", "temporary", "gateway_error", "File could not be fetched", "Nie udało się pobrać pliku"],
  ["24", "file format", "permanent", "content_rejected", "Wrong file format", "Błędny format pliku"],
  ["25", "normalize+datacoding", "permanent", "bad_request", "Conflicting parameters", "Sprzeczne parametry"],
  ["26", "subject", "permanent", "content_rejected", "Subject too long", "Za długi temat"],
  ["27", "idx length", "permanent", "bad_request", "IDX too long", "Za długi IDX"],
  ["28", "time_restriction", "permanent", "bad_request", "Wrong time restriction", "Błędne ograniczenie czasowe"],
  ["30", "UDH", "permanent", "bad_request", "UDH missing", "Brak UDH"],
  ["31", "TTS", "temporary", "gateway_error", "Speech conversion failed", "Błąd syntezy mowy"],
  ["32", "foreign off", "permanent", "blocked", "Foreign numbers switched off", "Wysyłka za granicę wyłączona"],
  ["33", "no valid numbers", "permanent", "invalid_number", "No valid numbers", "Brak poprawnych numerów"],
  ["35", "tts_lector", "permanent", "bad_request", "Wrong voice", "Błędny lektor"],
  ["36", "footer", "permanent", "bad_request", "Binary message with footer", "Wiadomość binarna ze stopką"],
  ["40", "group missing", "permanent", "bad_request", "Group not found", "Nie znaleziono grupy"],
  ["41", "group empty", "permanent", "bad_request", "Group is empty", "Grupa jest pusta"],
  ["50", "schedule range", "permanent", "bad_request", "Scheduled too far ahead", "Zbyt odległy termin"],
  ["51", "hour", "permanent", "bad_request", "Hour not allowed", "Niedozwolona godzina"],
  ["52", "per-number rate", "temporary", "throttled", "Too many tries to one number in a minute", "Za dużo prób na jeden numer w ciągu minuty"],
  ["53", "idx not unique", "permanent", "bad_request", "Duplicate IDX", "Powtórzony IDX"],
  ["54", "date", "permanent", "bad_request", "Wrong date", "Błędna data"],
  ["55", "no landlines", "permanent", "invalid_number", "No landline numbers in the send", "W wysyłce nie ma numerów stacjonarnych"],
  ["56", "expiry gap", "permanent", "bad_request", "Expiry too near or too far", "Zbyt bliska lub odległa data ważności"],
  ["57", "blacklist", "permanent", "blocked", "Number on your blacklist", "Numer na czarnej liście konta"],
  ["60", "code group", "permanent", "bad_request", "Code group not found", "Nie znaleziono grupy kodów"],
  ["61", "codes expired", "permanent", "expired", "Code group expired", "Grupa kodów wygasła"],
  ["62", "no codes", "permanent", "bad_request", "No free codes left", "Brak wolnych kodów"],
  ["65", "not enough codes", "permanent", "bad_request", "Too few codes", "Za mało kodów"],
  ["66", "code tag", "permanent", "bad_request", "Code tag missing in text", "Brak znacznika kodu w treści"],
  ["70", "notify_url", "permanent", "bad_request", "Wrong callback address", "Błędny adres zwrotny"],
  ["74", "account time limits", "permanent", "bad_request", "Time outside account limits", "Termin poza ograniczeniami konta"],
  ["98", "test account", "permanent", "auth", "Test account: only the registered number", "Konto testowe: wysyłka tylko na numer podany przy rejestracji"],
  ["101", "auth", "permanent", "auth", "Wrong or missing credentials", "Błędne dane logowania lub ich brak"],
  ["102", "login", "permanent", "auth", "Wrong login or password", "Błędny login lub hasło"],
  ["103", "points", "temporary", "no_credit", "Not enough points", "Za mało punktów na koncie"],
  ["104", "template", "permanent", "bad_request", "Template missing", "Nie znaleziono szablonu"],
  ["105", "IP filter", "permanent", "auth", "IP address not allowed", "Niedozwolony adres IP"],
  ["110", "service off", "permanent", "auth", "Service not available on the account", "Usługa niedostępna na tym koncie"],
  ["200", "try again", "temporary", "gateway_error", "Sending failed, try again", "Wysyłka nie powiodła się, należy ją ponowić"],
  ["201", "internal", "temporary", "gateway_error", "Provider internal error", "Błąd wewnętrzny dostawcy"],
  ["202", "concurrency", "temporary", "throttled", "Too many calls at once", "Zbyt wiele jednoczesnych wywołań"],
  ["203", "rate", "temporary", "throttled", "Too many calls", "Zbyt wiele wywołań"],
  ["300", "points field", "permanent", "bad_request", "Wrong points field", "Błędne pole points"],
  ["301", "message id", "permanent", "bad_request", "Message id not found", "Nie znaleziono wiadomości o tym identyfikatorze"],
  ["400", "status id", "permanent", "bad_request", "Wrong status id", "Błędny identyfikator statusu"],
  ["999", "internal", "temporary", "gateway_error", "Provider internal error", "Błąd wewnętrzny dostawcy"]
]
