import { Item } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CommandError } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"

const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)
const dryRun = Flag.Boolean("dry-run").pipe(
  Flag.withDescription("Changes nothing: says which sessions would bear another e-mail"),
  Flag.withDefault(false)
)
const email = Flag.String("email").pipe(Flag.withSchema(Item.EmailFromWire))
const visitor = Flag.String("visitor").pipe(Flag.withSchema(Ids.VisitorId))
const optional = <A>(flag: Flag.Flag<A>) =>
  flag.pipe(
    Flag.map((value): A | undefined => value),
    Flag.withDefault(undefined)
  )

/** The database holds none longer. */
const Reason = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(500))

// The database's code is loaded when it is asked for: commands on files do without.
const Identity = Effect.promise(() => import("../person/Identity.ts"))

export const identity = Command.make("identity").pipe(
  Command.withShortDescription("Which session bears which e-mail, and why"),
  Command.withDescription(
    "Which e-mail which session bears, and why; and how to take one back. What is taken back leaves sessions and outcomes as if nothing " +
      "had named it, and can be given again. It is asked of a Spoor that runs: DATABASE_URL and SPOOR_HOME say where, as for its processes."
  ),
  Command.withSubcommands([
    Command.make(
      "list",
      {
        email: email.pipe(Flag.withDescription("The sessions that bear this e-mail"), Flag.optional),
        visitor: visitor.pipe(Flag.withDescription("The sessions of this browser"), Flag.optional),
        at: Flag.String("at").pipe(
          Flag.filterMap(
            (text) => Option.liftPredicate(Instant.parse(text), (instant) => !Number.isNaN(instant)),
            () => "an instant in ISO 8601, such as 2026-03-02T10:00:00Z"
          ),
          Flag.withMetavar("instant"),
          Flag.withDescription("As it was known at this instant (ISO 8601): received and decided by then"),
          Flag.withDefault(Infinity)
        ),
        unit,
        json
      },
      Effect.fn("identity list")(function* ({ email, visitor, ...question }) {
        const who = Option.isSome(email)
          ? Option.isSome(visitor)
            ? null
            : { email: email.value }
          : Option.isSome(visitor)
            ? { visitorId: visitor.value }
            : null
        if (who === null) {
          return yield* new CommandError({ sentence: "Say whose sessions are meant: one of --email and --visitor." })
        }
        yield* (yield* Identity).list({ ...question, ...who })
      })
    ).pipe(
      Command.withDescription("The sessions with what named their e-mails, and what was taken back and given again.")
    ),
    Command.make(
      "unlink",
      {
        email: email.pipe(Flag.withDescription("The e-mail that is somebody else's")),
        visitorId: visitor.pipe(Flag.withDescription("The browser that bears it")),
        session: optional(
          Flag.String("session").pipe(
            Flag.withDescription(
              "The one session that it is taken back from; without it from all of the browser's, future ones too"
            )
          )
        ),
        site: optional(
          Flag.String("site").pipe(Flag.withDescription("The browser's site, where several have one of this ID"))
        ),
        reason: optional(
          Flag.String("reason").pipe(
            Flag.withSchema(Reason),
            Flag.withDescription("Why, for whoever asks later; up to 500 characters")
          )
        ),
        isDry: dryRun,
        unit,
        json
      },
      Effect.fn("identity unlink")(function* (wanted) {
        yield* (yield* Identity).unlink(wanted)
      })
    ).pipe(
      Command.withDescription(
        "Takes an e-mail back from a session, or from a browser for ever. Earlier sessions that had it from there lose it too."
      )
    ),
    Command.make(
      "relink",
      {
        id: Argument.Int("id").pipe(Argument.withDescription("The number that unlink and list say")),
        isDry: dryRun,
        unit,
        json
      },
      Effect.fn("identity relink")(function* (wanted) {
        yield* (yield* Identity).relink(wanted)
      })
    ).pipe(Command.withDescription("Undoes an unlinking: everything is as if it had never been decided."))
  ]),
  Command.withExamples([
    { command: "spoor identity list --email anna@example.pl", description: "Why these sessions are hers" },
    {
      command: "spoor identity unlink --visitor 0198c5a2 --email anna@example.pl --dry-run",
      description: "What would change"
    }
  ])
)
