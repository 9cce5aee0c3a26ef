import type { Absence, Condition, Explanation } from "./Explanation.ts"
import * as Money from "./Money.ts"

export type Locale = "pl" | "en"

/** Where the reader is. *Shape*: `timeZone` is an IANA zone. */
export interface Reader {
  readonly locale: Locale
  readonly timeZone: string
}

/**
 * One sentence that says why an outcome stands in the log, for a person.
 *
 * *Source*: sessions.md 6.3.
 */
export const sentence = (explanation: Explanation, reader: Reader): string => {
  switch (explanation.rule) {
    case "FinalizedTransaction":
      return bought(explanation, reader)
    case "AbandonedCart":
      return leftCart(explanation, reader)
    case "AbandonedBrowse":
      return leftBrowse(explanation, reader)
  }
}

/** Why another rule did not fire, as half a sentence. */
export const condition = ({ condition }: Pick<Absence, "condition">, locale: Locale): string =>
  conditions[condition][locale]

/** Why there is no such outcome, as a sentence with what it rests on. */
export const absence = ({ rule, condition, evidence }: Absence, locale: Locale): string => {
  const none = locale === "pl" ? "Brak" : "No"
  const rests = evidence.length === 0 ? "" : ` (${evidence.join(", ")})`
  return `${none} ${rule}: ${conditions[condition][locale]}${rests}.`
}

const bought = ({ facts }: Explanation, { locale, timeZone }: Reader): string => {
  const at = facts.purchasedAt === undefined ? "" : time(facts.purchasedAt, locale, timeZone)
  const worth = facts.value === undefined ? null : money(facts.value, facts.currency ?? "", locale)
  if (locale === "pl") {
    const amount = worth === null ? "" : ` na kwotę ${worth}`
    return facts.orderId === undefined
      ? `Zakup bez numeru zamówienia${amount}, dokonany o ${at}.`
      : `Zamówienie ${facts.orderId}${amount}, złożone o ${at}.`
  }
  const order = facts.orderId === undefined ? "A purchase without an order number" : `Order ${facts.orderId}`
  return `${order}${worth === null ? "" : ` worth ${worth}`}, placed at ${at}.`
}

const leftCart = ({ facts, parameters }: Explanation, { locale, timeZone }: Reader): string => {
  const worth = facts.value === undefined ? null : money(facts.value, facts.currency ?? "", locale)
  const closed = time(facts.closedAt ?? 0, locale, timeZone)
  const grace = duration(parameters.grace, locale)
  const count = number(facts.items, locale)
  return locale === "pl"
    ? `Wyjście z ${count} ${facts.items === 1 ? "produktem" : "produktami"} w koszyku${worth === null ? "" : ` o wartości ${worth}`}; brak zakupu w ciągu ${grace} od zamknięcia sesji o ${closed}.`
    : `Left with ${count} ${facts.items === 1 ? "product" : "products"}${worth === null ? "" : ` worth ${worth}`}; no purchase within ${grace} after the session closed at ${closed}.`
}

const leftBrowse = ({ facts, parameters }: Explanation, { locale, timeZone }: Reader): string => {
  const views = number(facts.productViews, locale)
  const closed = time(facts.closedAt ?? 0, locale, timeZone)
  const grace = duration(parameters.grace, locale)
  return locale === "pl"
    ? `Obejrzane produkty: ${views}, nic nie trafiło do koszyka; brak zakupu w ciągu ${grace} od zamknięcia sesji o ${closed}.`
    : `Looked at products ${facts.productViews === 1 ? "once" : `${views} times`}, put nothing in the cart; no purchase within ${grace} after the session closed at ${closed}.`
}

const tags: Record<Locale, string> = { pl: "pl-PL", en: "en-GB" }

const number = (value: number, locale: Locale): string => new Intl.NumberFormat(tags[locale]).format(value)

/** *Units*: minor units; how many make a major one is the currency's own, whatever Intl shows of them. */
const money = (minor: number, currency: string, locale: Locale): string =>
  new Intl.NumberFormat(tags[locale], { style: "currency", currency }).format(minor / 10 ** Money.digits(currency))

const time = (instant: number, locale: Locale, timeZone: string): string =>
  new Intl.DateTimeFormat(tags[locale], { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(
    instant
  )

/** The largest unit that divides it; Polish in the genitive, as it stands after "w ciągu". */
const duration = (value: number, locale: Locale): string => {
  const [unit, size] = units.find(([, size]) => value >= size && value % size === 0) ?? (["second", 1_000] as const)
  const count = value / size
  if (locale === "en") {
    return new Intl.NumberFormat("en-GB", { style: "unit", unit, unitDisplay: "long" }).format(count)
  }
  const [one, many] = genitive[unit]
  return `${number(count, locale)} ${count === 1 ? one : many}`
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000]
] as const

const genitive = {
  day: ["dnia", "dni"],
  hour: ["godziny", "godzin"],
  minute: ["minuty", "minut"],
  second: ["sekundy", "sekund"]
} as const

const conditions: Record<Condition, Record<Locale, string>> = {
  "no-purchase": { pl: "w sesji nie było zakupu", en: "nothing was bought in the session" },
  "purchase-known": {
    pl: "strona podsumowania dotyczyła zakupu, który był już znany",
    en: "the sale page was about a purchase that was known already"
  },
  "purchase-in-segment": { pl: "produkty z koszyka zostały kupione", en: "what was in the cart was bought" },
  "purchase-in-session": { pl: "w tej sesji był zakup", en: "something was bought in the session" },
  "purchase-in-grace": {
    pl: "zakup nastąpił przed upływem czasu oczekiwania",
    en: "a purchase came before the grace period was over"
  },
  "not-due": {
    pl: "czas oczekiwania po sesji jeszcze nie minął",
    en: "the grace period after the session is not over yet"
  },
  capped: {
    pl: "sesja osiągnęła limit, wizyta trwała w następnej",
    en: "the session reached its limit, the visit went on in the next one"
  },
  "cart-empty": { pl: "w koszyku nic nie było", en: "nothing was in the cart" },
  "cart-emptied": { pl: "koszyk został opróżniony", en: "the cart was emptied again" },
  "cart-filled": { pl: "w koszyku były produkty", en: "there were products in the cart" },
  "cart-modified": { pl: "zawartość koszyka się zmieniała", en: "the cart's content was changed" },
  "no-product-view": { pl: "żaden produkt nie został obejrzany", en: "no product was looked at" }
}
