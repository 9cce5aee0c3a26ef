import type { Row } from "./Table.ts"

/**
 * Kannel, the type `%d` of a callback.
 *
 * *Source*: user's guide of Kannel 1.4.5, chapter 10 and table 7-10; callbacks seen on 2026-11-23.
 */
// oxfmt-ignore
export const groups: ReadonlyArray<Row> = [
  ["1", "delivered to phone", "none", "none", "Delivered", "Doręczona"],
  ["2", "not delivered to phone", "unknown", "unreachable", "Not delivered, the operator's answer says why", "Niedoręczona, przyczynę podaje odpowiedź operatora"],
  ["4", "queued on SMSC", "none", "none", "Waiting at the operator", "Oczekuje u operatora"],
  ["8", "accepted by SMSC", "none", "none", "Accepted by the operator", "Przyjęta przez operatora"],
  ["16", "refused by SMSC", "unknown", "gateway_error", "Refused on submission, the operator's answer says why", "Odrzucona przy wysyłce, przyczynę podaje odpowiedź operatora"]
]

/**
 * Kannel, what follows `NACK/` in an answer when it is no SMPP command_status: it tried again on an error of the
 * operator's that passes, and gave up.
 *
 * *Source*: seen with Kannel 1.4.5 on 2026-11-23.
 */
// oxfmt-ignore
export const refusals: ReadonlyArray<Row> = [
  ["Retries Exceeded", "retries exceeded", "temporary", "gateway_error", "Not accepted by the operator after repeated tries", "Nieprzyjęta przez operatora mimo ponowień"]
]
