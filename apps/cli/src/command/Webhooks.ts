import { WebhookMessage } from "@spoor/contracts"
import { SessionEventLog } from "@spoor/domain"
import { Effect, Option, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CommandError } from "../CommandError.ts"

/** What a person sees without asking for more. */
const listedMax = 50

const outcomeTypes = SessionEventLog.OutcomeType.literals

const id = Argument.Int("id").pipe(Argument.withDescription("The ID of a webhook"))
const json = Flag.Boolean("json").pipe(Flag.withDescription("JSON, one object a line"), Flag.withDefault(false))
const unit = Flag.Int("unit").pipe(
  Flag.withDescription("The ID of the business unit; without it the only one that there is"),
  Flag.map((unitId): number | undefined => unitId),
  Flag.withDefault(undefined)
)

// The database's code is loaded when it is asked for: commands on files do without.
const subscription = Effect.promise(() => import("../webhook/Subscription.ts"))
const deliveryLog = Effect.promise(() => import("../webhook/DeliveryLog.ts"))

const list = Command.make(
  "list",
  { unit, json },
  Effect.fn("webhooks list")(function* (question) {
    yield* (yield* subscription).list(question)
  })
).pipe(Command.withDescription("Where outcomes are sent."))

const add = Command.make(
  "add",
  {
    url: Argument.String("url").pipe(
      Argument.withSchema(WebhookMessage.WebhookUrl),
      Argument.withDescription("Where to post; https, unless SPOOR_WEBHOOK_ALLOW_PRIVATE allows what it leads to")
    ),
    types: Flag.Literals("type", outcomeTypes).pipe(
      Flag.withDescription("Only outcomes of this type; may be given more than once"),
      Flag.atLeast(0)
    ),
    historic: Flag.Boolean("historic").pipe(
      Flag.withDescription("Outcomes that came too late to be news, too; they are marked"),
      Flag.withDefault(false)
    ),
    unit,
    json
  },
  Effect.fn("webhooks add")(function* ({ types, ...wanted }) {
    yield* (yield* subscription).add({ ...wanted, types: types.length === 0 ? outcomeTypes : [...new Set(types)] })
  })
).pipe(Command.withDescription("Adds an address, and shows the secret that its messages are signed with, this once."))

const enable = Command.make(
  "enable",
  { id, unit },
  Effect.fn("webhooks enable")(function* ({ id, unit }) {
    yield* (yield* subscription).enable(id, unit)
  })
).pipe(Command.withDescription("Goes on with what waits for it."))

const disable = Command.make(
  "disable",
  { id, unit },
  Effect.fn("webhooks disable")(function* ({ id, unit }) {
    yield* (yield* subscription).disable(id, unit)
  })
).pipe(Command.withDescription("Sends nothing more, and keeps nothing for it; what waits stays."))

const remove = Command.make(
  "remove",
  { id, unit },
  Effect.fn("webhooks remove")(function* ({ id, unit }) {
    yield* (yield* subscription).remove(id, unit)
  })
).pipe(Command.withDescription("Removes it with all of its deliveries."))

const deliveries = Command.make(
  "deliveries",
  {
    id,
    state: Flag.Literals("state", ["waiting", "delivered", "failed"]).pipe(
      Flag.withDescription("Only these"),
      Flag.optional
    ),
    limit: Flag.Int("limit").pipe(
      Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
      Flag.withDescription(`How many at most; without it ${listedMax}, or with --json all`),
      Flag.optional
    ),
    before: Flag.Int("before").pipe(Flag.withDescription("Go on below this ID"), Flag.optional),
    unit,
    json
  },
  Effect.fn("webhooks deliveries")(function* ({ before, limit, state, ...question }) {
    const rowsMax = Option.getOrElse(limit, () => (question.json ? Infinity : listedMax))
    const narrowed = { state: Option.getOrUndefined(state), before: Option.getOrUndefined(before), rowsMax }
    yield* (yield* deliveryLog).list({ ...question, ...narrowed })
  })
).pipe(Command.withDescription("What was sent and what waits, newest first: when, how often, and what came of it."))

const replay = Command.make(
  "replay",
  {
    id,
    deliveries: Argument.Int("delivery").pipe(
      Argument.withDescription("The IDs of deliveries that were delivered or failed"),
      Argument.variadic({ min: 0 })
    ),
    failed: Flag.Boolean("failed").pipe(Flag.withDescription("All that failed"), Flag.withDefault(false)),
    unit
  },
  Effect.fn("webhooks replay")(function* ({ deliveries, failed, id, unit }) {
    if (failed === deliveries.length > 0) {
      return yield* new CommandError({ sentence: "Name the IDs of deliveries, or say --failed." })
    }
    yield* (yield* deliveryLog).replay({ id, unit, deliveries: failed ? null : deliveries })
  })
).pipe(Command.withDescription("Sends messages again, with the IDs that they had."))

const test = Command.make(
  "test",
  { id, unit },
  Effect.fn("webhooks test")(function* ({ id, unit }) {
    yield* (yield* deliveryLog).test(id, unit)
  })
).pipe(Command.withDescription("Sends a message of the type webhook.test, and waits for what comes of it."))

export const webhooks = Command.make("webhooks").pipe(
  Command.withShortDescription("Where outcomes are sent, and what came of it"),
  Command.withDescription(
    "Webhooks tell other systems what sessions amounted to; docs/webhooks.md is for those who receive them. They are those " +
      "of a Spoor that runs: DATABASE_URL and SPOOR_HOME say where, as for its processes."
  ),
  Command.withSubcommands([list, add, enable, disable, remove, deliveries, replay, test]),
  Command.withExamples([
    { command: "spoor webhooks add https://shop.example/spoor --type AbandonedCart", description: "Subscribe" },
    { command: "spoor webhooks test 1", description: "Does it arrive?" },
    { command: "spoor webhooks deliveries 1 --state failed", description: "What was given up" },
    { command: "spoor webhooks replay 1 --failed", description: "Once the receiver is mended" }
  ])
)
