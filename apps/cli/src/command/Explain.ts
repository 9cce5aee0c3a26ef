import { Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CommandError } from "../CommandError.ts"
import * as Passes from "../Passes.ts"
import * as Finding from "./Finding.ts"
import * as Flags from "./Flags.ts"
import * as RulesFile from "./RulesFile.ts"

export const explain = Command.make(
  "explain",
  {
    id: Argument.String("id").pipe(Argument.withDescription("The ID of an outcome or of a session")),
    rules: Flags.rulesFile("rules", "A JSON file of rules; without it the defaults hold"),
    now: Flags.now,
    lang: Flag.Literals("lang", ["en", "pl"]).pipe(
      Flag.withDescription("The language of the sentences; times are in UTC"),
      Flag.withDefault("en" as const)
    ),
    json: Flag.Boolean("json").pipe(Flag.withDescription("One line of JSON instead"), Flag.withDefault(false))
  },
  Effect.fn("explain")(function* ({ id, rules: file, now, lang, json }) {
    const question: Finding.Question = { id, rules: yield* RulesFile.readOr(file), now }
    let isFound = false
    yield* Passes.run({
      foretell: null,
      isAnswering: false,
      *answers(collector) {
        for (const finding of Finding.search(question, collector)) {
          if (finding === null) yield ""
          else {
            isFound = true
            yield json ? Finding.asLine(question, finding) : Finding.asSentences(question, finding, lang)
          }
        }
      }
    })
    if (isFound) return
    return yield* new CommandError({ sentence: `These events give no outcome and no session with the ID ${id}.` })
  })
).pipe(
  Command.withShortDescription("Why an outcome is there, or why a session has none"),
  Command.withDescription(
    "Reads events from standard input and says why an outcome is there and what it rests on; of a session, why each rule " +
      "fired or did not. A session is found by every ID it ever had."
  ),
  Command.withExamples([
    { command: "spoor explain cart:default:e7 < events.ndjson", description: "An outcome" },
    { command: "spoor explain default:e1 --lang pl < events.ndjson", description: "A session, in Polish" }
  ])
)
