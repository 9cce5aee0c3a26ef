import { Effect } from "effect"
import { Command, Flag } from "effect/cli"

export const verify = Command.make(
  "verify",
  {
    unit: Flag.Int("unit").pipe(
      Flag.withDescription("The ID of a business unit; without it all of them"),
      Flag.map((unitId): number | undefined => unitId),
      Flag.withDefault(undefined)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
  },
  Effect.fn("verify")(function* (question) {
    const { verify } = yield* Effect.promise(() => import("../verify/PanelLog.ts"))
    yield* verify(question)
  })
).pipe(
  Command.withShortDescription("Whether the panel log is as it was written"),
  Command.withDescription(
    "Recomputes the chain of every unit's panel log and names the rows that were edited, removed, inserted or swapped; fails if there are " +
      "any. The chain must also be the one that was signed before. The end of one that is whole is signed into SPOOR_HOME, as the worker does every hour. DATABASE_URL and SPOOR_HOME say where, as for " +
      "Spoor's processes."
  ),
  Command.withExamples([{ command: "spoor verify", description: "The logs of all units" }])
)
