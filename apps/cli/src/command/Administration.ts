import { Administration, Item } from "@spoor/contracts"
import { Zone } from "@spoor/domain"
import type { Role } from "@spoor/postgres"
import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"

/** `satisfies` keeps this list and the database's in step without loading the database's code. */
const roles = ["administrator", "marketer", "analyst", "developer"] as const satisfies ReadonlyArray<Role>

const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)
const email = Argument.String("email").pipe(
  Argument.withSchema(Item.EmailFromWire),
  Argument.withDescription("The e-mail that the person signs in with")
)
const role = Flag.Literals("role", roles).pipe(
  Flag.withDescription(
    "administrator: everything; marketer: reads and exports; analyst: the same, with personal data masked; developer: API log and keys"
  )
)
const name = Flag.String("name").pipe(Flag.withSchema(Administration.Name))

const asked = "It is asked of a Spoor that runs: DATABASE_URL and SPOOR_HOME say where, as for its processes."

// The database's code is loaded when it is asked for: commands on files do without.
const Units = Effect.promise(() => import("../administration/Units.ts"))
const Sites = Effect.promise(() => import("../administration/Sites.ts"))
const Keys = Effect.promise(() => import("../administration/Keys.ts"))
const Users = Effect.promise(() => import("../administration/Users.ts"))

const unitId = Argument.Int("id").pipe(Argument.withDescription("The ID of a business unit"))

export const units = Command.make("units").pipe(
  Command.withShortDescription("The business units"),
  Command.withDescription(`The business units, each with its own sites, people and logs. ${asked}`),
  Command.withSubcommands([
    Command.make(
      "list",
      { json },
      Effect.fn("units list")(function* (question) {
        yield* (yield* Units).list(question)
      })
    ).pipe(Command.withDescription("All business units.")),
    Command.make(
      "add",
      {
        name: Argument.String("name").pipe(
          Argument.withSchema(Administration.Name),
          Argument.withDescription("What people call it")
        ),
        timeZone: Flag.String("time-zone").pipe(
          Flag.withSchema(Zone.Zone),
          Flag.withDescription("The zone in which its people read; Europe/Warsaw unless said"),
          Flag.withDefault(Zone.Zone.make("Europe/Warsaw"))
        ),
        json
      },
      Effect.fn("units add")(function* (wanted) {
        yield* (yield* Units).add(wanted)
      })
    ).pipe(Command.withDescription("Adds a business unit, and gives its ID.")),
    Command.make(
      "close",
      { id: unitId },
      Effect.fn("units close")(function* ({ id }) {
        yield* (yield* Units).close(id)
      })
    ).pipe(
      Command.withDescription(
        "Closes a business unit: nobody signs in to it, its keys and gateways are refused, its webhooks are told nothing. What it has stays for as long as it is kept."
      )
    ),
    Command.make(
      "open",
      { id: unitId },
      Effect.fn("units open")(function* ({ id }) {
        yield* (yield* Units).open(id)
      })
    ).pipe(Command.withDescription("Opens a closed business unit again, with what its closing took."))
  ])
)

export const sites = Command.make("sites").pipe(
  Command.withShortDescription("The shops whose pages are tracked"),
  Command.withDescription(`The shops whose pages are tracked. ${asked}`),
  Command.withSubcommands([
    Command.make(
      "list",
      { unit, json },
      Effect.fn("sites list")(function* (question) {
        yield* (yield* Sites).list(question)
      })
    ).pipe(Command.withDescription("The sites of a business unit.")),
    Command.make(
      "add",
      {
        id: Argument.String("id").pipe(
          Argument.withSchema(Administration.SiteId),
          Argument.withDescription("A short name for addresses and files, such as shop-pl; it stays")
        ),
        name: name.pipe(Flag.withDescription("What people call it")),
        url: Flag.String("url").pipe(
          Flag.withSchema(Administration.SiteUrl),
          Flag.withDescription("Where the shop is")
        ),
        unit
      },
      Effect.fn("sites add")(function* (wanted) {
        yield* (yield* Sites).add(wanted)
      })
    ).pipe(Command.withDescription("Adds a site with the standard rules, and shows the snippet for its pages."))
  ])
)

