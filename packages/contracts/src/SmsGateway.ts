import { Ids, SmsError, SmsLog, SmsMessage } from "@spoor/domain"
import { Effect, Schema } from "effect"
import * as LogEntry from "./LogEntry.ts"

/** Who speaks: each has a folder of its own in apps/sms. `generic` reads what its mapping says. */
export const Plugin = Schema.Literals([
  "smsapi",
  "serwersms",
  "infobip",
  "twilio",
  "vonage",
  "vonage-messages",
  "messagebird",
  "bird",
  "sinch",
  "linkmobility",
  "linkmobility-pswin",
  "kannel",
  "jasmin",
  "generic",
  "smpp"
])
export type Plugin = typeof Plugin.Type

/** The name in a gateway's address. */
export const Key = Ids.text(32).check(
  Schema.isPattern(/^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/, { expected: "lower-case letters, digits and hyphens" })
)

/** Names a secret of the environment (`SPOOR_SMS_SECRET_…`) or of SPOOR_HOME (`sms-secrets/…`); never the secret itself. */
export const SecretName = Ids.text(64).check(
  Schema.isPattern(/^[A-Z][A-Z0-9_]*$/, { expected: "capitals, digits and underscores" })
)

/** Fields of a report by their names; dots lead into JSON and XML. The first that is there counts. */
const Field = Schema.Array(Ids.text(128).check(Schema.isMinLength(1)))
const field = Field.pipe(Schema.withDecodingDefaultKey(Effect.succeed([])))

/** How a gateway writes its times. `local` has no offset: it is read in the gateway's zone. */
const TimeForm = Schema.Literals(["epochSeconds", "epochMillis", "iso", "local", "receipt"])

/**
 * How a gateway's report is read, as data.
 *
 * *Shape*: `each` leads to the list where one call carries several reports, `split` cuts fields at commas into as many.
 * `drop` are fields that hold message text or secrets: they are never kept. `key` are the fields that make a report the same when it comes again.
 * `status`, `reason`, `refusal` and `group` are the codes of `SmsError.Codes`, looked up in the lists of `kind`; without it `outcome` says what
 * a status means, and codes are kept and not explained. *Source*: gateways.md R30, R31.
 */
export const Mapping = Schema.Struct({
  kind: Schema.NullOr(SmsError.GatewayKind).pipe(Schema.withDecodingDefaultKey(Effect.succeed(null))),
  methods: Schema.Array(Schema.Literals(["GET", "POST"])),
  each: Schema.optionalKey(Ids.text(128)),
  split: Schema.optionalKey(Schema.Array(Ids.text(128))),
  map: Schema.Struct({
    messageId: field,
    ref: field,
    phone: field,
    sender: field,
    text: field,
    status: field,
    reason: field,
    refusal: field,
    group: field,
    at: field
  }),
  time: TimeForm.pipe(Schema.withDecodingDefaultKey(Effect.succeed("iso" as const))),
  outcome: Schema.Record(Schema.String, SmsMessage.Said).pipe(Schema.withDecodingDefaultKey(Effect.succeed({}))),
  key: Schema.Array(Ids.text(128)),
  drop: field,
  reply: Schema.Struct({
    status: Schema.Int.check(Schema.isBetween({ minimum: 200, maximum: 299 })),
    body: Schema.String,
    contentType: Schema.String.pipe(Schema.withDecodingDefaultKey(Effect.succeed("text/plain")))
  }).pipe(Schema.withDecodingDefaultKey(Effect.succeed({ status: 200, body: "" })))
}).annotate({ identifier: "SmsMapping" })
export interface Mapping extends Schema.Schema.Type<typeof Mapping> {}

/**
 * Where an SMPP gateway listens, and as whom we bind. The passwords are the gateway's secrets: where one is refused, the other is tried.
 *
 * *Shape*: `isVerified` (default yes), `ca` (PEM, default the system's) and `serverName` (default `host`) are of an encrypted connection.
 * `pattern` is a regular expression for receipts of another form; its groups are named id, stat, err, phone, submitted and done.
 */
export const SmppLink = Schema.Struct({
  host: Ids.text(253).check(Schema.isMinLength(1)),
  port: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 65_535 })),
  systemId: Ids.text(15),
  systemType: Ids.text(12).pipe(Schema.withDecodingDefaultKey(Effect.succeed(""))),
  bind: Schema.Literals(["receiver", "transceiver"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("receiver" as const))
  ),
  isTls: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  isVerified: Schema.Boolean.pipe(Schema.withDecodingDefaultKey(Effect.succeed(true))),
  ca: Schema.optionalKey(Ids.text(65_536)),
  serverName: Schema.optionalKey(Ids.text(253).check(Schema.isMinLength(1))),
  pattern: Schema.optionalKey(Ids.text(500)),
  binds: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 8 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(1))
  )
})
export interface SmppLink extends Schema.Schema.Type<typeof SmppLink> {}

