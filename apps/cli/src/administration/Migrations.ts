import { Migrations } from "@spoor/postgres"
import { Console, Effect } from "effect"
import * as House from "../letter/House.ts"
import * as Columns from "./Columns.ts"

export const plan = Effect.fn("plan")(
  function* ({ json }: { readonly json: boolean }) {
    const steps = yield* Migrations.plan
    yield* Columns.list(
      json,
      ["MIGRATION", "DOES", "ROWS", "ABOUT", "WRITERS"],
      steps.map((step) => ({
        fields: { kind: "migration", ...step },
        cells: [
          step.migration,
          step.does,
          `${step.rows}`,
          step.seconds === 0 ? "at once" : `${step.seconds} s`,
          step.isBesideWriters ? "go on" : "wait"
        ]
      })),
      "The database is up to date."
    )
  },
  Effect.provide(House.database),
  Effect.mapError(House.explain)
)

export const migrate = Effect.fn("migrate")(
  function* () {
    const ran = yield* Migrations.migrate
    const names = ran.map(([id, name]) => `${`${id}`.padStart(4, "0")}_${name}`).join(", ")
    yield* Console.error(ran.length === 0 ? "The database is up to date." : `The database is up to date: ${names}.`)
  },
  Effect.provide(House.database),
  Effect.mapError(House.explain)
)