export const keys = Command.make("keys").pipe(
  Command.withShortDescription("The keys that pages, services and other systems use"),
  Command.withDescription(`The keys that pages, services and other systems write and ask with. ${asked}`),
  Command.withSubcommands([
    Command.make(
      "list",
      { unit, json },
      Effect.fn("keys list")(function* (question) {
        yield* (yield* Keys).list(question)
      })
    ).pipe(Command.withDescription("The keys of a business unit, the newest first; of each what may be shown.")),
    Command.make(
      "add",
      {
        kind: Flag.Literals("kind", ["browser", "server", "api"]).pipe(
          Flag.withDescription(
            "browser: for pages, public, only writes; server: for services of a site, writes logs and history too; api: for the " +
              "platform's and the read API of all of the unit"
          )
        ),
        name: name.pipe(Flag.withDescription("What uses it; it stands in the API log")),
        site: Flag.String("site").pipe(
          Flag.withDescription(
            "The site that a browser or server key writes to; without it the only one that there is"
          ),
          Flag.map((site): string | undefined => site),
          Flag.withDefault(undefined)
        ),
        unit
      },
      Effect.fn("keys add")(function* (wanted) {
        yield* (yield* Keys).add(wanted)
      })
    ).pipe(Command.withDescription("Makes a key, and shows it this once.")),
    Command.make(
      "revoke",
      {
        prefix: Argument.String("prefix").pipe(
          Argument.withDescription("What a list shows of the key, such as sk_3fK2aB")
        ),
        unit
      },
      Effect.fn("keys revoke")(function* (wanted) {
        yield* (yield* Keys).revoke(wanted)
      })
    ).pipe(Command.withDescription("Takes a key out of use for good; every door refuses it after two seconds."))
  ])
)

export const users = Command.make("users").pipe(
  Command.withShortDescription("The people who sign in to the panel"),
  Command.withDescription(
    `The people who sign in to the panel. Whatever is changed of an account ends its sessions. ${asked}`
  ),
  Command.withSubcommands([
    Command.make(
      "list",
      { unit, json },
      Effect.fn("users list")(function* (question) {
        yield* (yield* Users).list(question)
      })
    ).pipe(Command.withDescription("The people of a business unit.")),
    Command.make(
      "add",
      { email, role, unit },
      Effect.fn("users add")(function* (wanted) {
        yield* (yield* Users).add(wanted)
      })
    ).pipe(Command.withDescription("Adds an account, and shows its password this once.")),
    Command.make(
      "role",
      { email, role, unit },
      Effect.fn("users role")(function* ({ email, role, unit }) {
        yield* (yield* Users).change({ email, unit }, { role }, `is ${role} now`)
      })
    ).pipe(Command.withDescription("Gives somebody another role.")),
    Command.make(
      "password",
      { email, unit },
      Effect.fn("users password")(function* (whose) {
        yield* (yield* Users).password(whose)
      })
    ).pipe(Command.withDescription("Makes a new password, for who is locked out, and shows it this once.")),
    Command.make(
      "factor-off",
      { email, unit },
      Effect.fn("users factor-off")(function* (whose) {
        yield* (yield* Users).change(whose, { isSecondFactorRemoved: true }, "signs in by their password alone")
      })
    ).pipe(Command.withDescription("Turns the second factor off, for who has lost it and the recovery codes.")),
    Command.make(
      "disable",
      { email, unit },
      Effect.fn("users disable")(function* (whose) {
        yield* (yield* Users).change(whose, { isDisabled: true }, "cannot sign in any more")
      })
    ).pipe(Command.withDescription("Keeps the account and what it did, refuses the sign-in.")),
    Command.make(
      "enable",
      { email, unit },
      Effect.fn("users enable")(function* (whose) {
        yield* (yield* Users).change(whose, { isDisabled: false }, "can sign in again")
      })
    ).pipe(Command.withDescription("Lets somebody in again."))
  ]),
  Command.withExamples([
    { command: "spoor users add anna@example.pl --role marketer", description: "Somebody new" },
    { command: "spoor users password admin@spoor.local", description: "Somebody who forgot theirs" }
  ])
)
