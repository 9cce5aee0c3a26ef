import { Ids } from "@spoor/domain"
import { Sites, Units } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"
import * as Columns from "./Columns.ts"

interface Question {
  readonly unit: number | undefined
}

interface Wanted extends Question {
  readonly id: string
  readonly name: string
  readonly url: string
}

const services = Layer.mergeAll(Units.layer, Sites.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json, unit }: Question & { readonly json: boolean }) {
    const sites = yield* (yield* Sites).ofUnit(yield* Unit.meant(unit))
    yield* Columns.list(
      json,
      ["ID", "NAME", "ADDRESS"],
      sites.map(({ name, siteId, unitId, url }) => ({
        fields: { kind: "site", unitId, id: siteId, name, url },
        cells: [siteId, name, url]
      })),
      "There is no site. Add one: spoor sites add ID --name NAME --url ADDRESS"
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** A site is of no use without a key, so it gets one for its pages with it. */
export const add = Effect.fn("add")(
  function* ({ id, name, unit, url }: Wanted) {
    const site = { unitId: yield* Unit.meant(unit), siteId: Ids.SiteId.make(id), name, url }
    const key = yield* (yield* Sites).addWithKey(site).pipe(
      Effect.catchIf(
        ({ reason }) => reason._tag === "UniqueViolation",
        () => new CommandError({ sentence: `The unit has a site ${id} already.` })
      )
    )
    yield* Console.error(
      `${name} is there. Put this into its pages, with the address at which its visitors reach the doors:`
    )
    yield* print(Stream.make(`<script async src="https://YOUR-SPOOR/tracker.js" data-write-key="${key}"></script>\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)
