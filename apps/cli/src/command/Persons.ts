import { Item, Platform } from "@spoor/contracts"
import { Ids, type SmsLog } from "@spoor/domain"
import type { Who } from "@spoor/postgres"
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CommandError } from "../CommandError.ts"

const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)

/** Who is meant. */
const person = {
  email: Flag.String("email").pipe(
    Flag.withSchema(Item.EmailFromWire),
    Flag.withDescription("All that this e-mail leads to: its visitors, its customer and the customer's phone number"),
    Flag.optional
  ),
  phone: Flag.String("phone").pipe(
    Flag.withSchema(Platform.PhoneFromWire),
    Flag.withDescription("A phone number, with the country's code; leads to its customer"),
    Flag.optional
  ),
  visitor: Flag.String("visitor").pipe(
    Flag.withSchema(Ids.VisitorId),
    Flag.withDescription("A visitor's ID, for somebody who never said their e-mail"),
    Flag.optional
  ),
  unit
}

interface Named {
  readonly email: Option.Option<Ids.Email>
  readonly phone: Option.Option<SmsLog.Phone>
  readonly visitor: Option.Option<Ids.VisitorId>
}

const meant = ({ email, phone, visitor }: Named): Effect.Effect<Who, CommandError> => {
  const named: ReadonlyArray<Who> = [
    ...Option.toArray(Option.map(email, (value) => ({ by: "email", value }) as const)),
    ...Option.toArray(Option.map(phone, (value) => ({ by: "phone", value }) as const)),
    ...Option.toArray(Option.map(visitor, (value) => ({ by: "visitor", value }) as const))
  ]
  const [subject] = named
  return subject === undefined || named.length > 1
    ? Effect.fail(new CommandError({ sentence: "Say who is meant: one of --email, --phone and --visitor." }))
    : Effect.succeed(subject)
}

const house =
  "It is asked of a Spoor that runs: DATABASE_URL, NATS_URL and SPOOR_HOME say where, as for its processes. What the " +
  "panel's own people did is not looked for."

// The database's and the queue's code is loaded when it is asked for: commands on files do without.
export const exportPerson = Command.make(
  "export",
  person,
  Effect.fn("export")(function* ({ unit, ...named }) {
    const subject = yield* meant(named)
    const { exportRows } = yield* Effect.promise(() => import("../person/Export.ts"))
    yield* exportRows(unit, subject)
  })
).pipe(
  Command.withShortDescription("Everything of one person"),
  Command.withDescription(
    `Everything that is stored of one person, as NDJSON: a line a row, with the table that holds it. ${house}`
  ),
  Command.withExamples([
    {
      command: "spoor export --email anna@example.pl > anna.ndjson",
      description: "For a person who asks what is known"
    }
  ])
)

export const erase = Command.make(
  "erase",
  {
    ...person,
    yes: Flag.Boolean("yes").pipe(
      Flag.withDescription("Do it; without this the command only tells what would go"),
      Flag.withDefault(false)
    ),
    wait: Flag.Int("wait").pipe(
      Flag.withDescription("How many seconds the queue may take to bring in what was sent before; 120 unless said"),
      Flag.withDefault(120)
    )
  },
  Effect.fn("erase")(function* ({ unit, wait, yes, ...named }) {
    const subject = yield* meant(named)
    const Erasure = yield* Effect.promise(() => import("../person/Erasure.ts"))
    yield* yes ? Erasure.erase({ unit, subject, wait }) : Erasure.foretell({ unit, subject })
  })
).pipe(
  Command.withShortDescription("Forgets one person"),
  Command.withDescription(
    "Removes one person: what they did goes, with the outcomes that came of it; requests and failed text messages stay " +
      "without them. Erasing twice, or once more after being cut off, is harmless. Standard output has a signed receipt. " +
      house
  ),
  Command.withExamples([
    { command: "spoor erase --email anna@example.pl", description: "What would go" },
    { command: "spoor erase --email anna@example.pl --yes > receipt.json", description: "Forget her" }
  ])
)

export const receipt = Command.make(
  "receipt",
  {
    file: Argument.File("file", { mustExist: true }).pipe(Argument.withDescription("A receipt of spoor erase")),
    email: person.email,
    phone: person.phone,
    visitor: person.visitor
  },
  Effect.fn("receipt")(function* ({ file, ...named }) {
    const isNamed = Option.isSome(named.email) || Option.isSome(named.phone) || Option.isSome(named.visitor)
    const subject = isNamed ? yield* meant(named) : null
    const { verify } = yield* Effect.promise(() => import("../person/Receipt.ts"))
    yield* verify(file, subject)
  })
).pipe(
  Command.withShortDescription("Checks a receipt of an erasure"),
  Command.withDescription(
    "Tells whether a receipt was signed here and whom it is about: it does not name the person, but fits their e-mail, " +
      "phone number or visitor's ID and no other."
  )
)
