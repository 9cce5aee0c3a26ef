import { DateTime, Option, Schema } from "effect"
import * as crypto from "node:crypto"
import type { Erased } from "./Persons.ts"
import type { Who } from "./PersonIdentity.ts"

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

const decode = Schema.decodeUnknownOption(Schema.fromJsonString(Receipt))

/** *Units*: instants in UTC milliseconds. */
interface Done {
  readonly unitId: number
  readonly subject: Who
  readonly startedAt: number
  readonly finishedAt: number
  readonly tables: ReadonlyArray<Erased>
}

/** A receipt as text, signed with a home's key. */
export const make = (key: crypto.KeyObject, { finishedAt, startedAt, subject, tables, unitId }: Done): string => {
  const id = crypto.randomUUID()
  const facts: typeof Facts.Type = {
    kind: "erasure",
    id,
    unitId,
    subject: { by: subject.by, digest: digestOf(id, subject) },
    startedAt: written(startedAt),
    finishedAt: written(finishedAt),
    tables
  }
  const signature = crypto.sign(null, signed(facts), key).toString("base64")
  return `${JSON.stringify({ ...facts, signature }, null, 2)}\n`
}

/** Whose word a text is: no receipt at all, one that was changed or signed by another home, about somebody else, or as it says. */
export type Verdict =
  | { readonly _tag: "None" | "Forged" | "Other" }
  | { readonly _tag: "Genuine"; readonly finishedAt: string }

/** *Shape*: `subject` null asks only who signed it. */
export const verify = (key: crypto.KeyObject, text: string, subject: Who | null): Verdict => {
  const receipt = Option.getOrNull(decode(text))
  if (receipt === null) return { _tag: "None" }
  const { signature, ...facts } = receipt
  if (!crypto.verify(null, signed(facts), crypto.createPublicKey(key), Buffer.from(signature, "base64"))) {
    return { _tag: "Forged" }
  }
  const isOther =
    subject !== null && (facts.subject.by !== subject.by || facts.subject.digest !== digestOf(facts.id, subject))
  return isOther ? { _tag: "Other" } : { _tag: "Genuine", finishedAt: facts.finishedAt }
}

const written = (at: number): string => DateTime.formatIso(DateTime.makeUnsafe(at))

const digestOf = (id: string, { value }: Who): string => crypto.createHmac("sha256", id).update(value).digest("hex")

/** The fields in the order of their declaration, however a file has them. */
const signed = (facts: typeof Facts.Type): Buffer => Buffer.from(JSON.stringify(Schema.encodeSync(Facts)(facts)))
