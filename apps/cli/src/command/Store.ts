import type { RetainedLog } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"

/** `satisfies` keeps this list and the database's in step without loading the database's code. */
const logs = ["panel", "activity", "api", "sms"] as const satisfies ReadonlyArray<RetainedLog>

const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)

// The database's code is loaded when it is asked for: commands on files do without.
const Migrations = Effect.promise(() => import("../administration/Migrations.ts"))
const Retention = Effect.promise(() => import("../administration/Retention.ts"))

/** The database holds to it. */
const Days = Schema.Int.check(Schema.isBetween({ minimum: 30, maximum: 3_650 }))

export const retention = Command.make("retention").pipe(
  Command.withShortDescription("How long logs are kept"),
  Command.withDescription(
    "How long a business unit keeps its logs: 180 days unless said otherwise. The worker removes what is older, every hour. It is asked of " +
      "a Spoor that runs: DATABASE_URL and SPOOR_HOME say where, as for its processes."
  ),
  Command.withSubcommands([
    Command.make(
      "list",
      { unit, json },
      Effect.fn("retention list")(function* (question) {
        yield* (yield* Retention).list(question)
      })
    ).pipe(Command.withDescription("How many days each log of a business unit is kept.")),
    Command.make(
      "set",
      {
        log: Argument.Literals("log", logs).pipe(
          Argument.withDescription("activity stands for session events too: an outcome goes with what it rests on")
        ),
        days: Argument.Int("days").pipe(Argument.withSchema(Days), Argument.withDescription("From 30 to 3650")),
        unit
      },
      Effect.fn("retention set")(function* (wanted) {
        yield* (yield* Retention).set(wanted)
      })
    ).pipe(Command.withDescription("Keeps a log for so many days from now on. What went does not come back."))
  ]),
  Command.withExamples([{ command: "spoor retention set api 90", description: "Three months of requests" }])
)

export const migrate = Command.make(
  "migrate",
  {
    isDry: Flag.Boolean("dry-run").pipe(
      Flag.withDescription(
        "Changes nothing and locks nothing: says what would be done, and about how long it would take"
      ),
      Flag.withDefault(false)
    ),
    json
  },
  Effect.fn("migrate")(function* ({ isDry, json }) {
    const migrations = yield* Migrations
    yield* isDry ? migrations.plan({ json }) : migrations.migrate()
  })
).pipe(
  Command.withShortDescription("Brings the database to this version"),
  Command.withDescription(
    "Brings the database to this version, as Spoor does when it starts: all of it or nothing. While an index is made, nothing is written to its " +
      "table; doors go on, their queue waits. DATABASE_URL and SPOOR_HOME say where, as for Spoor's processes."
  ),
  Command.withExamples([{ command: "spoor migrate --dry-run", description: "Before an upgrade" }])
)
