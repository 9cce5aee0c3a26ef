import { SmsGateway } from "@spoor/contracts"
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"

const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)
const key = Argument.String("key").pipe(
  Argument.withSchema(SmsGateway.Key),
  Argument.withDescription("The gateway's name in its address: lower-case letters, digits and hyphens")
)

// The database's code is loaded when it is asked for: commands on files do without.
const gateway = Effect.promise(() => import("../gateway/Gateway.ts"))

const list = Command.make(
  "list",
  { unit, json },
  Effect.fn("gateways list")(function* (question) {
    yield* (yield* gateway).list(question)
  })
).pipe(Command.withDescription("The gateways of text messages, and when each last reported."))

const add = Command.make(
  "add",
  {
    plugin: Argument.Literals("plugin", SmsGateway.Plugin.literals).pipe(Argument.withDescription("What it speaks")),
    key,
    name: Flag.String("name").pipe(
      Flag.withDescription("What the SMS log calls it; without it its key"),
      Flag.optional
    ),
    country: Flag.String("country").pipe(
      Flag.withSchema(
        Schema.String.check(Schema.isPattern(/^[A-Z]{2}$/, { expected: "a country in two capitals, such as PL" }))
      ),
      Flag.withDescription("Whose numbers are meant where it writes none in front, such as PL"),
      Flag.optional
    ),
    zone: Flag.String("zone").pipe(
      Flag.withDescription("The time zone of times that it writes without one; without it UTC"),
      Flag.optional
    ),
    secrets: Flag.String("secret").pipe(
      Flag.withSchema(SmsGateway.SecretName),
      Flag.withDescription("The name of the secret that it signs with, of an SMPP gateway its password; at most two"),
      Flag.between(0, 2)
    ),
    basic: Flag.String("basic").pipe(
      Flag.withSchema(SmsGateway.SecretName),
      Flag.withDescription("The name of the user:password that it sends; at most two"),
      Flag.between(0, 2)
    ),
    networks: Flag.String("network").pipe(
      Flag.withDescription("From where it reports, as CIDR or an address; may be given more than once"),
      Flag.atLeast(0)
    ),
    settings: Flag.String("settings").pipe(
      Flag.withDescription("A file of JSON with further settings: a generic gateway's mapping, an SMPP gateway's link"),
      Flag.optional
    ),
    unit,
    json
  },
  Effect.fn("gateways add")(function* ({ basic, country, name, networks, secrets, settings, zone, ...wanted }) {
    const flags = {
      ...(Option.isSome(country) && { country: country.value }),
      ...(Option.isSome(zone) && { zone: zone.value }),
      ...(secrets.length > 0 && { secrets }),
      ...(basic.length > 0 && { basic }),
      ...(networks.length > 0 && { networks })
    }
    const file = Option.getOrUndefined(settings)
    yield* (yield* gateway).add({ ...wanted, name: Option.getOrElse(name, () => wanted.key), flags, file })
  })
).pipe(
  Command.withDescription(
    "Adds a gateway and shows the address that it is to report to. One that proves itself in no other way gets a secret at the end of its " +
      "address, which is shown this once."
  )
)

const remove = Command.make(
  "remove",
  { key, unit },
  Effect.fn("gateways remove")(function* ({ key, unit }) {
    yield* (yield* gateway).remove(key, unit)
  })
).pipe(Command.withDescription("Takes nothing more from it. What it reported stays."))

const secret = Command.make(
  "secret",
  {
    name: Argument.String("name").pipe(
      Argument.withSchema(SmsGateway.SecretName),
      Argument.withDescription("The name under which gateways have it: capitals, digits and underscores")
    )
  },
  Effect.fn("gateways secret")(function* ({ name }) {
    yield* (yield* Effect.promise(() => import("../gateway/Secret.ts"))).keep(name)
  })
).pipe(Command.withDescription("Keeps a secret in SPOOR_HOME; it is read from standard input, one line."))

const unknownCodes = Command.make(
  "unknown-codes",
  { unit, json },
  Effect.fn("gateways unknown-codes")(function* (question) {
    yield* (yield* gateway).unknownCodes(question)
  })
).pipe(
  Command.withDescription(
    "Codes of the last seven days that no list explains, without personal data: for whoever keeps the lists. With --json one object a line."
  )
)

export const gateways = Command.make("gateways").pipe(
  Command.withShortDescription("The gateways of text messages"),
  Command.withDescription(
    "Gateways report what became of text messages, and the failed ones stand in the SMS log. They are those of a Spoor that runs: DATABASE_URL " +
      "and SPOOR_HOME say where, as for its processes; SPOOR_SMS_PUBLIC_URL says how gateways reach it."
  ),
  Command.withSubcommands([list, add, remove, secret, unknownCodes]),
  Command.withExamples([
    { command: "spoor gateways add smsapi sms --name SMSAPI.pl --country PL", description: "One that signs nothing" },
    { command: "spoor gateways secret TWILIO_MAIN < token", description: "What another one signs with" },
    { command: "spoor gateways add twilio twilio --secret TWILIO_MAIN", description: "That one" },
    { command: "spoor gateways list", description: "Whether they report" },
    { command: "spoor gateways unknown-codes --json", description: "For whoever keeps the lists of codes, once a week" }
  ])
)
