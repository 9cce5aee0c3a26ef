import { Schema } from "effect"

/** A status belongs to a log: 403 in the panel log and 403 in the API log have different explanations. */
export type StatusLog = "panel" | "api"

/** A status code as HTTP knows it. *Source*: RFC 9110, section 15. */
export const StatusCode = Schema.Int.check(Schema.isBetween({ minimum: 100, maximum: 599 }))
export type StatusCode = typeof StatusCode.Type

export type StatusClass = "informational" | "success" | "redirect" | "client-error" | "server-error"

/**
 * How much attention a status asks for. It follows from the class alone, so that one colour and shape means one thing
 * in both logs: `none` went well (1xx, 2xx), `notice` went elsewhere (3xx), `warning` the asker can mend (4xx), `error`
 * only we can (5xx).
 */
export type Severity = "none" | "notice" | "warning" | "error"

/** In the two languages of the panel. */
export interface Wording {
  readonly pl: string
  readonly en: string
}

/**
 * What a status means in a log.
 *
 * *Shape*: `name` as the log's table has it, else the standard reason phrase, else "Status 499". `origin` says where
 * the name and the explanation come from: the log's own table, HTTP's, or the class alone.
 */
export interface StatusMeaning {
  readonly code: number
  readonly name: string
  readonly statusClass: StatusClass
  readonly className: Wording
  readonly severity: Severity
  readonly explanation: Wording
  readonly origin: "log" | "http" | "class"
}

type Table = Readonly<Record<number, readonly [name: string, en: string, pl: string]>>

/** *Source*: spec.md, "What statuses mean", panel log. */
const panel: Table = {
  200: ["Success", "the action succeeded", "akcja się powiodła"],
  302: [
    "Redirect",
    "sent on to another page, because the target is unavailable for now",
    "przekierowano na inną stronę, bo docelowa jest tymczasowo niedostępna"
  ],
  403: [
    "Forbidden",
    "not done: the user has no access to what they wanted to reach",
    "nie wykonano: użytkownik nie ma dostępu do tej treści"
  ],
  500: ["Internal server error", "not done: an internal server error", "nie wykonano: wewnętrzny błąd serwera"]
}

/** *Source*: spec.md, "What statuses mean", API log. */
const api: Table = {
  200: ["Success", "processed, the server answered", "przetworzono, serwer zwrócił odpowiedź"],
  201: [
    "Created",
    "a resource, such as a customer or an order, was created",
    "utworzono zasób, np. klienta lub zamówienie"
  ],
  400: [
    "Bad request",
    "not processed; usually a parameter such as email or phone is missing or wrong",
    "nie przetworzono; zwykle brakujący lub błędny parametr, np. email, phone"
  ],
  401: [
    "Unauthorized",
    "the API key is missing or grants no right to this",
    "brak klucza API lub uprawnień do tych informacji"
  ],
  403: [
    "Forbidden",
    "a correct request for data the key may not see",
    "poprawne zapytanie o dane, do których nie ma uprawnień"
  ],
  404: ["Not found", "the server has no such data", "brak takich danych na serwerze"],
  500: [
    "Internal server error",
    "not processed: an unexpected server error",
    "nie przetworzono: nieoczekiwany błąd serwera"
  ]
}

const tables: Record<StatusLog, Table> = { panel, api }

