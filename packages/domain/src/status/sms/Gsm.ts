import type { Row } from "./Table.ts"

/**
 * Errors of the mobile network itself (MAP user errors), which many gateways pass on.
 *
 * *Source*: 3GPP TS 29.002, 17.6.6, from wireshark MAP-Errors.asn at 0c597f11. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const mapErrors: ReadonlyArray<Row> = [
  ["1", "unknownSubscriber", "permanent", "invalid_number", "Number not known in the operator's register", "Numer nieznany w rejestrze operatora"],
  ["3", "unknownMSC", "temporary", "unreachable", "Serving exchange unknown", "Nieznana centrala abonenta"],
  ["5", "unidentifiedSubscriber", "temporary", "invalid_number", "Subscriber not identified by the exchange", "Abonent nierozpoznany przez centralę"],
  ["6", "absentSubscriberSM", "temporary", "unreachable", "Phone off or out of coverage", "Telefon wyłączony lub poza zasięgiem"],
  ["7", "unknownEquipment", "temporary", "unreachable", "Handset not recognised", "Nierozpoznany aparat"],
  ["8", "roamingNotAllowed", "temporary", "unreachable", "Roaming not allowed for this subscriber", "Roaming niedozwolony dla abonenta"],
  ["9", "illegalSubscriber", "permanent", "blocked", "Subscriber failed authentication / barred", "Abonent nieuwierzytelniony lub zablokowany"],
  ["10", "bearerServiceNotProvisioned", "permanent", "blocked", "Bearer service not on this subscription", "Brak usługi przenoszenia na abonamencie"],
  ["11", "teleserviceNotProvisioned", "permanent", "blocked", "SMS not enabled on this subscription", "Usługa SMS nieaktywna na tym abonamencie"],
  ["12", "illegalEquipment", "permanent", "blocked", "Handset barred by the operator", "Aparat zablokowany przez operatora"],
  ["13", "callBarred", "permanent", "blocked", "Service barred by operator or user", "Usługa zablokowana przez operatora lub abonenta"],
  ["14", "forwardingViolation", "permanent", "blocked", "Forwarding rule violated", "Naruszenie zasad przekierowania"],
  ["15", "cug-Reject", "permanent", "blocked", "Closed user group refuses outside senders", "Zamknięta grupa odrzuca obcych nadawców"],
  ["16", "illegalSS-Operation", "permanent", "gateway_error", "Supplementary service operation not allowed", "Niedozwolona operacja usługi dodatkowej"],
  ["17", "ss-ErrorStatus", "temporary", "gateway_error", "Supplementary service error", "Błąd usługi dodatkowej"],
  ["18", "ss-NotAvailable", "temporary", "gateway_error", "Supplementary service unavailable", "Usługa dodatkowa niedostępna"],
  ["19", "ss-SubscriptionViolation", "permanent", "blocked", "Supplementary service not subscribed", "Brak subskrypcji usługi dodatkowej"],
  ["20", "ss-Incompatibility", "permanent", "gateway_error", "Supplementary services conflict", "Konflikt usług dodatkowych"],
  ["21", "facilityNotSupported", "permanent", "unreachable", "Network does not support SMS delivery here", "Sieć nie obsługuje tu doręczania SMS-ów"],
  ["27", "absentSubscriber", "temporary", "unreachable", "Subscriber absent from the network", "Abonent nieobecny w sieci"],
  ["28", "incompatibleTerminal", "permanent", "unreachable", "Handset cannot take this message", "Aparat nie przyjmie tej wiadomości"],
  ["29", "shortTermDenial", "temporary", "unreachable", "Short-term denial by the network", "Chwilowa odmowa sieci"],
  ["30", "longTermDenial", "permanent", "unreachable", "Long-term denial by the network", "Trwała odmowa sieci"],
  ["31", "subscriberBusyForMT-SMS", "temporary", "unreachable", "Phone busy with another SMS", "Telefon zajęty innym SMS-em"],
  ["32", "sm-DeliveryFailure", "temporary", "unreachable", "Delivery failed at the phone (see cause)", "Nie udało się doręczyć na telefon (zob. przyczynę)"],
  ["33", "messageWaitingListFull", "temporary", "throttled", "Operator's waiting list for this number is full", "Pełna lista oczekujących u operatora"],
  ["34", "systemFailure", "temporary", "gateway_error", "Network system failure", "Awaria systemu sieci"],
  ["35", "dataMissing", "temporary", "gateway_error", "Network message lacked data", "Niepełny komunikat sieci"],
  ["36", "unexpectedDataValue", "temporary", "gateway_error", "Network message had unexpected data", "Nieoczekiwane dane w komunikacie sieci"],
  ["44", "numberChanged", "permanent", "invalid_number", "Number has changed", "Numer uległ zmianie"],
  ["45", "busySubscriber", "temporary", "unreachable", "Subscriber busy", "Abonent zajęty"],
  ["46", "noSubscriberReply", "temporary", "unreachable", "No answer from the subscriber", "Brak odpowiedzi abonenta"],
  ["51", "resourceLimitation", "temporary", "throttled", "Network short of resources", "Brak zasobów sieci"],
  ["71", "unknownAlphabet", "permanent", "content_rejected", "Alphabet not supported", "Nieobsługiwany alfabet"]
]

/**
 * The cause inside MAP error 32, sm-DeliveryFailure.
 *
 * *Source*: 3GPP TS 29.002, SM-EnumeratedDeliveryFailureCause. Categories and permanence are our reading.
 */
