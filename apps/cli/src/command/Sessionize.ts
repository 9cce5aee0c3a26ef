import { type Activity, OrderBook, Outcome, type Rules, Visit } from "@spoor/domain"
import { Effect } from "effect"
import { Command } from "effect/cli"
import * as Orders from "../answer/Orders.ts"
import * as Output from "../Output.ts"
import { inOrder, type Visitor, Visitors } from "../answer/Visitors.ts"
import type { Collector } from "../input/Collector.ts"
import * as Passes from "../Passes.ts"
import * as Flags from "./Flags.ts"
import * as RulesFile from "./RulesFile.ts"

/** What is asked: the sessions and outcomes under some rules at an instant. *Units*: UTC milliseconds. */
interface Question {
  readonly rules: Rules.Rules
  readonly now: number
}

export const sessionize = Command.make(
  "sessionize",
  {
    rules: Flags.rulesFile("rules", "A JSON file of rules; without it the defaults hold"),
    now: Flags.now
  },
  Effect.fn("sessionize")(function* ({ rules, now }) {
    const question: Question = { rules: yield* RulesFile.readOr(rules), now }
    yield* Passes.run(plan(question))
  })
).pipe(
  Command.withShortDescription("Events to sessions and outcomes"),
  Command.withDescription(
    "Reads events, one JSON object a line, from standard input and writes their sessions and outcomes, and what is wrong " +
      "with lines. The input may come in any order and be larger than memory; sorted by visitor it is read in half the time."
  ),
  Command.withExamples([
    { command: "spoor sessionize < events.ndjson > out.ndjson", description: "Under the default rules" },
    {
      command: "spoor sessionize --rules rules.json --now 2026-03-02T10:00:00Z < events.ndjson",
      description: "Under rules of your own, as of an instant"
    },
    {
      command: "spoor sessionize < events.ndjson | grep AbandonedCart",
      description: "Only the abandoned carts"
    }
  ])
)

const plan = (question: Question): Passes.Plan => ({
  foretell: (events) => foretell(question, events),
  isAnswering: true,
  answers: (collector) => answers(question, collector)
})

/** What a visitor's own events say: the first page of an order is the visitor's, and no order by API is. */
const foretell = (question: Question, lines: Array<Activity.Activity>): string => {
  const events = inOrder(lines)
  const pages = events.flatMap((event) => OrderBook.reportOf(event) ?? [])
  const book = pages.length === 0 ? OrderBook.empty : OrderBook.make(pages, [])
  return answer(question, Visit.fold(question.rules, events, [], book))
}

/** The sessions and outcomes of all visitors, then the orders that stand alone. */
function* answers(question: Question, collector: Collector): Generator<string | Uint8Array> {
  using visitors = new Visitors(collector)
  const orders = yield* Orders.place(question.rules, collector, visitors)
  if (collector.foretold === null) yield* told(question, orders, visitors.read())
  else {
    const touched = Orders.touched(collector, orders)
    const isTouched = (visitor: number) => touched[visitor] === 1
    yield* collector.foretold.tell(isTouched, told(question, orders, visitors.read(isTouched)))
  }
  for (const outcome of Outcome.alone(Orders.alone(orders), question.now)) yield Output.outcome(outcome)
}

function* told(question: Question, orders: Orders.Orders, visitors: Iterable<Visitor>): Generator<string> {
  for (const { events } of visitors) yield answer(question, Orders.visit(question.rules, events, orders))
}

const answer = ({ rules, now }: Question, visit: Visit.Visit): string => {
  let lines = ""
  for (const session of visit.sessions) lines += Output.session(session, now)
  for (const outcome of Outcome.settle(rules, visit, now)) lines += Output.outcome(outcome)
  return lines
}