/** *Source*: RFC 9110, section 15, and IANA's registry of HTTP status codes. */
const reasons: Readonly<Record<number, string>> = {
  100: "Continue",
  101: "Switching Protocols",
  102: "Processing",
  103: "Early Hints",
  200: "OK",
  201: "Created",
  202: "Accepted",
  203: "Non-Authoritative Information",
  204: "No Content",
  205: "Reset Content",
  206: "Partial Content",
  207: "Multi-Status",
  208: "Already Reported",
  226: "IM Used",
  300: "Multiple Choices",
  301: "Moved Permanently",
  302: "Found",
  303: "See Other",
  304: "Not Modified",
  305: "Use Proxy",
  307: "Temporary Redirect",
  308: "Permanent Redirect",
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  406: "Not Acceptable",
  407: "Proxy Authentication Required",
  408: "Request Timeout",
  409: "Conflict",
  410: "Gone",
  411: "Length Required",
  412: "Precondition Failed",
  413: "Content Too Large",
  414: "URI Too Long",
  415: "Unsupported Media Type",
  416: "Range Not Satisfiable",
  417: "Expectation Failed",
  421: "Misdirected Request",
  422: "Unprocessable Content",
  423: "Locked",
  424: "Failed Dependency",
  425: "Too Early",
  426: "Upgrade Required",
  428: "Precondition Required",
  429: "Too Many Requests",
  431: "Request Header Fields Too Large",
  451: "Unavailable For Legal Reasons",
  500: "Internal Server Error",
  501: "Not Implemented",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Timeout",
  505: "HTTP Version Not Supported",
  506: "Variant Also Negotiates",
  507: "Insufficient Storage",
  508: "Loop Detected",
  511: "Network Authentication Required"
}

interface ClassMeaning {
  readonly statusClass: StatusClass
  readonly severity: Severity
  readonly name: Wording
  readonly explanation: Wording
}

const informational: ClassMeaning = {
  statusClass: "informational",
  severity: "none",
  name: { pl: "Informacja", en: "Informational" },
  explanation: { pl: "odpowiedź pośrednia, obsługa zapytania trwa", en: "an interim answer, the request goes on" }
}

const success: ClassMeaning = {
  statusClass: "success",
  severity: "none",
  name: { pl: "Sukces", en: "Success" },
  explanation: { pl: "zapytanie się powiodło", en: "the request succeeded" }
}

const redirect: ClassMeaning = {
  statusClass: "redirect",
  severity: "notice",
  name: { pl: "Przekierowanie", en: "Redirect" },
  explanation: {
    pl: "odesłano pod inny adres lub do posiadanej już kopii",
    en: "sent on to another address, or to a copy already at hand"
  }
}

const clientError: ClassMeaning = {
  statusClass: "client-error",
  severity: "warning",
  name: { pl: "Błąd klienta", en: "Client error" },
  explanation: { pl: "nie wykonano: błąd leży w samym zapytaniu", en: "not done: the fault lies in the request itself" }
}

const serverError: ClassMeaning = {
  statusClass: "server-error",
  severity: "error",
  name: { pl: "Błąd serwera", en: "Server error" },
  explanation: { pl: "nie wykonano: zawiódł serwer", en: "not done: the server failed" }
}

const classes: ReadonlyArray<ClassMeaning> = [informational, success, redirect, clientError, serverError]

/** What is below 100 or above 599 counts as a server error, because no server should say it. */
const classMeaning = (code: number): ClassMeaning => classes[Math.floor(code / 100) - 1] ?? serverError

/** The class of a code; total, see `meaning`. */
export const classOf = (code: number): StatusClass => classMeaning(code).statusClass

/** The codes that a log explains in its own words, ascending: what a legend or a list of suggestions shows. */
export const codesOf = (log: StatusLog): ReadonlyArray<number> => Object.keys(tables[log]).map(Number)

/**
 * What a code means in a log; total over every number.
 *
 * A code outside the log's table has the standard reason phrase and is explained by its class; one that HTTP does not
 * know either is explained by its class alone.
 * *Source*: spec.md, "What statuses mean".
 */
export const meaning = (log: StatusLog, code: number): StatusMeaning => {
  const { statusClass, severity, name: className, explanation } = classMeaning(code)
  const common = { code, statusClass, severity, className }
  const row = tables[log][code]
  if (row !== undefined) return { ...common, name: row[0], explanation: { pl: row[2], en: row[1] }, origin: "log" }
  const phrase = reasons[code]
  if (phrase !== undefined) {
    const said = { pl: `${phrase}; ${explanation.pl}`, en: `${phrase}; ${explanation.en}` }
    return { ...common, name: phrase, explanation: said, origin: "http" }
  }
  const guessed = {
    pl: `kod bez standardowego znaczenia; ${explanation.pl}`,
    en: `a code without a standard meaning; ${explanation.en}`
  }
  return { ...common, name: `Status ${code}`, explanation: guessed, origin: "class" }
}
