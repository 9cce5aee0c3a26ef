import { SmsGateway } from "@spoor/contracts"
import { SmsLog, Zone } from "@spoor/domain"
import { Clock, Effect, Option, Result, Schema } from "effect"
import { randomBytes } from "node:crypto"
import * as KeyText from "./KeyText.ts"
import { SmsGateways } from "./SmsGateways.ts"

/** A gateway that somebody wants. *Shape*: `settings` as a person or a form writes them. */
export interface Wanted {
  readonly unitId: number
  readonly plugin: SmsGateway.Plugin
  readonly key: string
  readonly name: string
  readonly settings: Readonly<Record<string, unknown>>
}

/** What is wrong with it. *Shape*: `detail` is a sentence for whoever wrote the settings, or what they wrote. */
export interface Wrong {
  readonly problem: "key" | "name" | "settings" | "zone" | "mapping" | "link" | "taken"
  readonly detail: string
}

/** *Shape*: `path` is where it is to report, with its secret, which is shown this once; null where we bind to it. */
export interface Added {
  readonly id: number
  readonly path: string | null
  readonly hasNewSecret: boolean
}

/** *Units*: bytes. *Source*: gateways.md R17: at least 128 bits. */
const secretBytes = 24

/**
 * Adds a gateway, for command and panel alike. One that proves itself in no other way gets a secret at the end of its address.
 *
 * *Fails* with `SqlError`.
 */
export const add = Effect.fn("SmsSetup.add")(function* (wanted: Wanted) {
  const checked = check(wanted)
  if (Result.isFailure(checked)) return Result.fail(checked.failure)
  const { basic, pathSecrets, secrets } = checked.success
  const isBound = wanted.plugin === "smpp"
  const isProved = isBound || secrets.length + basic.length + pathSecrets.length > 0
  const secret = isProved ? null : randomBytes(secretBytes).toString("base64url")
  const settings = encode({
    ...checked.success,
    pathSecrets: secret === null ? pathSecrets : [KeyText.sha256(secret)]
  })
  const id = yield* (yield* SmsGateways).add({ ...wanted, settings }, yield* Clock.currentTimeMillis)
  if (id === null) return Result.fail<Wrong>({ problem: "taken", detail: wanted.key })
  const path = `/sms/v1/dlr/${wanted.key}${secret === null ? "" : `/${secret}`}`
  return Result.succeed<Added>({ id, path: isBound ? null : path, hasNewSecret: secret !== null })
})

const encode = Schema.encodeSync(SmsGateway.Settings)
const decode = Schema.decodeUnknownResult(SmsGateway.Settings)
const isKey = Schema.is(SmsGateway.Key)
const isName = Schema.is(SmsLog.Name)

/** What is to be set, with all defaults; also what no schema says of settings that belong together. */
const check = ({ key, name, plugin, settings }: Wanted): Result.Result<SmsGateway.Settings, Wrong> => {
  if (!isKey(key)) return Result.fail({ problem: "key", detail: key })
  if (!isName(name)) return Result.fail({ problem: "name", detail: name })
  const decoded = decode(settings, { onExcessProperty: "error" })
  if (Result.isFailure(decoded)) return Result.fail({ problem: "settings", detail: decoded.failure.message })
  const { mapping, secrets, smpp, zone } = decoded.success
  if (Option.isNone(Zone.find(zone))) return Result.fail({ problem: "zone", detail: zone })
  if (plugin === "generic" && mapping === undefined) return Result.fail({ problem: "mapping", detail: "" })
  if (plugin === "smpp" && (smpp === undefined || secrets.length === 0)) {
    return Result.fail({ problem: "link", detail: "" })
  }
  return Result.succeed(decoded.success)
}
