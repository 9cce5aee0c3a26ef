import type { Erased, Who } from "@spoor/postgres"
import { Console, Effect, Schema } from "effect"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { CommandError, reasonOf } from "../CommandError.ts"
import * as Instant from "../input/Instant.ts"
import { signingKey } from "../Signing.ts"

/**
 * What an erasure is proven by.
 *
 * *Shape*: `subject.digest` is the HMAC-SHA256 of the e-mail, phone number or visitor's ID under the receipt's own ID: it names
 * nobody, and fits one person. `signature` is Ed25519 over the other fields, as JSON in this order.
 */
const Facts = Schema.Struct({
  kind: Schema.Literal("erasure"),
  id: Schema.String,
  unitId: Schema.Int,
  subject: Schema.Struct({ by: Schema.Literals(["email", "phone", "visitor"]), digest: Schema.String }),
  startedAt: Schema.String,
  finishedAt: Schema.String,
  tables: Schema.Array(Schema.Struct({ table: Schema.String, removed: Schema.Int, blanked: Schema.Int }))
})
const Receipt = Schema.Struct({ ...Facts.fields, signature: Schema.String })

const decode = Schema.decodeUnknownEffect(Schema.fromJsonString(Receipt))

/** *Units*: instants in UTC milliseconds. */
export interface Done {
  readonly unitId: number
  readonly subject: Who
  readonly startedAt: number
  readonly finishedAt: number
  readonly tables: ReadonlyArray<Erased>
}

/** A receipt as text, signed with this home's key. */
export const make = Effect.fnUntraced(function* ({ finishedAt, startedAt, subject, tables, unitId }: Done) {
  const key = yield* signingKey
  const id = crypto.randomUUID()
  const facts: typeof Facts.Type = {
    kind: "erasure",
    id,
    unitId,
    subject: { by: subject.by, digest: digestOf(id, subject) },
    startedAt: Instant.format(startedAt),
    finishedAt: Instant.format(finishedAt),
    tables
  }
  const signature = crypto.sign(null, signed(facts), key).toString("base64")
  return `${JSON.stringify({ ...facts, signature }, null, 2)}\n`
})

/** *Fails* when the receipt is none of ours, was changed, or is about somebody else. */
export const verify = Effect.fn("verify")(function* (file: string, subject: Who | null) {
  const text = yield* Effect.try({ try: () => fs.readFileSync(file, "utf8"), catch: unreadable(file) })
  const { signature, ...facts } = yield* Effect.mapError(
    decode(text),
    () => new CommandError({ sentence: `${file} is no receipt of spoor erase.` })
  )
  const key = crypto.createPublicKey(yield* signingKey)
  if (!crypto.verify(null, signed(facts), key, Buffer.from(signature, "base64"))) {
    return yield* new CommandError({
      sentence: `${file} was changed, or signed by another Spoor: SPOOR_HOME holds the key that receipts are signed with.`
    })
  }
  if (subject !== null && (facts.subject.by !== subject.by || facts.subject.digest !== digestOf(facts.id, subject))) {
    return yield* new CommandError({ sentence: `${file} is genuine, but about somebody else.` })
  }
  yield* Console.error(
    `The receipt is genuine${subject === null ? "" : ", and about this person"}: erased on ${facts.finishedAt}.`
  )
})

const digestOf = (id: string, { value }: Who): string => crypto.createHmac("sha256", id).update(value).digest("hex")

/** The fields in the order of their declaration, however a file has them. */
const signed = (facts: typeof Facts.Type): Buffer => Buffer.from(JSON.stringify(Schema.encodeSync(Facts)(facts)))

const unreadable = (name: string) => (error: unknown) =>
  new CommandError({ sentence: `${name} cannot be read: ${reasonOf(error)}.` })
