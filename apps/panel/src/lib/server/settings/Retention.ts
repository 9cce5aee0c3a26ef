import { expiringMax, retainedDays, retainedLogs, Retention } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"

const Days = Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween(retainedDays))

/** What came of the form. *Shape*: `typed` by log, as it was typed. */
export type Outcome =
  | { readonly problem: "days"; readonly typed: Readonly<Record<string, string>> }
  | { readonly done: true }

/** How long each log is kept, what goes next and what went last. *Shape*: `rows` up to `expiringMax`, which stands for more. */
export const list = Effect.fn("Retention.list")(function* ({ unitId }: Person) {
  const { expiring, ofUnit } = yield* Retention
  const expired = yield* expiring(unitId, yield* Clock.currentTimeMillis)
  const logs = (yield* ofUnit(unitId)).map(({ days, log }) => {
    const { lastRemoved, lastRunAt, rows } = expired.find((one) => one.log === log)!
    return { log, days, rows, isMore: rows === expiringMax, lastRunAt, lastRemoved }
  })
  return { logs, ...retainedDays }
})

/** All of the form or nothing. */
export const save = Effect.fn("Retention.save")(function* ({ unitId }: Person, form: FormData) {
  const { keep } = yield* Retention
  const wanted = retainedLogs.map((log) => ({ log, days: field(form, log, Days) }))
  const right = wanted.flatMap(({ days, log }) => (days === null ? [] : [{ log, days }]))
  if (right.length < wanted.length) {
    const typed = Object.fromEntries(retainedLogs.map((log) => [log, String(form.get(log) ?? "")]))
    return { problem: "days", typed } satisfies Outcome
  }
  yield* Effect.forEach(right, (retained) => keep(unitId, retained), { discard: true })
  return { done: true } satisfies Outcome
})
