import { SmsGateway } from "@spoor/contracts"
import { Zone } from "@spoor/domain"
import { Known, type SmsGatewayRow, SmsGateways } from "@spoor/postgres"
import {
  ConfigProvider,
  Context,
  DateTime,
  type Duration,
  Effect,
  Layer,
  Option,
  Redacted,
  Result,
  Schema
} from "effect"
import type { IpNetwork } from "effect/net"
import * as fs from "node:fs"
import { join } from "node:path"
import { secretOf } from "../config.ts"
import * as Networks from "./Networks.ts"
import type { Plugin } from "./Plugin.ts"
import { pluginOf } from "./Plugins.ts"

/** A secret in a file is one line. *Units*: bytes. */
const secretBytesMax = 4_096

/**
 * A gateway, ready for use.
 *
 * *Shape*: `plugin` is null for one without a door; `pattern` is for SMPP receipts of another form; `problem` says why it cannot be used,
 * `tracedUntil` until when its traffic is shown. *Units*: UTC milliseconds.
 */
export interface HeldGateway {
  readonly gateway: SmsGateway.Gateway
  readonly settings: SmsGateway.Settings
  readonly plugin: Plugin | null
  readonly zone: DateTime.TimeZone.Named
  readonly pattern: RegExp | null
  readonly networks: ReadonlyArray<IpNetwork.IpNetwork>
  readonly secrets: ReadonlyArray<Redacted.Redacted<string>>
  readonly basic: ReadonlyArray<Redacted.Redacted<string>>
  readonly problem: string | null
  readonly tracedUntil: number | null
}

interface Settings {
  readonly home: string
  readonly missPause?: Duration.Duration
}

/**
 * The gateways of all units, held in memory with their secrets: a door must answer while PostgreSQL is away.
 *
 * A secret is `SPOOR_SMS_SECRET_…` of the environment or, without it, the file `sms-secrets/…` of SPOOR_HOME.
 */
export class Gateways extends Context.Service<
  Gateways,
  {
    /** Gives null for a key that no gateway has. */
    readonly find: (key: string) => Effect.Effect<HeldGateway | null>
    readonly all: Effect.Effect<ReadonlyArray<HeldGateway>>
  }
>()("@spoor/sms/Gateways") {
  static readonly layer = ({ home, missPause }: Settings) =>
    Layer.effect(
      Gateways,
      Effect.gen(function* () {
        const rows = Effect.map((yield* SmsGateways).active, (all) => all.map(lastingOf))
        const active = yield* Known.keep("sms-gateways", Row, rows)
        const complained = new Map<string, string>()
        const complain = ({ gateway, problem }: HeldGateway) => {
          const before = complained.get(gateway.key)
          if (problem === null) complained.delete(gateway.key)
          else complained.set(gateway.key, problem)
          return problem === null || problem === before
            ? Effect.void
            : Effect.logError("A gateway cannot be used", { gateway: gateway.key, problem })
        }
        const provider = yield* ConfigProvider.ConfigProvider
        const read = Effect.gen(function* () {
          const gateways = yield* Effect.forEach(yield* active, (row) => open(row, home))
          yield* Effect.forEach(gateways, complain, { discard: true })
          return new Map(gateways.map((one) => [one.gateway.key, one]))
          // Whoever asks for a gateway need not know where secrets are.
        }).pipe(Effect.provideService(ConfigProvider.ConfigProvider, provider))
        return Gateways.of(yield* Known.hold(read, missPause))
      })
    )
}

/** What a door must know of a gateway; what else its row has changes with every report. */
const Row = Schema.Struct({
  unitId: Schema.Int,
  id: Schema.Int,
  key: Schema.String,
  name: Schema.String,
  plugin: Schema.String,
  settings: Schema.Unknown,
  tracedUntil: Schema.NullOr(Schema.Finite)
})
type Row = typeof Row.Type

const lastingOf = ({ id, key, name, plugin, settings, tracedUntil, unitId }: SmsGatewayRow): Row => ({
  id,
  key,
  name,
  plugin,
  settings,
  tracedUntil,
  unitId
})

const decode = Schema.decodeUnknownResult(SmsGateway.Gateway)
const noSettings = Schema.decodeSync(SmsGateway.Settings)({})

const open = Effect.fnUntraced(function* (row: Row, home: string) {
  const decoded = decode(row)
  if (Result.isFailure(decoded)) return unusable(row, "Its settings are not those of this version.")
  const gateway = decoded.success
  const { settings } = gateway
  const zone = Option.getOrNull(Zone.find(settings.zone))
  if (zone === null) return unusable(row, `There is no time zone "${settings.zone}".`)
  const secrets = yield* Effect.forEach(settings.secrets, (name) => readSecret(name, home))
  const basic = yield* Effect.forEach(settings.basic, (name) => readSecret(name, home))
  const pattern = patternOf(settings.smpp?.pattern)
  if (pattern === undefined) return unusable(row, "Its pattern is no regular expression.")
  const networks = Networks.parseList(settings.networks.join())
  const plugin = pluginOf(gateway)
  const missing = [...settings.secrets, ...settings.basic].filter(
    (_, index) => [...secrets, ...basic][index] === undefined
  )
  const held: HeldGateway = {
    gateway,
    settings,
    plugin,
    zone,
    pattern,
    networks: networks ?? [],
    secrets: secrets.filter((secret) => secret !== undefined),
    basic: basic.filter((secret) => secret !== undefined),
    problem: null,
    tracedUntil: row.tracedUntil
  }
  if (missing.length > 0) return { ...held, problem: `There is no secret ${missing.join(", ")}.` }
  if (networks === null) return { ...held, problem: "One of its networks is none." }
  if (plugin === null && gateway.plugin === "generic") return { ...held, problem: "It has no mapping." }
  if (gateway.plugin === "smpp" && (settings.smpp === undefined || secrets.length === 0)) {
    return { ...held, problem: "It has no link, or no password." }
  }
  if (settings.secrets.length > 0 && plugin !== null && plugin.verify === undefined) {
    return { ...held, problem: `${gateway.plugin} signs nothing, so it can have no secrets but those of its address.` }
  }
  return held
})

/** Undefined where it is none. */
const patternOf = (text: string | undefined): RegExp | null | undefined => {
  if (text === undefined) return null
  try {
    return new RegExp(text, "iu")
  } catch {
    return undefined
  }
}

const unusable = (row: Row, problem: string): HeldGateway => ({
  gateway: { unitId: row.unitId, id: row.id, key: row.key, name: row.name, plugin: "generic", settings: noSettings },
  settings: noSettings,
  plugin: null,
  pattern: null,
  zone: DateTime.zoneMakeNamedUnsafe("UTC"),
  networks: [],
  secrets: [],
  basic: [],
  problem,
  tracedUntil: row.tracedUntil
})

const readSecret = Effect.fnUntraced(function* (name: string, home: string) {
  const named = yield* Effect.orElseSucceed(secretOf(name), () => Redacted.make(""))
  if (Redacted.value(named) !== "") return named
  const file = join(home, "sms-secrets", name)
  return yield* Effect.sync(() => {
    try {
      if (fs.statSync(file).size > secretBytesMax) return undefined
      const text = fs.readFileSync(file, "utf8").trim()
      return text === "" ? undefined : Redacted.make(text)
    } catch {
      return undefined
    }
  })
})
