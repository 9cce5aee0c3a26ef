import { hash, verify } from "@node-rs/argon2"
import { Ids, Rules } from "@spoor/domain"
import {
  type Account,
  ApiKeys,
  type KeyKind,
  KeyText,
  passwordHashing,
  type Place,
  Sites,
  Users,
  WriteKeys
} from "@spoor/postgres"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import type { Secrets } from "./Secrets.ts"

/** What there is to start with: one business unit, its administrator, the demo shop's site and one that is still silent. */
export interface Foundation {
  readonly unitId: number
  /** Made with the database; whoever holds a note about another database sees it by this. */
  readonly adminId: string
  /** Does the password in secrets.json still open the panel? It does not once it was changed there. */
  readonly isPasswordCurrent: boolean
}

const UNIT = { name: "Dom i Herbata", timeZone: "Europe/Warsaw" }
export const SHOP_SITE = Ids.SiteId.make("sklep")
const SILENT_SITE = Ids.SiteId.make("outlet")

/**
 * Lays the foundation in a database that has none, all of it or nothing; finds it in one that has.
 *
 * The administrator's address is the sign of it. A key that secrets.json has and the database lacks (the file was moved
 * away and made again, or is older than the key) is added.
 */
export const lay = Effect.fn("Foundation.lay")(function* (secrets: Secrets, shopUrl: string) {
  const sql = yield* SqlClient.SqlClient
  const users = yield* Users
  const account = yield* users.findByEmail(secrets.adminEmail)
  if (account === null) return yield* sql.withTransaction(create(secrets, shopUrl))
  yield* addMissingKeys(secrets, account)
  const isPasswordCurrent = yield* Effect.promise(() => verify(account.passwordHash, secrets.adminPassword))
  return { unitId: account.unitId, adminId: account.id, isPasswordCurrent } satisfies Foundation
})

const create = Effect.fnUntraced(function* (secrets: Secrets, shopUrl: string) {
  const sites = yield* Sites
  const users = yield* Users
  const unitId = yield* sites.addUnit(UNIT)
  const shop = { unitId, siteId: SHOP_SITE }
  const silent = { unitId, siteId: SILENT_SITE }
  yield* sites.add({ ...shop, name: "Dom i Herbata", url: shopUrl }, Rules.defaults)
  yield* sites.add({ ...silent, name: "Outlet", url: "https://outlet.example" }, Rules.defaults)
  yield* addKey(shop, "browser", "Tracker", secrets.browserKey)
  yield* addKey(shop, "server", "Demo import", secrets.serverKey)
  yield* addKey(silent, "browser", "Tracker", KeyText.make("browser"))
  yield* addApiKey(unitId, secrets.apiKey)
  const adminId = randomUUID()
  const passwordHash = yield* Effect.promise(() => hash(secrets.adminPassword, passwordHashing))
  yield* users.create({ unitId, id: adminId, email: secrets.adminEmail, role: "administrator" }, passwordHash)
  return { unitId, adminId, isPasswordCurrent: true } satisfies Foundation
})

const addMissingKeys = Effect.fnUntraced(function* (secrets: Secrets, { unitId }: Account) {
  const keys = yield* WriteKeys
  const known = new Set((yield* keys.active).map((key) => key.sha256))
  const shop = { unitId, siteId: SHOP_SITE }
  if (!known.has(KeyText.sha256(secrets.serverKey))) yield* addKey(shop, "server", "Demo import", secrets.serverKey)
  if (!known.has(KeyText.sha256(secrets.browserKey))) yield* addKey(shop, "browser", "Tracker", secrets.browserKey)
  const ofApi = new Set((yield* (yield* ApiKeys).active).map((key) => key.sha256))
  if (!ofApi.has(KeyText.sha256(secrets.apiKey))) yield* addApiKey(unitId, secrets.apiKey)
})

const addKey = (place: Place, kind: KeyKind, name: string, key: string) =>
  Effect.flatMap(WriteKeys, (keys) =>
    keys.add({
      ...place,
      kind,
      name,
      prefix: KeyText.prefixOf(key),
      sha256: KeyText.sha256(key),
      publicKey: kind === "browser" ? key : null
    })
  )

const addApiKey = (unitId: number, key: string) =>
  Effect.flatMap(ApiKeys, (keys) =>
    keys.add({ unitId, name: "Demo shop systems", prefix: KeyText.prefixOf(key), sha256: KeyText.sha256(key) })
  )