// oxfmt-ignore
export const deliveryFailureCauses: ReadonlyArray<Row> = [
  ["0", "memoryCapacityExceeded", "temporary", "unreachable", "Phone memory full", "Pełna pamięć telefonu"],
  ["1", "equipmentProtocolError", "temporary", "unreachable", "Handset protocol error", "Błąd protokołu aparatu"],
  ["2", "equipmentNotSM-Equipped", "permanent", "unreachable", "Handset cannot do SMS", "Aparat nie obsługuje SMS-ów"],
  ["3", "unknownServiceCentre", "permanent", "gateway_error", "Service centre unknown", "Nieznane centrum SMS"],
  ["4", "sc-Congestion", "temporary", "throttled", "Service centre congested", "Przeciążone centrum SMS"],
  ["5", "invalidSME-Address", "permanent", "invalid_number", "Wrong short-message entity address", "Błędny adres odbiorcy"],
  ["6", "subscriberNotSC-Subscriber", "permanent", "blocked", "Subscriber not served by this centre", "Abonent nieobsługiwany przez to centrum"]
]

/**
 * TP-Status of a status report, as a GSM modem hands it over. 32 to 37 are provisional: the network still tries.
 *
 * *Source*: GSM 03.40, 9.2.3.15, from https://docs.rs/sms-client/1.6.2 (SmsDeliveryReportStatus) and Debian smstools
 * 3.1.21. Categories are our reading.
 */
// oxfmt-ignore
export const statuses: ReadonlyArray<Row> = [
  ["0", "received by SME", "none", "none", "Delivered", "Doręczona"],
  ["1", "forwarded, unconfirmed", "none", "none", "Forwarded, not confirmed", "Przekazana, bez potwierdzenia"],
  ["2", "replaced by SC", "none", "none", "Replaced by the centre", "Zastąpiona przez centrum"],
  ["32", "congestion, retrying", "temporary", "throttled", "Congestion, still trying", "Przeciążenie, trwają próby", "provisional"],
  ["33", "SME busy, retrying", "temporary", "unreachable", "Phone busy, still trying", "Telefon zajęty, trwają próby", "provisional"],
  ["34", "no response, retrying", "temporary", "unreachable", "No response, still trying", "Brak odpowiedzi, trwają próby", "provisional"],
  ["35", "service rejected, retrying", "temporary", "blocked", "Service rejected, still trying", "Usługa odrzucona, trwają próby", "provisional"],
  ["36", "QoS unavailable, retrying", "temporary", "gateway_error", "Quality of service not available, still trying", "Wymagana jakość usługi niedostępna, trwają próby", "provisional"],
  ["37", "error in SME, retrying", "temporary", "unreachable", "Phone error, still trying", "Błąd aparatu, trwają próby", "provisional"],
  ["64", "remote procedure error", "permanent", "gateway_error", "Network procedure error", "Błąd procedury sieciowej"],
  ["65", "incompatible destination", "permanent", "unreachable", "Incompatible destination", "Niezgodne urządzenie odbiorcy"],
  ["66", "rejected by SME", "permanent", "blocked", "Phone refused the connection", "Aparat odrzucił połączenie"],
  ["67", "not obtainable", "permanent", "invalid_number", "Number not obtainable", "Numer nieosiągalny"],
  ["68", "QoS unavailable", "permanent", "gateway_error", "Quality of service not available", "Wymagana jakość usługi niedostępna"],
  ["69", "no interworking", "permanent", "unreachable", "No interworking between networks", "Brak współpracy między sieciami"],
  ["70", "validity expired", "temporary", "expired", "Validity expired", "Upłynęła ważność"],
  ["71", "deleted by originator", "permanent", "cancelled", "Deleted by the sender", "Usunięta przez nadawcę"],
  ["72", "deleted by SC", "permanent", "cancelled", "Deleted by the centre", "Usunięta przez centrum"],
  ["73", "does not exist", "permanent", "unknown", "Message no longer exists", "Wiadomość już nie istnieje"],
  ["96", "congestion", "temporary", "throttled", "Congestion, gave up", "Przeciążenie, zaniechano prób"],
  ["97", "SME busy", "temporary", "unreachable", "Phone busy, gave up", "Telefon zajęty, zaniechano prób"],
  ["98", "no response", "temporary", "unreachable", "No response, gave up", "Brak odpowiedzi, zaniechano prób"],
  ["99", "service rejected", "temporary", "blocked", "Service rejected, gave up", "Usługa odrzucona, zaniechano prób"],
  ["100", "QoS unavailable", "temporary", "gateway_error", "Quality of service not available, gave up", "Wymagana jakość usługi niedostępna, zaniechano prób"],
  ["101", "error in SME", "temporary", "unreachable", "Phone error, gave up", "Błąd aparatu, zaniechano prób"]
]
