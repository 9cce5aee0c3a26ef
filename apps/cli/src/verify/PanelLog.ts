import { type Fault, faultsMax, PanelChain, Retention } from "@spoor/postgres"
import { Clock, Console, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { print } from "../Printing.ts"
import * as Checkpoints from "./Checkpoints.ts"

const services = Layer.merge(PanelChain.layer, Retention.layer).pipe(Layer.provide(House.database))

const DAY = 86_400_000

const words = {
  edited: "was edited",
  removed: "was removed",
  inserted: "was inserted past Spoor",
  broken: "does not follow from the row before it: the chain itself was written to"
}

/** Whether the panel log of every unit, or of one, is as it was written; what is not goes to standard output, a line a row. */
export const verify = Effect.fn("verify")(
  function* ({ json, unit }: { readonly unit: number | undefined; readonly json: boolean }) {
    const chains = yield* PanelChain
    const units = unit === undefined ? yield* chains.units : [unit]
    let isWhole = true
    for (const unitId of units) {
      const checkpoints = yield* Checkpoints.read(unitId)
      const { end, erased, expired, faults } = yield* chains.verify(unitId, yield* expiredBefore(unitId))
      yield* print(
        Stream.fromIterable(faults.map((fault) => (json ? line({ unitId, ...fault }) : `${said(unitId, fault)}\n`)))
      )
      const passed = yield* lastPassed(checkpoints)
      const missed = checkpoints[passed + 1]
      if (missed !== undefined) {
        yield* Console.error(
          `Unit ${unitId}: the chain is not the one that was signed on ${missed.at}, at row ${missed.seq} of it. It is still the one up to ` +
            `row ${checkpoints[passed]?.seq ?? 0}: whoever wrote to it did so after that row.`
        )
      }
      if (faults.length === 0 && missed === undefined) {
        const newest = checkpoints.at(-1)
        if (newest?.seq !== end.seq && end.seq > 0) yield* Checkpoints.add(end)
        yield* Console.error(`Unit ${unitId}: ${end.seq} rows are as they were written.${notes(erased, expired)}`)
        continue
      }
      isWhole = false
      const count = faults.length < faultsMax ? `${faults.length}` : `${faultsMax} and more`
      yield* Console.error(`Unit ${unitId}: ${count} faults in ${end.seq} rows.${notes(erased, expired)}`)
    }
    if (!isWhole)
      return yield* new CommandError({ sentence: "The panel log was written to by something else than Spoor." })
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** What the unit no longer keeps. */
const expiredBefore = Effect.fnUntraced(function* (unitId: number) {
  const retained = yield* Effect.flatMap(Retention, ({ ofUnit }) => ofUnit(unitId))
  const days = retained.find(({ log }) => log === "panel")?.days ?? Number.POSITIVE_INFINITY
  return (yield* Clock.currentTimeMillis) - days * DAY
})

/** The place in the list of the newest checkpoint that the chain passes; -1 for none. */
const lastPassed = Effect.fnUntraced(function* (checkpoints: ReadonlyArray<Checkpoints.Checkpoint>) {
  const { linkAt } = yield* PanelChain
  for (let place = checkpoints.length - 1; place >= 0; place--) {
    const { link, seq, unitId } = checkpoints[place]!
    if ((yield* linkAt(unitId, seq)) === link) return place
  }
  return -1
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
