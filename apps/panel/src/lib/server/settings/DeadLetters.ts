import { type DeadLetter, DeadLetterReplay, DeadLetters } from "@spoor/postgres"
import { Topic } from "@spoor/queue"
import { Clock, Duration, Effect, Schema } from "effect"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"
import { laidOut } from "./Sent.ts"

/** Letters of one page. */
const rowsMax = 25

/** What one form may take: then it says how far it came, and is sent again. */
const replayFor = Duration.seconds(10)
const replayPageRows = 100

/** What is shown of a body. *Units*: characters. */
const shownMax = 100_000

const topics = Topic.literals

/**
 * What came of a form. *Shape*: how many are in the queue again; `early` are still known to the queue, which would drop them, for `wait`
 * seconds more; `unknown` are of a kind that this version cannot send. `isMore` when there was no time for all.
 */
export type Outcome =
  | { readonly problem: "gone" | "queue" }
  | {
      readonly replayed: number
      readonly early: number
      readonly wait: number
      readonly unknown: number
      readonly isMore: boolean
    }

/** The unit's letters as an address narrows them, those that began to fail last first. */
export const list = Effect.fn("DeadLetters.list")(function* ({ unitId }: Person, search: URLSearchParams) {
  const { page } = yield* DeadLetters
  const topic = topics.find((one) => one === search.get("topic"))
  const before = /^\d{1,15}$/.test(search.get("older") ?? "") ? Number(search.get("older")) : undefined
  const found = yield* page({ unitId, topic, before, rowsMax: rowsMax + 1 })
  const shown = found.slice(0, rowsMax)
  return {
    topics,
    chosen: topic ?? "",
    isFirst: before === undefined,
    letters: shown.map(letterOf),
    older: found.length > rowsMax ? (shown.at(-1)?.id ?? null) : null
  }
})

/** One letter with what was sent; null where the unit has none of this ID. *Shape*: `isCut` when the body goes on. */
export const find = Effect.fn("DeadLetters.find")(function* ({ unitId }: Person, id: string) {
  const letter = /^\d{1,15}$/.test(id) ? yield* (yield* DeadLetters).find(Number(id)) : null
  if (letter === null || letter.unitId !== unitId) return null
  const body = laidOut(letter.body)
  return { ...letterOf(letter), body: body.slice(0, shownMax).toWellFormed(), isCut: body.length > shownMax }
})

/** Puts one letter, or all of a topic or at all, back into the queue. */
export const replay = Effect.fn("DeadLetters.replay")(function* ({ unitId }: Person, form: FormData) {
  const id = field(form, "id", Schema.FiniteFromString)
  const topic = topics.find((one) => one === form.get("topic"))
  const before = field(form, "before", Schema.FiniteFromString) ?? undefined
  return yield* (id === null ? replayAll(unitId, topic, before) : replayOne(unitId, id)).pipe(
    Effect.catchTag("QueueUnavailable", () => Effect.succeed<Outcome>({ problem: "queue" }))
  )
})

const nothing = { replayed: 0, early: 0, wait: 0, unknown: 0, isMore: false }

const replayOne = Effect.fnUntraced(function* (unitId: number, id: number) {
  const done = yield* add(nothing, unitId, id)
  return (done.replayed + done.early + done.unknown === 0 ? { problem: "gone" } : done) satisfies Outcome
})

/** From below `before` on, so that what stays is not met twice. */
const replayAll = Effect.fnUntraced(function* (unitId: number, topic: Topic | undefined, before: number | undefined) {
  const { page } = yield* DeadLetters
  const until = (yield* Clock.currentTimeMillis) + Duration.toMillis(replayFor)
  let sum = nothing
  let last = before
  while ((yield* Clock.currentTimeMillis) < until) {
    const letters: ReadonlyArray<DeadLetter> = yield* page({ unitId, topic, before: last, rowsMax: replayPageRows })
    if (letters.length === 0) return sum satisfies Outcome
    for (const { id } of letters) sum = yield* add(sum, unitId, id)
    last = letters.at(-1)!.id
  }
  return { ...sum, isMore: true } satisfies Outcome
})

const add = (sum: typeof nothing, unitId: number, id: number) =>
  DeadLetterReplay.replay(id, { unitId }).pipe(
    Effect.map((letter) => (letter === null ? sum : { ...sum, replayed: sum.replayed + 1 })),
    Effect.catchTags({
      TooEarly: ({ wait }) =>
        Effect.succeed({ ...sum, early: sum.early + 1, wait: Math.max(sum.wait, Math.ceil(wait / 1000)) }),
      UnknownTopic: () => Effect.succeed({ ...sum, unknown: sum.unknown + 1 })
    })
  )

const letterOf = ({ appendedAt, bytes, error, failedAt, id, messageId, topic, tries }: DeadLetter) => ({
  id,
  topic: topics.find((one) => one === topic) ?? null,
  messageId,
  error,
  why: whyOf(error),
  tries,
  bytes,
  appendedAt,
  failedAt
})

/** The kinds of failure that a person can act on, by the words that the worker keeps (Rounds.ts in apps/ingest). */
const whyOf = (error: string): "unreadable" | "refused" | "ended" | "broken" => {
  if (error.startsWith("SchemaError:")) return "unreadable"
  if (/^(ConstraintError|UniqueViolation|UnknownError|SqlError)\b/.test(error)) return "refused"
  return error.startsWith("The worker ended") ? "ended" : "broken"
}
