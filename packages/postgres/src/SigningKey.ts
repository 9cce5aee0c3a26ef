import { Effect, Schema } from "effect"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"

/** The key could be neither read nor made. */
export class SigningKeyUnreadable extends Schema.TaggedError<SigningKeyUnreadable>()("SigningKeyUnreadable", {
  cause: Schema.Defect()
}) {}

/**
 * Signs what Spoor vouches for. Made once; whoever has it can vouch too, so it is kept like the other secrets of the home.
 *
 * *Shape*: `home` is the folder that SPOOR_HOME names. *Fails* with `SigningKeyUnreadable`.
 */
export const signingKey = (home: string): Effect.Effect<crypto.KeyObject, SigningKeyUnreadable> =>
  Effect.try({
    try: () => {
      const file = join(home, "receipt-key.pem")
      if (!fs.existsSync(file)) make(home, file)
      return crypto.createPrivateKey(fs.readFileSync(file))
    },
    catch: (cause) => new SigningKeyUnreadable({ cause })
  })

/** The first of several processes makes it, whole at once. */
const make = (home: string, file: string): void => {
  fs.mkdirSync(home, { recursive: true })
  const made = crypto.generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })
  const own = `${file}.${crypto.randomUUID()}`
  fs.writeFileSync(own, made, { mode: 0o600, flag: "wx" })
  try {
    fs.linkSync(own, file)
  } catch (error) {
    if (!fs.existsSync(file)) throw error
  } finally {
    fs.rmSync(own)
  }
}
