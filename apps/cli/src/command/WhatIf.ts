import { type Ids, Outcome, type Rules } from "@spoor/domain"
import { Console, Effect } from "effect"
import { Command, Flag } from "effect/cli"
import * as Orders from "../answer/Orders.ts"
import { Visitors } from "../answer/Visitors.ts"
import type { Collector } from "../input/Collector.ts"
import * as Passes from "../Passes.ts"
import { Difference } from "./Difference.ts"
import * as Flags from "./Flags.ts"
import * as RulesFile from "./RulesFile.ts"

/** Two sets of rules, looked at from one instant. *Units*: UTC milliseconds. */
interface Question {
  readonly before: Rules.Rules
  readonly after: Rules.Rules
  readonly now: number
}

export const whatIf = Command.make(
  "what-if",
  {
    rules: Flag.Path("rules").pipe(
      Flag.withMetavar("new.json"),
      Flag.withDescription("A JSON file of the rules to try")
    ),
    against: Flags.rulesFile("against", "A JSON file of the rules to compare with; without it the defaults"),
    now: Flags.now
  },
  Effect.fn("what-if")(function* ({ rules, against, now }) {
    const question: Question = {
      after: yield* RulesFile.read(rules),
      before: yield* RulesFile.readOr(against),
      now
    }
    const difference = new Difference()
    yield* Passes.run({
      foretell: null,
      isAnswering: false,
      answers: (collector) => answers(question, collector, difference)
    })
    yield* Console.error(difference.summary())
  })
).pipe(
  Command.withShortDescription("Which outcomes other rules would give"),
  Command.withDescription(
    "Reads events from standard input and writes which outcomes new rules would add, remove and leave unchanged. " +
      "Nothing is changed by it. How many there are of each is said on standard error."
  ),
  Command.withExamples([
    { command: "spoor what-if --rules new.json < events.ndjson", description: "Compared with the default rules" },
    {
      command: "spoor what-if --rules new.json --against rules.json < events.ndjson | grep -v unchanged",
      description: "Compared with rules of your own, and only what changes"
    }
  ])
)

/** The differences visitor by visitor, and at the end those of the orders that are not sure to be one visitor's. */
function* answers({ before, after, now }: Question, collector: Collector, difference: Difference): Generator<string> {
  using visitors = new Visitors(collector)
  const ordersBefore = yield* Orders.place(before, collector, visitors)
  const ordersAfter = yield* Orders.place(after, collector, visitors)
  const isWandering = wanderingIn(collector)
  const wanderedBefore: Array<Outcome.Outcome> = [...Outcome.alone(Orders.alone(ordersBefore), now)]
  const wanderedAfter: Array<Outcome.Outcome> = [...Outcome.alone(Orders.alone(ordersAfter), now)]
  for (const { events } of visitors.read()) {
    const outcomesBefore = Outcome.settle(before, Orders.visit(before, events, ordersBefore), now)
    const outcomesAfter = Outcome.settle(after, Orders.visit(after, events, ordersAfter), now)
    wanderedBefore.push(...outcomesBefore.filter(isWandering))
    wanderedAfter.push(...outcomesAfter.filter(isWandering))
    yield difference.lines(
      outcomesBefore.filter((outcome) => !isWandering(outcome)),
      outcomesAfter.filter((outcome) => !isWandering(outcome))
    )
  }
  yield difference.lines(wanderedBefore, wanderedAfter)
}

/** An order that names only an e-mail may be another visitor's under other rules. */
const wanderingIn = ({ sites }: Collector) => {
  const wandering = new Map<Ids.SiteId, ReadonlySet<Ids.OrderId>>()
  for (const { id, orders } of sites.values()) {
    wandering.set(id, new Set(orders.flatMap(({ orderId, visitorId }) => (visitorId === undefined ? [orderId] : []))))
  }
  return (outcome: Outcome.Outcome): boolean =>
    outcome.type === "FinalizedTransaction" &&
    outcome.orderId !== null &&
    wandering.get(outcome.siteId)?.has(outcome.orderId) === true
}
