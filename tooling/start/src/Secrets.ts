import { KeyText } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import * as crypto from "node:crypto"
import * as path from "node:path"
import * as Home from "./Home.ts"

/** What the first start makes up. It is kept in SPOOR_HOME alone: the database has the hashes of it. */
const Secrets = Schema.Struct({
  adminEmail: Schema.String,
  adminPassword: Schema.String,
  /** May import history; lets nobody read. */
  serverKey: Schema.String,
  /** Stands in the shop's pages, so no secret, but made with the others. */
  browserKey: Schema.String,
  /** Opens the platform's and the read API of the first unit. */
  apiKey: Schema.String,
  /** What the demo's SMS gateways prove themselves with. */
  smsSecret: Schema.String
})
export interface Secrets extends Schema.Schema.Type<typeof Secrets> {}

const Json = Schema.fromJsonString(Secrets)

/** As the file is written; one that an earlier version wrote lacks what came later. */
const KeptJson = Schema.fromJsonString(
  Schema.Struct({
    ...Secrets.fields,
    apiKey: Schema.optionalKey(Schema.String),
    smsSecret: Schema.optionalKey(Schema.String)
  })
)

const PASSWORD_BYTES = 15

/** The secrets of this home; made up and written down before anything uses them, so that no start can lose them. */
export const loadOrMake = Effect.fnUntraced(function* (home: string, adminEmail: string) {
  const file = path.join(home, "secrets.json")
  const known = yield* Home.read(file, KeptJson)
  if (known?.apiKey !== undefined && known.smsSecret !== undefined) {
    return { ...known, apiKey: known.apiKey, smsSecret: known.smsSecret }
  }
  const made: Secrets = {
    adminEmail,
    adminPassword: crypto.randomBytes(PASSWORD_BYTES).toString("base64url"),
    serverKey: KeyText.make("server"),
    browserKey: KeyText.make("browser"),
    apiKey: KeyText.make("api"),
    smsSecret: crypto.randomBytes(PASSWORD_BYTES).toString("base64url"),
    ...known
  }
  yield* Home.write(file, Json, made)
  return made
})
