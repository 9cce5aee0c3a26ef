import { Schema } from "effect"

/** What kind of failure it was, the same for every gateway; "none" for what is no failure. */
export const Category = Schema.Literals([
  "invalid_number",
  "blocked",
  "no_credit",
  "throttled",
  "expired",
  "unreachable",
  "content_rejected",
  "sender_not_allowed",
  "auth",
  "gateway_error",
  "bad_request",
  "cancelled",
  "unknown",
  "none"
])
export type Category = typeof Category.Type

/** Whether the same message to the same number may succeed later; "none" for what is no failure. */
export const Permanence = Schema.Literals(["permanent", "temporary", "unknown", "none"])
export type Permanence = typeof Permanence.Type

/** Text for a person, in the panel's two languages. */
export interface Text {
  readonly pl: string
  readonly en: string
}

/** A category's name, as a filter or a cell shows it. */
export const categoryNames: Readonly<Record<Category, Text>> = {
  invalid_number: { pl: "Błędny lub nieaktywny numer", en: "Wrong or inactive number" },
  blocked: { pl: "Zablokowano", en: "Blocked or barred" },
  no_credit: { pl: "Brak środków na koncie wysyłkowym", en: "Sending account out of credit" },
  throttled: { pl: "Limit szybkości lub liczby wiadomości", en: "Rate or quota limit" },
  expired: { pl: "Upłynęła ważność", en: "Validity expired" },
  unreachable: { pl: "Telefon lub sieć nieosiągalne", en: "Phone or network unreachable" },
  content_rejected: { pl: "Odrzucona treść", en: "Content refused" },
  sender_not_allowed: { pl: "Niedozwolony nadawca", en: "Sender not allowed" },
  auth: { pl: "Problem z kontem bramki", en: "Gateway account problem" },
  gateway_error: { pl: "Błąd bramki lub operatora", en: "Gateway or operator fault" },
  bad_request: { pl: "Błędne dane żądania", en: "Wrong request data" },
  cancelled: { pl: "Anulowana lub usunięta", en: "Cancelled or deleted" },
  unknown: { pl: "Nieznana przyczyna", en: "Unknown reason" },
  none: { pl: "To nie jest błąd", en: "Not a failure" }
}
