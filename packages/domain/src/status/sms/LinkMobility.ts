import type { Row } from "./Table.ts"

/**
 * LINK Mobility, `resultCode` of a delivery report: the legacy list, the newer one was not to be had.
 *
 * *Source*: schibsted/linkmobility-mock app/responses.js at c4dd5c94. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["201", "sent to gateway", "none", "none", "Sent to gateway", "Przekazana do bramki"],
  ["202", "acknowledged", "none", "none", "Acknowledged by operator", "Potwierdzona przez operatora"],
  ["203", "delivered", "none", "none", "Billed and delivered", "Naliczona i doręczona"],
  ["204", "billed", "none", "none", "Billed", "Naliczona"],
  ["901", "low credit", "temporary", "blocked", "Recipient has too little credit", "Odbiorca nie ma środków na koncie"],
  ["902", "expired", "temporary", "expired", "Message expired", "Wiadomość wygasła"],
  ["903", "temporarily barred", "temporary", "blocked", "Recipient temporarily barred", "Odbiorca czasowo zablokowany"],
  ["904", "permanently barred", "permanent", "blocked", "Recipient permanently barred", "Odbiorca trwale zablokowany"],
  ["905", "overcharge barred", "permanent", "blocked", "Recipient barred from premium messages", "Odbiorca ma zablokowane wiadomości premium"],
  ["906", "wrong operator", "permanent", "invalid_number", "Wrong operator for the number", "Numer należy do innego operatora"],
  ["907", "billed, not delivered", "unknown", "unreachable", "Billed but not delivered", "Naliczona, niedoręczona"],
  ["908", "configuration error", "permanent", "bad_request", "Configuration or data error", "Błąd konfiguracji lub danych"],
  ["909", "format error", "permanent", "content_rejected", "Message format error", "Błędny format wiadomości"],
  ["911", "wrong operator, retrying", "none", "none", "Wrong operator, retrying", "Numer należy do innego operatora, trwają próby"],
  ["916", "not in payment system", "permanent", "blocked", "User not in payment system", "Użytkownik poza systemem płatności"],
  ["951", "blacklisted", "permanent", "blocked", "Recipient blacklisted", "Odbiorca na czarnej liście"],
  ["999", "delivery failed", "unknown", "gateway_error", "Delivery or billing failed", "Błąd doręczenia lub naliczenia"]
]
