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
  apiKey: Schema.String
})
export interface Secrets extends Schema.Schema.Type<typeof Secrets> {}

const Json = Schema.fromJsonString(Secrets)

/** As the file is written; one that an earlier version wrote lacks the API key. */
const KeptJson = Schema.fromJsonString(Schema.Struct({ ...Secrets.fields, apiKey: Schema.optionalKey(Schema.String) }))

/** 32 letters of 6 bits each. */
const KEY_BYTES = 24
const PASSWORD_BYTES = 15

/** The secrets of this home; made up and written down before anything uses them, so that no start can lose them. */
export const loadOrMake = Effect.fnUntraced(function* (home: string, adminEmail: string) {
  const file = path.join(home, "secrets.json")
  const known = yield* Home.read(file, KeptJson)
  if (known?.apiKey !== undefined) return { ...known, apiKey: known.apiKey }
  const made: Secrets = {
    adminEmail,
    adminPassword: random(PASSWORD_BYTES),
    serverKey: makeKey("server"),
    browserKey: makeKey("browser"),
    ...known,
    apiKey: makeKey("api")
  }
  yield* Home.write(file, Json, made)
  return made
})

/** *Shape*: `wk_`, `sk_` or `ak_` and 32 letters that need no escaping anywhere. */
export const makeKey = (kind: keyof typeof PREFIXES): string => `${PREFIXES[kind]}_${random(KEY_BYTES)}`

const PREFIXES = { browser: "wk", server: "sk", api: "ak" }

export const sha256 = (key: string): string => crypto.createHash("sha256").update(key).digest("hex")

const random = (bytes: number): string => crypto.randomBytes(bytes).toString("base64url")
