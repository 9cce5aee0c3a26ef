import type { SmsGateway } from "@spoor/contracts"
import { infobip } from "../infobip/Infobip.ts"
import { jasmin } from "../jasmin/Jasmin.ts"
import { kannel } from "../kannel/Kannel.ts"
import { linkmobility, linkmobilityPswin } from "../linkmobility/Linkmobility.ts"
import { bird, messagebird } from "../messagebird/Messagebird.ts"
import { serwersms } from "../serwersms/Serwersms.ts"
import { sinch } from "../sinch/Sinch.ts"
import { smsapi } from "../smsapi/Smsapi.ts"
import { twilio } from "../twilio/Twilio.ts"
import { vonage, vonageMessages } from "../vonage/Vonage.ts"
import type { Plugin } from "./Plugin.ts"

/** Every vendor that reports by HTTP; a generic gateway brings its mapping in its settings. */
const plugins: Readonly<Record<Exclude<SmsGateway.Plugin, "generic" | "smpp">, Plugin>> = {
  smsapi,
  serwersms,
  infobip,
  twilio,
  vonage,
  "vonage-messages": vonageMessages,
  messagebird,
  bird,
  sinch,
  linkmobility,
  "linkmobility-pswin": linkmobilityPswin,
  kannel,
  jasmin
}

/** What a gateway speaks by HTTP; null where it has no door. */
export const pluginOf = ({ plugin, settings }: Pick<SmsGateway.Gateway, "plugin" | "settings">): Plugin | null => {
  if (plugin === "smpp") return null
  if (plugin === "generic") return settings.mapping === undefined ? null : { mapping: settings.mapping }
  return plugins[plugin]
}
