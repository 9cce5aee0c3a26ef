import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CommandError } from "../CommandError.ts"

/** What a person sees without asking for more. */
const listedMax = 50

const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))

// The database's and the queue's code is loaded when it is asked for: commands on files do without.
const list = Command.make(
  "list",
  {
    limit: Flag.Int("limit").pipe(
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
      Flag.withDescription(`How many at most; without it ${listedMax}, or with --json all`),
      Flag.optional
    ),
    before: Flag.Int("before").pipe(Flag.withDescription("Go on below this ID"), Flag.optional),
    json
  },
  Effect.fn("dead-letters list")(function* ({ before, json, limit }) {
    const rowsMax = Option.getOrElse(limit, () => (json ? Infinity : listedMax))
    const Listing = yield* Effect.promise(() => import("../letter/Listing.ts"))
    yield* Listing.list({ before: Option.getOrUndefined(before), rowsMax, json })
  })
).pipe(Command.withDescription("The dead letters, those that began to fail last first."))

const show = Command.make(
  "show",
  { id: Argument.Int("id").pipe(Argument.withDescription("The ID of a dead letter")), json },
  Effect.fn("dead-letters show")(function* (question) {
    const Listing = yield* Effect.promise(() => import("../letter/Listing.ts"))
    yield* Listing.show(question)
  })
).pipe(Command.withDescription("One dead letter with its error and all that was sent."))

const replay = Command.make(
  "replay",
  {
    ids: Argument.Int("id").pipe(Argument.withDescription("The IDs of dead letters"), Argument.variadic({ min: 0 })),
    all: Flag.Boolean("all").pipe(Flag.withDescription("All that there are"), Flag.withDefault(false)),
    json
  },
  Effect.fn("dead-letters replay")(function* ({ all, ids, json }) {
    if (all === ids.length > 0) {
      return yield* new CommandError({ sentence: "Name the IDs of dead letters, or say --all." })
    }
    const { replay } = yield* Effect.promise(() => import("../letter/Replay.ts"))
    yield* replay({ ids: all ? null : ids, json })
  })
).pipe(
  Command.withDescription(
    "Puts dead letters back into the queue and takes them from the list. One that fails again becomes a dead letter again."
  )
)

export const deadLetters = Command.make("dead-letters").pipe(
  Command.withShortDescription("Messages that could not be written"),
  Command.withDescription(
    "Messages that the worker could neither read nor write, after several tries: what was sent, and why it failed. They " +
      "are asked of a Spoor that runs: DATABASE_URL, NATS_URL and SPOOR_HOME say where, as for its processes."
  ),
  Command.withSubcommands([list, show, replay]),
  Command.withExamples([
    { command: "spoor dead-letters list", description: "What there is" },
    { command: "spoor dead-letters show 12", description: "What was sent, and what is wrong with it" },
    { command: "spoor dead-letters replay 12 13", description: "Once the cause is mended" },
    { command: "spoor dead-letters list --json | grep '\"unitId\":7,'", description: "Those of a business unit" }
  ])
)
