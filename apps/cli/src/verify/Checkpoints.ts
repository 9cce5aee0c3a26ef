import type { ChainEnd } from "@spoor/postgres"
import { Clock, Effect, Schema } from "effect"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { attempt, CommandError, reasonOf } from "../CommandError.ts"
import { settings } from "../config.ts"
import * as Instant from "../input/Instant.ts"
import { signingKey } from "../Signing.ts"

/**
 * Where a unit's chain ended when it was found whole, kept outside of the database: a chain that somebody has computed anew, or
 * cut off, does not pass there.
 *
 * *Shape*: `signature` is Ed25519 over the other fields, as JSON in this order.
 */
const Facts = Schema.Struct({
  unitId: Schema.Int,
  seq: Schema.Int,
  link: Schema.String,
  at: Schema.String
})
const Checkpoint = Schema.Struct({ ...Facts.fields, signature: Schema.String })
export type Checkpoint = typeof Checkpoint.Type

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Checkpoint))

/** Of each unit so many are compared, the newest: those before them were compared when they were the newest. */
const comparedMax = 100

const file = Effect.map(settings, ({ home }) => join(home, "panel-log-checkpoints.ndjson"))

/** A unit's checkpoints, the oldest first. *Fails* when one of them is none that this home has signed. */
export const read = Effect.fnUntraced(function* (unitId: number) {
  const path = yield* file
  if (!fs.existsSync(path)) return []
  const text = yield* Effect.try({ try: () => fs.readFileSync(path, "utf8"), catch: unreadable(path) })
  const publicKey = crypto.createPublicKey(yield* signingKey)
  const found: Array<Checkpoint> = []
  for (const [index, line] of text.split("\n").entries()) {
    if (line === "") continue
    const forged = new CommandError({
      sentence: `${path}, line ${index + 1}, was changed, or signed by another Spoor: SPOOR_HOME holds the key.`
    })
    const { signature, ...facts } = yield* Effect.mapError(decode(line), () => forged)
    if (!crypto.verify(null, signed(facts), publicKey, Buffer.from(signature, "base64"))) return yield* forged
    if (facts.unitId === unitId) found.push({ ...facts, signature })
  }
  return found.slice(-comparedMax)
})

/** Signs the end of a chain that was found whole. */
export const add = Effect.fnUntraced(function* ({ link, seq, unitId }: ChainEnd) {
  const facts = { unitId, seq, link, at: Instant.format(yield* Clock.currentTimeMillis) }
  const signature = crypto.sign(null, signed(facts), yield* signingKey).toString("base64")
  const path = yield* file
  yield* attempt(() => fs.appendFileSync(path, `${JSON.stringify({ ...facts, signature })}\n`, { mode: 0o600 }))
})

const signed = ({ at, link, seq, unitId }: typeof Facts.Type): Buffer =>
  Buffer.from(JSON.stringify({ unitId, seq, link, at }))

const unreadable = (name: string) => (error: unknown) =>
  new CommandError({ sentence: `${name} cannot be read: ${reasonOf(error)}.` })
