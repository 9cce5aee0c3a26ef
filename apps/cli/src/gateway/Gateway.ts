import type { SmsGateway } from "@spoor/contracts"
import { type SmsGatewayRow, SmsGateways, SmsHealth, SmsSetup, SmsUnknownCodes, Units } from "@spoor/postgres"
import { Clock, Console, Effect, Layer, Result, Schema, Stream } from "effect"
import { readFileSync } from "node:fs"
import { attempt, CommandError, reasonOf } from "../CommandError.ts"
import { settings } from "../config.ts"
import * as Instant from "../input/Instant.ts"
import * as House from "../letter/House.ts"
import { line } from "../Output.ts"
import { harmless, print } from "../Printing.ts"
import * as Unit from "../webhook/Unit.ts"

interface Question {
  readonly unit: number | undefined
  readonly json: boolean
}

interface Wanted extends Question {
  readonly plugin: SmsGateway.Plugin
  readonly key: string
  readonly name: string
  readonly flags: Partial<(typeof SmsGateway.Settings)["Encoded"]>
  readonly file: string | undefined
}

const services = Layer.mergeAll(SmsGateways.layer, SmsHealth.layer, Units.layer).pipe(Layer.provide(House.database))

export const list = Effect.fn("list")(
  function* ({ json, unit }: Question) {
    const unitId = yield* Unit.meant(unit)
    const gateways = (yield* (yield* SmsGateways).active).filter((gateway) => gateway.unitId === unitId)
    if (gateways.length === 0 && !json) yield* Console.error("There are no gateways.")
    const texts = gateways.map((gateway) => (json ? line(fieldsOf(gateway)) : row(gateway)))
    yield* print(Stream.fromIterable(json || texts.length === 0 ? texts : [header, ...texts]))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const unknownCodes = Effect.fn("unknownCodes")(
  function* ({ json, unit }: Question) {
    const unitId = yield* Unit.meant(unit)
    const codes = yield* SmsUnknownCodes.list(unitId, yield* Clock.currentTimeMillis)
    if (codes.length === 0 && !json) yield* Console.error("Every code of the last seven days is explained.")
    const texts = codes.map((code) => (json ? line(SmsUnknownCodes.fieldsOf(code)) : codeRow(code)))
    yield* print(Stream.fromIterable(json || texts.length === 0 ? texts : [codeHeader, ...texts]))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

/** The address goes to standard output alone: with its secret it is one. */
export const add = Effect.fn("add")(
  function* ({ file, flags, json, key, name, plugin, unit }: Wanted) {
    const unitId = yield* Unit.meant(unit)
    const added = yield* SmsSetup.add({ unitId, plugin, key, name, settings: { ...(yield* readFile(file)), ...flags } })
    if (Result.isFailure(added)) return yield* new CommandError({ sentence: sentenceOf(added.failure) })
    const { hasNewSecret, id, path } = added.success
    if (path === null) return yield* Console.error(`The gateway ${key} is there; it is bound to within seconds.`)
    const url = `${(yield* settings).smsUrl}${path}`
    yield* Console.error(
      hasNewSecret
        ? `The gateway ${key} is there. Keep the address that it is to report to: its secret is not shown again.`
        : `The gateway ${key} is there. It is to report to:`
    )
    yield* print(Stream.make(json ? line({ kind: "gateway", id, key, url }) : `${url}\n`))
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

export const remove = Effect.fn("remove")(
  function* (key: string, unit: number | undefined) {
    const isThere = yield* (yield* SmsGateways).remove(yield* Unit.meant(unit), key, yield* Clock.currentTimeMillis)
    if (!isThere) {
      return yield* new CommandError({ sentence: `The unit has no gateway ${key}. Try: spoor gateways list` })
    }
    yield* Console.error(`The gateway ${key} is gone; what it reported stays.`)
  },
  Effect.provide(services),
  Effect.mapError(House.explain)
)

const decodeFile = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Record(Schema.String, Schema.Unknown)))

const readFile = Effect.fnUntraced(function* (file: string | undefined) {
  if (file === undefined) return {}
  const text = yield* attempt(() => {
    try {
      return readFileSync(file, "utf8")
    } catch (error) {
      throw new CommandError({ sentence: `${file} cannot be read: ${reasonOf(error)}.` })
    }
  })
  return yield* Effect.fromOption(decodeFile(text)).pipe(
    Effect.mapError(() => new CommandError({ sentence: `${file} is no JSON object.` }))
  )
})

const sentenceOf = ({ detail, problem }: SmsSetup.Wrong): string => {
  switch (problem) {
    case "key":
      return `${detail} is no key: lower-case letters, digits and hyphens.`
    case "name":
      return "The name has no letter, or more than 64."
    case "settings":
      return `These settings cannot be used: ${detail}`
    case "zone":
      return `There is no time zone "${detail}".`
    case "mapping":
      return "A generic gateway needs a mapping; give a file with one by --settings."
    case "link":
      return "An SMPP gateway needs a link and the name of its password; give them by --settings and --secret."
    case "taken":
      return `A gateway has the key ${detail} already.`
  }
}

const fieldsOf = ({ id, key, lastReportAt, name, plugin, unitId }: SmsGatewayRow) => ({
  kind: "gateway",
  id,
  unitId,
  key,
  name,
  plugin,
  lastReportAt: lastReportAt === null ? null : Instant.format(lastReportAt)
})

const cells = (key: string, plugin: string, last: string, name: string): string =>
  `${key.padEnd(20)}  ${plugin.padEnd(18)}  ${last.padEnd(24)}  ${name}\n`

const header = cells("KEY", "PLUGIN", "LAST REPORT", "NAME")

const row = ({ key, lastReportAt, name, plugin }: SmsGatewayRow): string =>
  cells(key, plugin, lastReportAt === null ? "none yet" : Instant.format(lastReportAt), harmless(name))

const codeCells = (code: string, times: string, last: string, gateway: string, text: string): string =>
  `${code.padEnd(20)}  ${times.padStart(8)}  ${last.padEnd(24)}  ${gateway.padEnd(20)}  ${text}\n`

const codeHeader = codeCells("CODE", "TIMES", "LAST", "GATEWAY", "TEXT")

const codeRow = ({ code, count, gateway, lastAt, text }: SmsUnknownCodes.SmsUnknownCode): string =>
  codeCells(harmless(code), String(count), Instant.format(lastAt), harmless(gateway), harmless(text))
