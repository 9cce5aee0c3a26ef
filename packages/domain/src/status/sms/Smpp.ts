import type { Aliases, Row } from "./Table.ts"

/**
 * `command_status` of an answer. 0x45 and 0x67 are used by some vendors with other meanings.
 *
 * *Source*: SMPP 3.4, 5.1.3 (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=112) and SMPP 5.0, 4.7.6; values compared with
 * npm smpp 0.5.1. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const refusals: ReadonlyArray<Row> = [
  ["0x00000000", "ESME_ROK", "none", "none", "Accepted", "Przyjęto"],
  ["0x00000001", "ESME_RINVMSGLEN", "permanent", "content_rejected", "Message length not allowed", "Niedozwolona długość wiadomości"],
  ["0x00000002", "ESME_RINVCMDLEN", "permanent", "gateway_error", "Malformed protocol frame length", "Błędna długość ramki protokołu"],
  ["0x00000003", "ESME_RINVCMDID", "permanent", "gateway_error", "Command not supported by the gateway", "Polecenie nieobsługiwane przez bramkę"],
  ["0x00000004", "ESME_RINVBNDSTS", "temporary", "gateway_error", "Session is not bound for this operation", "Sesja nie jest zestawiona dla tej operacji"],
  ["0x00000005", "ESME_RALYBND", "temporary", "gateway_error", "Session already bound", "Sesja jest już zestawiona"],
  ["0x00000006", "ESME_RINVPRTFLG", "permanent", "bad_request", "Priority flag not allowed", "Niedozwolony priorytet"],
  ["0x00000007", "ESME_RINVREGDLVFLG", "permanent", "bad_request", "Delivery report flag not allowed", "Niedozwolona flaga raportu doręczenia"],
  ["0x00000008", "ESME_RSYSERR", "temporary", "gateway_error", "Gateway internal error", "Błąd wewnętrzny bramki"],
  ["0x0000000A", "ESME_RINVSRCADR", "permanent", "sender_not_allowed", "Sender address rejected", "Nadawca odrzucony"],
  ["0x0000000B", "ESME_RINVDSTADR", "permanent", "invalid_number", "Recipient number rejected", "Numer odbiorcy odrzucony"],
  ["0x0000000C", "ESME_RINVMSGID", "permanent", "bad_request", "Unknown message id", "Nieznany identyfikator wiadomości"],
  ["0x0000000D", "ESME_RBINDFAIL", "permanent", "auth", "Login to the gateway refused", "Odmowa logowania do bramki"],
  ["0x0000000E", "ESME_RINVPASWD", "permanent", "auth", "Wrong gateway password", "Błędne hasło do bramki"],
  ["0x0000000F", "ESME_RINVSYSID", "permanent", "auth", "Wrong gateway login name", "Błędna nazwa konta bramki"],
  ["0x00000011", "ESME_RCANCELFAIL", "permanent", "bad_request", "Cancel failed", "Nie udało się anulować wiadomości"],
  ["0x00000013", "ESME_RREPLACEFAIL", "permanent", "bad_request", "Replace failed", "Nie udało się zamienić wiadomości"],
  ["0x00000014", "ESME_RMSGQFUL", "temporary", "throttled", "Gateway queue is full", "Kolejka bramki jest pełna"],
  ["0x00000015", "ESME_RINVSERTYP", "permanent", "bad_request", "Service type not allowed", "Niedozwolony typ usługi"],
  ["0x00000033", "ESME_RINVNUMDESTS", "permanent", "bad_request", "Wrong number of recipients", "Błędna liczba odbiorców"],
  ["0x00000034", "ESME_RINVDLNAME", "permanent", "bad_request", "Unknown distribution list", "Nieznana lista dystrybucyjna"],
  ["0x00000040", "ESME_RINVDESTFLAG", "permanent", "bad_request", "Wrong recipient flag", "Błędna flaga odbiorcy"],
  ["0x00000042", "ESME_RINVSUBREP", "permanent", "bad_request", "Replace-on-submit not allowed", "Niedozwolona zamiana przy wysyłce"],
  ["0x00000043", "ESME_RINVESMCLASS", "permanent", "bad_request", "Wrong message class field", "Błędne pole klasy wiadomości"],
  ["0x00000044", "ESME_RCNTSUBDL", "permanent", "bad_request", "Cannot send to a distribution list", "Nie można wysłać do listy dystrybucyjnej"],
  ["0x00000045", "ESME_RSUBMITFAIL", "unknown", "gateway_error", "Submission failed, no reason given", "Wysyłka nie powiodła się, przyczyny nie podano"],
  ["0x00000048", "ESME_RINVSRCTON", "permanent", "sender_not_allowed", "Sender number type not allowed", "Niedozwolony typ nadawcy"],
  ["0x00000049", "ESME_RINVSRCNPI", "permanent", "sender_not_allowed", "Sender numbering plan not allowed", "Niedozwolony plan numeracji nadawcy"],
  ["0x00000050", "ESME_RINVDSTTON", "permanent", "invalid_number", "Recipient number type not allowed", "Niedozwolony typ numeru odbiorcy"],
  ["0x00000051", "ESME_RINVDSTNPI", "permanent", "invalid_number", "Recipient numbering plan not allowed", "Niedozwolony plan numeracji odbiorcy"],
  ["0x00000053", "ESME_RINVSYSTYP", "permanent", "auth", "Wrong system type in login", "Błędny typ systemu przy logowaniu"],
  ["0x00000054", "ESME_RINVREPFLAG", "permanent", "bad_request", "Wrong replace flag", "Błędna flaga zamiany"],
  ["0x00000055", "ESME_RINVNUMMSGS", "permanent", "bad_request", "Wrong message count", "Błędna liczba wiadomości"],
  ["0x00000058", "ESME_RTHROTTLED", "temporary", "throttled", "Sending too fast, gateway slows us down", "Przekroczona szybkość wysyłki"],
  ["0x00000061", "ESME_RINVSCHED", "permanent", "bad_request", "Wrong scheduled time", "Błędny czas zaplanowania"],
  ["0x00000062", "ESME_RINVEXPIRY", "permanent", "bad_request", "Wrong validity time", "Błędny czas ważności"],
  ["0x00000063", "ESME_RINVDFTMSGID", "permanent", "bad_request", "Unknown canned message", "Nieznana wiadomość szablonowa"],
  ["0x00000064", "ESME_RX_T_APPN", "temporary", "gateway_error", "Receiver has a temporary fault", "Chwilowy błąd odbierającej aplikacji"],
  ["0x00000065", "ESME_RX_P_APPN", "permanent", "gateway_error", "Receiver has a permanent fault", "Trwały błąd odbierającej aplikacji"],
  ["0x00000066", "ESME_RX_R_APPN", "permanent", "gateway_error", "Receiver refused the message", "Aplikacja odmówiła przyjęcia"],
  ["0x00000067", "ESME_RQUERYFAIL", "unknown", "gateway_error", "Query failed (some vendors: account quota exceeded)", "Zapytanie nie powiodło się (u części dostawców: wyczerpany limit konta)"],
  ["0x000000C0", "ESME_RINVTLVSTREAM", "permanent", "bad_request", "Broken optional part of the frame", "Uszkodzona część opcjonalna ramki"],
  ["0x000000C1", "ESME_RTLVNOTALLWD", "permanent", "bad_request", "Optional field not allowed", "Niedozwolone pole opcjonalne"],
  ["0x000000C2", "ESME_RINVTLVLEN", "permanent", "bad_request", "Wrong optional field length", "Błędna długość pola opcjonalnego"],
  ["0x000000C3", "ESME_RMISSINGTLV", "permanent", "bad_request", "Required optional field missing", "Brak wymaganego pola opcjonalnego"],
  ["0x000000C4", "ESME_RINVTLVVAL", "permanent", "bad_request", "Wrong optional field value", "Błędna wartość pola opcjonalnego"],
  ["0x000000FE", "ESME_RDELIVERYFAILURE", "unknown", "unreachable", "Delivery failed (transaction mode)", "Niedoręczono (tryb transakcyjny)"],
  ["0x000000FF", "ESME_RUNKNOWNERR", "unknown", "unknown", "Unknown gateway error", "Nieznany błąd bramki"],
  ["0x00000100", "ESME_RSERTYPUNAUTH", "permanent", "auth", "Account may not use this service type", "Konto bez uprawnień do tego typu usługi"],
  ["0x00000101", "ESME_RPROHIBITED", "permanent", "auth", "Account may not use this operation", "Konto bez uprawnień do tej operacji"],
  ["0x00000102", "ESME_RSERTYPUNAVAIL", "temporary", "gateway_error", "Service type unavailable now", "Typ usługi chwilowo niedostępny"],
  ["0x00000103", "ESME_RSERTYPDENIED", "permanent", "auth", "Service type denied", "Odmowa typu usługi"],
  ["0x00000104", "ESME_RINVDCS", "permanent", "content_rejected", "Text encoding not allowed", "Niedozwolone kodowanie treści"],
  ["0x00000105", "ESME_RINVSRCADDRSUBUNIT", "permanent", "bad_request", "Wrong source sub-unit", "Błędna podjednostka nadawcy"],
  ["0x00000106", "ESME_RINVDSTADDRSUBUNIT", "permanent", "bad_request", "Wrong destination sub-unit", "Błędna podjednostka odbiorcy"],
  ["0x00000107", "ESME_RINVBCASTFREQINT", "permanent", "bad_request", "Broadcast: wrong interval", "Rozgłaszanie: błędny odstęp"],
  ["0x00000108", "ESME_RINVBCASTALIAS_NAME", "permanent", "bad_request", "Broadcast: wrong alias", "Rozgłaszanie: błędny alias"],
  ["0x00000109", "ESME_RINVBCASTAREAFMT", "permanent", "bad_request", "Broadcast: wrong area format", "Rozgłaszanie: błędny format obszaru"],
  ["0x0000010A", "ESME_RINVNUMBCAST_AREAS", "permanent", "bad_request", "Broadcast: wrong number of areas", "Rozgłaszanie: błędna liczba obszarów"],
  ["0x0000010B", "ESME_RINVBCASTCNTTYPE", "permanent", "bad_request", "Broadcast: wrong content type", "Rozgłaszanie: błędny typ treści"],
  ["0x0000010C", "ESME_RINVBCASTMSGCLASS", "permanent", "bad_request", "Broadcast: wrong message class", "Rozgłaszanie: błędna klasa"],
  ["0x0000010D", "ESME_RBCASTFAIL", "unknown", "gateway_error", "Broadcast failed", "Rozgłaszanie nie powiodło się"],
  ["0x0000010E", "ESME_RBCASTQUERYFAIL", "unknown", "gateway_error", "Broadcast query failed", "Zapytanie o rozgłaszanie nie powiodło się"],
  ["0x0000010F", "ESME_RBCASTCANCELFAIL", "unknown", "gateway_error", "Broadcast cancel failed", "Nie udało się anulować rozgłaszania"],
  ["0x00000110", "ESME_RINVBCAST_REP", "permanent", "bad_request", "Broadcast: wrong repetition", "Rozgłaszanie: błędna liczba powtórzeń"],
  ["0x00000111", "ESME_RINVBCASTSRVGRP", "permanent", "bad_request", "Broadcast: wrong service group", "Rozgłaszanie: błędna grupa usług"],
  ["0x00000112", "ESME_RINVBCASTCHANIND", "permanent", "bad_request", "Broadcast: wrong channel", "Rozgłaszanie: błędny kanał"],
  ["0x00000400", "vendor specific", "unknown", "unknown", "The operator's own error", "Własny błąd operatora"]
]

/**
 * Some tables print 0x4A and 0x4B for the destination's TON and NPI; 0x400 to 0x4FF is each vendor's own. Jasmin reports the names.
 *
 * *Source*: https://smpp.io/cmd-response-table/; SMPP 3.4, 5.1.3.
 */
