import { Schema } from "effect"
import * as EightByEight from "./EightByEight.ts"
import * as Gsm from "./Gsm.ts"
import * as Infobip from "./Infobip.ts"
import * as Kannel from "./Kannel.ts"
import * as LinkMobility from "./LinkMobility.ts"
import * as MessageBird from "./MessageBird.ts"
import * as SerwerSms from "./SerwerSms.ts"
import * as Sinch from "./Sinch.ts"
import * as Smpp from "./Smpp.ts"
import * as Smsapi from "./Smsapi.ts"
import * as Table from "./Table.ts"
import * as Twilio from "./Twilio.ts"
import * as Vonage from "./Vonage.ts"

/** Whose codes they are. "gsm" is a modem of one's own, "bird" is MessageBird's successor. */
export const GatewayKind = Schema.Literals([
  "smsapi",
  "serwersms",
  "infobip",
  "twilio",
  "vonage",
  "messagebird",
  "bird",
  "sinch",
  "linkmobility",
  "kannel",
  "smpp",
  "gsm"
])
export type GatewayKind = typeof GatewayKind.Type

/**
 * Whose list the `err` of an SMPP receipt comes from: the protocol gives it no meaning, so each gateway's setting does.
 *
 * A `network_error_code` of network type 3 (GSM) is "gsm-map" whatever the setting; Kannel writes that type before any
 * `err`, so from Kannel it proves nothing.
 */
export const ErrProfile = Schema.Literals(["none", "gsm-map", "gsm-cause", "vonage", "infobip", "twilio", "8x8"])
export type ErrProfile = typeof ErrProfile.Type

const infobipReasons = Table.of([
  // Infobip passes MAP errors on under their own numbers, up to 36, and lists only some of them.
  ...Gsm.mapErrors.filter(([code]) => Number(code) <= 36),
  ...Infobip.reasons
])

/** Lists of reasons for the gateways that have none of their own. */
export const reasonsByProfile: Readonly<Record<ErrProfile, Table.Table>> = {
  none: Table.of([]),
  "gsm-map": Table.of(Gsm.mapErrors),
  "gsm-cause": Table.of(Gsm.deliveryFailureCauses),
  vonage: Table.of(Vonage.reasons),
  infobip: infobipReasons,
  twilio: Table.of(Twilio.smppErrors),
  "8x8": Table.of(EightByEight.smppErrors)
}

const messageBird = {
  reason: Table.of([...Gsm.mapErrors, ...MessageBird.reasons]),
  status: Table.of(MessageBird.statuses)
}

const smppStatus = Table.of(Smpp.statuses, Smpp.statusAliases)

const twilioErrors = Table.of(Twilio.errors)

interface Tables {
  readonly refusal?: Table.Table
  readonly reason?: Table.Table
  readonly status?: Table.Table
  readonly group?: Table.Table
}

/** The lists of each gateway, by the code that they explain (see `Codes`). */
export const tablesByKind: Readonly<Record<GatewayKind, Tables>> = {
  smsapi: { refusal: Table.of(Smsapi.refusals), status: Table.of(Smsapi.statuses) },
  serwersms: {
    refusal: Table.of(SerwerSms.refusals),
    reason: Table.of(SerwerSms.reasons),
    status: Table.of(SerwerSms.statuses)
  },
  infobip: { reason: infobipReasons, status: Table.of(Infobip.statuses), group: Table.of(Infobip.groups) },
  twilio: { refusal: twilioErrors, reason: twilioErrors, status: Table.of(Twilio.statuses) },
  vonage: {
    refusal: Table.of(Vonage.refusals),
    reason: Table.of(Vonage.reasons),
    status: Table.of(Vonage.statuses)
  },
  messagebird: messageBird,
  bird: messageBird,
  sinch: { reason: Table.of(Sinch.reasons), status: Table.of(Sinch.statuses) },
  linkmobility: { status: Table.of(LinkMobility.statuses) },
  kannel: {
    refusal: Table.of([...Smpp.refusals, ...Kannel.refusals], Smpp.refusalAliases),
    status: smppStatus,
    group: Table.of(Kannel.groups)
  },
  smpp: { refusal: Table.of(Smpp.refusals, Smpp.refusalAliases), status: smppStatus },
  gsm: { reason: Table.of(Gsm.mapErrors), status: Table.of(Gsm.statuses) }
}
