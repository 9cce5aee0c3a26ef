/** A status belongs to a log: 403 in the panel log and 403 in the API log have different explanations. */
export type StatusLog = "panel" | "api"

export type StatusClass = "informational" | "success" | "redirect" | "client-error" | "server-error"

/** What a status means. *Shape*: `explanation` is null for codes outside the log's table. */
export interface StatusMeaning {
  readonly code: number
  readonly name: string
  readonly statusClass: StatusClass
  readonly explanation: { readonly pl: string; readonly en: string } | null
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

const classes: ReadonlyArray<StatusClass> = ["informational", "success", "redirect", "client-error", "server-error"]

/** The class of a code; what is below 100 or above 599 counts as a server error, because no server should say it. */
export const classOf = (code: number): StatusClass => classes[Math.floor(code / 100) - 1] ?? "server-error"

/** What a code means in a log; total, codes outside the table have the standard reason phrase. */
export const meaning = (log: StatusLog, code: number): StatusMeaning => {
  const row = tables[log][code]
  const statusClass = classOf(code)
  if (row === undefined) return { code, name: reasons[code] ?? `Status ${code}`, statusClass, explanation: null }
  const [name, en, pl] = row
  return { code, name, statusClass, explanation: { pl, en } }
}
