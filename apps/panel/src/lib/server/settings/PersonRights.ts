import { type Erased, Erasure, PersonFile, UnitLock, type Who } from "@spoor/postgres"
import { Data, Duration, Effect, Stream } from "effect"
import type { Person } from "../Auth.ts"
import { readTyped } from "../PersonQuery.ts"
import { settings } from "../runtime.ts"

/** How long an erasure waits for the queue: below the minute after which proxies give an answer up. */
const wait = Duration.seconds(45)

/** What there is of somebody. *Shape*: `typed` is what the next form gives back to mean them. */
interface Known {
  readonly by: Who["by"]
  readonly typed: string
  readonly found: ReadonlyArray<PersonFile.Found>
}

/**
 * What came of a form.
 *
 * *Shape*: `typed` as it was typed where it names nobody. `known` is there again beside what went wrong with an erasure: "again" means that
 * something else was typed for a confirmation, "behind" that what is stored was erased but may come back, "key" that nothing was changed.
 */
export type Outcome =
  | { readonly problem: "unread"; readonly as: "nobody" | Who["by"]; readonly typed: string }
  | { readonly problem: "again" | "behind" | "key"; readonly known: Known }
  | { readonly known: Known }
  | { readonly erased: { readonly typed: string; readonly tables: ReadonlyArray<Erased>; readonly receipt: string } }

export const look = Effect.fn("PersonRights.look")(function* ({ unitId }: Person, form: FormData) {
  const asked = askedOf(form, "person")
  if (asked._tag !== "Who") return wrong(asked)
  return { known: yield* knownOf(unitId, asked.who) } satisfies Outcome
})

/** Does what `spoor erase --yes` does; asked again after it did not come to its end, it goes on. */
export const erase = Effect.fn("PersonRights.erase")(function* ({ unitId }: Person, form: FormData) {
  const asked = askedOf(form, "person")
  if (asked._tag !== "Who") return wrong(asked)
  const subject = asked.who
  const known = knownOf(unitId, subject)
  const again = askedOf(form, "again")
  const isMeant = again._tag === "Who" && again.who.by === subject.by && again.who.value === subject.value
  if (!isMeant) return { problem: "again", known: yield* known } satisfies Outcome
  const problem = (problem: "behind" | "key") => () =>
    Effect.map(known, (known) => ({ problem, known }) satisfies Outcome)
  return yield* Erasure.erase({ unitId, subject, home: settings().home, wait, onWait: Effect.void }).pipe(
    // What was put aside and could not be read is of no unit, and may hold the person.
    UnitLock.lifted,
    Effect.map((done) => ({ erased: { typed: subject.value, ...done } }) satisfies Outcome),
    Effect.catchTags({
      QueueBehind: problem("behind"),
      QueueUnavailable: problem("behind"),
      SigningKeyUnreadable: problem("key")
    })
  )
})

/** Somebody's session ended while they were sent a file: its reader must not take it for whole. */
class Ended extends Data.TaggedError("Ended")<{}> {}

/** What `spoor export` writes; null when a form names nobody. *Fails* with `Ended` when `over` happens. */
export const file = <R>({ unitId }: Person, form: FormData, over: Effect.Effect<unknown, never, R>) => {
  const asked = askedOf(form, "person")
  return asked._tag === "Who"
    ? Stream.interruptWhen(PersonFile.lines(unitId, asked.who), Effect.andThen(over, new Ended()))
    : null
}

const knownOf = (unitId: number, who: Who) =>
  Effect.map(PersonFile.counts(unitId, who), (found): Known => ({ by: who.by, typed: who.value, found }))

const askedOf = (form: FormData, name: string) => readTyped(String(form.get(name) ?? ""))

const wrong = (asked: Exclude<ReturnType<typeof askedOf>, { readonly _tag: "Who" }>): Outcome =>
  asked._tag === "Nobody"
    ? { problem: "unread", as: "nobody", typed: "" }
    : { problem: "unread", as: asked.by, typed: asked.typed }
