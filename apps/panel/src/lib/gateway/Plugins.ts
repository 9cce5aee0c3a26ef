import type { SmsGateway } from "@spoor/contracts"

/** The vendors' own names; the two others are named by the panel. */
const names = {
  smsapi: "SMSAPI.pl",
  serwersms: "SerwerSMS",
  infobip: "Infobip",
  twilio: "Twilio",
  vonage: "Vonage, SMS API",
  "vonage-messages": "Vonage, Messages API",
  messagebird: "MessageBird",
  bird: "Bird",
  sinch: "Sinch",
  linkmobility: "LINK Mobility, Common",
  "linkmobility-pswin": "LINK Mobility, PSWin XML",
  kannel: "Kannel",
  jasmin: "Jasmin",
  smpp: "SMPP 3.4"
} as const satisfies Partial<Record<SmsGateway.Plugin, string>>

export const plugins: ReadonlyArray<SmsGateway.Plugin> = [
  ...(Object.keys(names) as Array<keyof typeof names>),
  "generic"
]

export const nameOf = (plugin: string, generic: string): string =>
  plugin === "generic" ? generic : (Object.entries(names).find(([name]) => name === plugin)?.[1] ?? plugin)

const signing: ReadonlySet<string> = new Set(["twilio", "vonage", "vonage-messages", "messagebird", "bird", "sinch"])
const basic: ReadonlySet<string> = new Set(["infobip", "sinch", "generic"])

/** Whether it signs its calls with a secret. */
export const signs = (plugin: string): boolean => signing.has(plugin)

/** Whether it may send user and password. */
export const sendsBasic = (plugin: string): boolean => basic.has(plugin)

/** Whose lists an SMPP gateway's codes may be from. */
export const errProfiles = ["gsm-map", "gsm-cause", "vonage", "infobip", "twilio", "8x8"] as const
