import { type CheckpointsUnreadable, type Fault, faultsMax, PanelCheckpoints, Units } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import { CommandError, reasonOf } from "../CommandError.ts"
import { settings } from "../config.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import { unreadable } from "../Signing.ts"
import { meant } from "../webhook/Unit.ts"

const services = Layer.unwrap(
  Effect.map(settings, ({ home }) => Layer.merge(PanelCheckpoints.layer(home), Units.layer))
).pipe(Layer.provide(House.database))

const words = {
  edited: "was edited",
  removed: "was removed",
  inserted: "was inserted past Spoor",
  broken: "does not follow from the row before it: the chain itself was written to"
}

/** Whether the panel log of every unit, or of one, is as it was written; what is not goes to standard output, a line a row. */
export const verify = Effect.fn("verify")(
  function* ({ json, unit }: { readonly unit: number | undefined; readonly json: boolean }) {
    const checkpoints = yield* PanelCheckpoints
    const units = unit === undefined ? yield* checkpoints.units : [yield* meant(unit)]
    let areWhole = true
    for (const unitId of units) {
      const { end, erased, expired, faults, isWhole, missed, passed } = yield* checkpoints.verify(unitId)
      yield* print(
        Stream.fromIterable(faults.map((fault) => (json ? line({ unitId, ...fault }) : `${said(unitId, fault)}\n`)))
      )
      if (missed !== null) {
        yield* Console.error(
          `Unit ${unitId}: the chain is not the one that was signed on ${missed.at}, at row ${missed.seq} of it. It is still the one up to ` +
            `row ${passed}: whoever wrote to it did so after that row.`
        )
      }
      if (isWhole) {
        yield* Console.error(`Unit ${unitId}: ${end.seq} rows are as they were written.${notes(erased, expired)}`)
        continue
      }
      areWhole = false
      const count = faults.length < faultsMax ? `${faults.length}` : `${faultsMax} and more`
      yield* Console.error(`Unit ${unitId}: ${count} faults in ${end.seq} rows.${notes(erased, expired)}`)
    }
    if (!areWhole)
      return yield* new CommandError({ sentence: "The panel log was written to by something else than Spoor." })
  },
  Effect.provide(services),
  Effect.mapError((error) => {
    if (error._tag === "SigningKeyUnreadable") return unreadable(error)
    return error._tag === "CheckpointsUnreadable" ? ofFile(error) : House.explain(error)
  })
)

const ofFile = ({ cause, file, line }: CheckpointsUnreadable): CommandError =>
  new CommandError({
    sentence:
      line === null
        ? `${file} cannot be read or written: ${reasonOf(cause)}.`
        : `${file}, line ${line}, was changed, or signed by another Spoor: SPOOR_HOME holds the key.`
  })

const said = (unitId: number, { kind, rowId, seq, with: other }: Fault): string => {
  const row = rowId === null ? "a row" : `log ID ${rowId}`
  const place = seq === null ? "" : `, row ${seq} of the chain,`
  const swapped = other === null ? "" : `: it has what log ID ${other} had`
  return `unit ${unitId}: ${row}${place} ${words[kind]}${swapped}`
}

const notes = (erased: number, expired: number): string => {
  const parts = [
    ...(erased > 0 ? [`${erased} have lost what named somebody who asked to be forgotten`] : []),
    ...(expired > 0 ? [`${expired} were kept for long enough`] : [])
  ]
  return parts.length === 0 ? "" : ` Of them, ${parts.join(", and ")}.`
}
