import { Effect } from "effect"
import * as crypto from "node:crypto"
import * as fs from "node:fs"
import { join } from "node:path"
import { CommandError, reasonOf } from "./CommandError.ts"
import { settings } from "./config.ts"

/** Signs what Spoor vouches for. Made once; whoever has it can vouch too, so it is kept like the other secrets of the home. */
export const signingKey = Effect.flatMap(settings, ({ home }) =>
  Effect.try({
    try: () => {
      const file = join(home, "receipt-key.pem")
      if (!fs.existsSync(file)) {
        fs.mkdirSync(home, { recursive: true })
        const made = crypto.generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" })
        fs.writeFileSync(file, made, { mode: 0o600, flag: "wx" })
      }
      return crypto.createPrivateKey(fs.readFileSync(file))
    },
    catch: (error) => new CommandError({ sentence: `The key of receipts cannot be read: ${reasonOf(error)}.` })
  })
)
