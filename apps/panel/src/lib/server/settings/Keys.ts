import { Administration } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { ApiKeys, KeyText, Sites, WriteKeys } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import type { Person } from "../Auth.ts"
import { field } from "../FormFields.ts"

const Kind = Schema.Literals(["api", "server", "browser"])

/** What came of a form. *Shape*: `made` is a key that was just made, to be shown once. */
export type Outcome =
  | { readonly problem: "name" | "site" | "gone" }
  | { readonly done: true }
  | { readonly made: { readonly name: string; readonly key: string } }

const failed = (problem: "name" | "site" | "gone"): Outcome => ({ problem })

export const list = Effect.fn("Keys.list")(function* ({ unitId }: Person) {
  return { keys: yield* (yield* ApiKeys).ofUnit(unitId) }
})

export const add = Effect.fn("Keys.add")(function* (
  { unitId }: Person,
  form: FormData
): Effect.fn.Return<Outcome, Effect.Error<ReturnType<ApiKeys["Service"]["add"]>>, ApiKeys | Sites | WriteKeys> {
  const name = field(form, "name", Administration.Name)
  const kind = field(form, "kind", Kind)
  if (name === null || kind === null) return failed("name")
  const key = KeyText.make(kind)
  const made = { unitId, name, prefix: KeyText.prefixOf(key), sha256: KeyText.sha256(key) }
  if (kind === "api") {
    yield* (yield* ApiKeys).add(made)
    return { made: { name, key } }
  }
  const siteId = field(form, "site", Ids.SiteId)
  const site = (yield* (yield* Sites).ofUnit(unitId)).find((one) => one.siteId === siteId)
  if (site === undefined) return failed("site")
  const publicKey = kind === "browser" ? key : null
  yield* (yield* WriteKeys).add({ ...made, kind, siteId: site.siteId, publicKey })
  return { made: { name, key } }
})

export const revoke = Effect.fn("Keys.revoke")(function* ({ unitId }: Person, form: FormData) {
  const prefix = field(form, "prefix", Schema.String) ?? ""
  const count = yield* (yield* ApiKeys).revoke(unitId, prefix)
  return count === 0 ? failed("gone") : ({ done: true } satisfies Outcome)
})
