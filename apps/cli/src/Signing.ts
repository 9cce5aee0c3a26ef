import { signingKey as keyOf, type SigningKeyUnreadable } from "@spoor/postgres"
import { Effect } from "effect"
import { CommandError, reasonOf } from "./CommandError.ts"
import { settings } from "./config.ts"

/** The key of this home. */
export const signingKey = Effect.flatMap(settings, ({ home }) => Effect.mapError(keyOf(home), unreadable))

export const unreadable = ({ cause }: SigningKeyUnreadable) =>
  new CommandError({ sentence: `The key of receipts cannot be read: ${reasonOf(cause)}.` })
