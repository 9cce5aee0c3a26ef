import { Units } from "@spoor/postgres"
import { Effect } from "effect"
import { CommandError } from "../CommandError.ts"

/** The business unit that is meant: the one that is named, else the only one. */
export const meant = Effect.fnUntraced(function* (unitId: number | undefined) {
  const units = yield* (yield* Units).all
  const found = unitId === undefined ? units : units.filter(({ id }) => id === unitId)
  if (found.length === 1) return found[0]!.id
  const listed = units.map(({ id, name }) => `${id} (${name})`).join(", ")
  if (units.length === 0) return yield* new CommandError({ sentence: "There is no business unit yet." })
  return yield* new CommandError({
    sentence:
      unitId === undefined
        ? `There are several business units; say which by --unit: ${listed}.`
        : `There is no business unit ${unitId}. There are: ${listed}.`
  })
})

export const missing = (id: number): CommandError =>
  new CommandError({ sentence: `The unit has no webhook with the ID ${id}. Try: spoor webhooks list` })
