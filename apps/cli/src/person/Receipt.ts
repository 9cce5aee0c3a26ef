import { type Who, ErasureReceipt } from "@spoor/postgres"
import { Console, Effect } from "effect"
import * as fs from "node:fs"
import { CommandError, reasonOf } from "../CommandError.ts"
import { signingKey } from "../Signing.ts"

/** *Fails* when the receipt is none of ours, was changed, or is about somebody else. */
export const verify = Effect.fn("verify")(function* (file: string, subject: Who | null) {
  const text = yield* Effect.try({ try: () => fs.readFileSync(file, "utf8"), catch: unreadable(file) })
  const verdict = ErasureReceipt.verify(yield* signingKey, text, subject)
  if (verdict._tag !== "Genuine") return yield* new CommandError({ sentence: `${file} ${wrongs[verdict._tag]}.` })
  yield* Console.error(
    `The receipt is genuine${subject === null ? "" : ", and about this person"}: erased on ${verdict.finishedAt}.`
  )
})

const wrongs = {
  None: "is no receipt of spoor erase",
  Forged: "was changed, or signed by another Spoor: SPOOR_HOME holds the key that receipts are signed with",
  Other: "is genuine, but about somebody else"
}

const unreadable = (name: string) => (error: unknown) =>
  new CommandError({ sentence: `${name} cannot be read: ${reasonOf(error)}.` })
