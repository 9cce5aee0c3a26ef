import { ApiKeys, type KeptKey, KeyText, Sites, Units, WriteKeys } from "@spoor/postgres"
import { Console, Effect, Layer, Stream } from "effect"
import { CommandError } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import { print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"
import * as Columns from "./Columns.ts"

interface Question {
  readonly unit: number | undefined
}

interface Wanted extends Question {
  readonly kind: KeptKey["kind"]
  readonly name: string
  readonly site: string | undefined
}

const services = Layer.mergeAll(ApiKeys.layer, Sites.layer, Units.layer, WriteKeys.layer).pipe(
  Layer.provide(House.database)
)

export const list = Effect.fn("list")(
  function* ({ json, unit }: Question & { readonly json: boolean }) {
    const keys = yield* (yield* ApiKeys).ofUnit(yield* Unit.meant(unit))
    yield* Columns.list(
      json,
      ["PREFIX", "KIND", "SITE", "CREATED", "STATE", "NAME"],
      keys.map((key) => {
        const createdAt = Instant.format(key.createdAt)
        const revokedAt = key.revokedAt === null ? null : Instant.format(key.revokedAt)
        const state = revokedAt === null ? "in use" : `revoked ${revokedAt.slice(0, 10)}`
        return {
          fields: { ...key, createdAt, revokedAt },
          cells: [key.prefix, key.kind, key.siteId ?? "-", createdAt, state, key.name]
        }
      }),
      "There are no keys. Make one: spoor keys add --kind api --name NAME"
    )
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** The key goes to standard output alone, from where it may be piped to where it belongs. */
export const add = Effect.fn("add")(
  function* ({ kind, name, site, unit }: Wanted) {
    const unitId = yield* Unit.meant(unit)
    const key = KeyText.make(kind)
    const made = { unitId, name, prefix: KeyText.prefixOf(key), sha256: KeyText.sha256(key) }
    if (kind === "api") yield* (yield* ApiKeys).add(made)
    else {
      const siteId = yield* meantSite(unitId, site)
      yield* (yield* WriteKeys).add({ ...made, siteId, kind, publicKey: kind === "browser" ? key : null })
    }
    yield* Console.error(
      kind === "browser"
        ? "The key is there. It is public: it stands in the pages."
        : "The key is there. Keep it: it is not shown again."
    )
    yield* print(Stream.make(`${key}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const revoke = Effect.fn("revoke")(
  function* ({ prefix, unit }: Question & { readonly prefix: string }) {
    const count = yield* (yield* ApiKeys).revoke(yield* Unit.meant(unit), prefix)
    if (count === 0) {
      return yield* new CommandError({ sentence: `No key in use begins with ${prefix}. Try: spoor keys list` })
    }
    yield* Console.error(`${prefix} is revoked.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const meantSite = Effect.fnUntraced(function* (unitId: number, wanted: string | undefined) {
  const sites = yield* (yield* Sites).ofUnit(unitId)
  const found = wanted === undefined ? sites : sites.filter(({ siteId }) => siteId === wanted)
  if (found.length === 1) return found[0]!.siteId
  if (sites.length === 0) return yield* new CommandError({ sentence: "There is no site yet. Try: spoor sites add" })
  const listed = sites.map(({ siteId }) => siteId).join(", ")
  return yield* new CommandError({
    sentence:
      wanted === undefined
        ? `There are several sites; say which by --site: ${listed}.`
        : `There is no site ${wanted}. There are: ${listed}.`
  })
})