export const refusalAliases: Aliases = {
  ...Object.fromEntries(refusals.map(([code, name]) => [code, [name]])),
  "0x00000050": ["ESME_RINVDSTTON", "0x0000004A"],
  "0x00000051": ["ESME_RINVDSTNPI", "0x0000004B"],
  "0x00000400": Array.from({ length: 0xff }, (_, index) => String(0x401 + index))
}

/**
 * `message_state` (TLV 0x0427). UNKNOWN is provisional: a better receipt may come.
 *
 * *Source*: SMPP 3.4, 5.2.28 (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=130); SCHEDULED and SKIPPED from 5.0.
 * Categories are our reading; ACCEPTED counts as on its way.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["0", "SCHEDULED", "none", "none", "Waiting for its planned time", "Oczekuje na zaplanowany czas"],
  ["1", "ENROUTE", "none", "none", "On its way", "W drodze"],
  ["2", "DELIVERED", "none", "none", "Delivered", "Doręczona"],
  ["3", "EXPIRED", "temporary", "expired", "Validity ended before delivery", "Upłynął czas ważności przed doręczeniem"],
  ["4", "DELETED", "permanent", "cancelled", "Removed before delivery", "Usunięta przed doręczeniem"],
  ["5", "UNDELIVERABLE", "permanent", "unreachable", "Cannot be delivered", "Nie można doręczyć wiadomości"],
  ["6", "ACCEPTED", "none", "none", "Accepted by the operator", "Przyjęta przez operatora"],
  ["7", "UNKNOWN", "unknown", "unknown", "State not known", "Stan nieznany", "provisional"],
  ["8", "REJECTED", "permanent", "blocked", "Refused", "Odrzucona"],
  ["9", "SKIPPED", "permanent", "cancelled", "Skipped", "Pominięta"]
]

/**
 * The words of `stat:` in the text of a receipt, and the states in full.
 *
 * *Source*: SMPP 3.4, Appendix B (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=167).
 */
export const statusAliases: Aliases = {
  "0": ["SCHEDULED"],
  "1": ["ENROUTE"],
  "2": ["DELIVRD", "DELIVERED"],
  "3": ["EXPIRED"],
  "4": ["DELETED"],
  "5": ["UNDELIV", "UNDELIVERABLE"],
  "6": ["ACCEPTD", "ACCEPTED"],
  "7": ["UNKNOWN"],
  "8": ["REJECTD", "REJECTED"],
  "9": ["SKIPPED"]
}