/** Two of a kind are good at a time, so that one can replace the other. */
const twoOf = <S extends Schema.Top>(schema: S) => Schema.Array(schema).check(Schema.isMaxLength(2))

/**
 * What is set for a gateway.
 *
 * - `country`: whose numbers are meant where a gateway writes none in front (ISO 3166, default none).
 * - `zone`: the zone of times that are written without one (default UTC).
 * - `idProfile`: how IDs are compared (default `auto`).
 * - `errProfile`: whose list the `err` of an SMPP receipt comes from (default none).
 * - `unknown`: what follows when the gateway does not know what became of a message: `wait` a day for a better report (default), `log` it at
 *   once, or `ignore` it.
 * - `holdHours`: how long a failure without phone or sender waits for its submission; 0 (default) logs it at once. Maximum 168.
 * - `pathSecrets`: SHA-256, in hexadecimal, of the secrets that may end the address. None: the address ends before.
 * - `secrets`: names of what signatures are made with; of an SMPP gateway, its passwords.
 * - `basic`: names of `user:password` that may stand in `Authorization`. None: it is not asked for.
 * - `networks`: from where reports may come, as CIDR or single addresses. None: from anywhere.
 * - `replayWindowSeconds`: how old a signed report may be (default 300).
 * - `callsPerSecond`: how often it may call; twice as many may come at once (default 1000).
 * - `silenceMinutes`: how long it may report nothing after a message was registered before that is an alarm; 0 never is one (default 60).
 * - `mapping`: of a `generic` gateway; `smpp`: of an SMPP one.
 */
export const Settings = Schema.Struct({
  country: Schema.NullOr(Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/))).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(null))
  ),
  zone: Ids.text(64).pipe(Schema.withDecodingDefaultKey(Effect.succeed("UTC"))),
  idProfile: SmsMessage.IdProfile.pipe(Schema.withDecodingDefaultKey(Effect.succeed("auto" as const))),
  errProfile: SmsError.ErrProfile.pipe(Schema.withDecodingDefaultKey(Effect.succeed("none" as const))),
  unknown: Schema.Literals(["wait", "log", "ignore"]).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed("wait" as const))
  ),
  holdHours: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 168 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(0))
  ),
  pathSecrets: twoOf(Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/))).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed([]))
  ),
  secrets: twoOf(SecretName).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  basic: twoOf(SecretName).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  networks: Schema.Array(Ids.text(64)).pipe(Schema.withDecodingDefaultKey(Effect.succeed([]))),
  replayWindowSeconds: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 86_400 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(300))
  ),
  callsPerSecond: Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 100_000 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(1_000))
  ),
  silenceMinutes: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 10_080 })).pipe(
    Schema.withDecodingDefaultKey(Effect.succeed(60))
  ),
  mapping: Schema.optionalKey(Mapping),
  smpp: Schema.optionalKey(SmppLink)
})
export interface Settings extends Schema.Schema.Type<typeof Settings> {}

/** Whose lists explain a gateway's codes; null where nobody's do. */
export const kindOf = (plugin: Plugin, { mapping }: Pick<Settings, "mapping">): SmsError.GatewayKind | null => {
  switch (plugin) {
    case "generic":
      return mapping?.kind ?? null
    case "vonage-messages":
      return "vonage"
    case "linkmobility-pswin":
    case "jasmin":
      return "smpp"
    default:
      return plugin
  }
}

/** Whether a list explains the code that a row of the log shows. *Shape*: `rawCode` has all that were given (`LogEntry.rawCodeOf`). */
export const isListed = (
  { plugin, settings }: { readonly plugin: Plugin; readonly settings: Pick<Settings, "errProfile" | "mapping"> },
  code: string,
  rawCode: string | null
): boolean => {
  const kind = kindOf(plugin, settings)
  if (kind === null) return false
  const given = rawCode === null ? {} : LogEntry.codesOf(rawCode)
  const [field] = Object.entries(given).find(([, value]) => value === code) ?? ["status"]
  // A receipt may have said itself that its code is the mobile network's.
  return [settings.errProfile, "gsm-map" as const].some(
    (profile) => SmsError.classify(kind, { [field]: code }, profile).name !== "unknown"
  )
}

/** A gateway of a business unit. *Shape*: `key` is unique in the whole installation, `name` is what the log shows. */
export const Gateway = Schema.Struct({
  unitId: Schema.Int,
  id: Schema.Int,
  key: Key,
  name: SmsLog.Name,
  plugin: Plugin,
  settings: Settings
})
export interface Gateway extends Schema.Schema.Type<typeof Gateway> {}
