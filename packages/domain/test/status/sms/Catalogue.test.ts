import { describe, expect, it } from "@effect/vitest"
import * as SmsError from "../../../src/status/SmsError.ts"
import { reasonsByProfile, tablesByKind } from "../../../src/status/sms/Catalogue.ts"
import * as EightByEight from "../../../src/status/sms/EightByEight.ts"
import * as Gsm from "../../../src/status/sms/Gsm.ts"
import * as Infobip from "../../../src/status/sms/Infobip.ts"
import * as Kannel from "../../../src/status/sms/Kannel.ts"
import * as LinkMobility from "../../../src/status/sms/LinkMobility.ts"
import * as MessageBird from "../../../src/status/sms/MessageBird.ts"
import * as SerwerSms from "../../../src/status/sms/SerwerSms.ts"
import * as Sinch from "../../../src/status/sms/Sinch.ts"
import * as Smpp from "../../../src/status/sms/Smpp.ts"
import * as Smsapi from "../../../src/status/sms/Smsapi.ts"
import * as Table from "../../../src/status/sms/Table.ts"
import * as Twilio from "../../../src/status/sms/Twilio.ts"
import * as Vonage from "../../../src/status/sms/Vonage.ts"

/** Every list with the number of codes that its source has; a row lost or doubled shows here. */
const lists: ReadonlyArray<readonly [name: string, rows: ReadonlyArray<Table.Row>, count: number]> = [
  ["8x8 smppErrors", EightByEight.smppErrors, 23],
  ["GSM mapErrors", Gsm.mapErrors, 34],
  ["GSM deliveryFailureCauses", Gsm.deliveryFailureCauses, 7],
  ["GSM statuses", Gsm.statuses, 25],
  ["Infobip groups", Infobip.groups, 6],
  ["Infobip statuses", Infobip.statuses, 29],
  ["Infobip reasons", Infobip.reasons, 145],
  ["Kannel groups", Kannel.groups, 5],
  ["Kannel refusals", Kannel.refusals, 1],
  ["LINK Mobility statuses", LinkMobility.statuses, 60],
  ["MessageBird statuses", MessageBird.statuses, 6],
  ["MessageBird reasons", MessageBird.reasons, 1],
  ["SerwerSMS statuses", SerwerSms.statuses, 7],
  ["SerwerSMS reasons", SerwerSms.reasons, 15],
  ["SerwerSMS refusals", SerwerSms.refusals, 11],
  ["Sinch statuses", Sinch.statuses, 10],
  ["Sinch reasons", Sinch.reasons, 19],
  ["SMPP refusals", Smpp.refusals, 68],
  ["SMPP statuses", Smpp.statuses, 10],
  ["SMSAPI statuses", Smsapi.statuses, 12],
  ["SMSAPI refusals", Smsapi.refusals, 55],
  ["Twilio statuses", Twilio.statuses, 10],
  ["Twilio errors", Twilio.errors, 49],
  ["Twilio smppErrors", Twilio.smppErrors, 13],
  ["Vonage statuses", Vonage.statuses, 10],
  ["Vonage reasons", Vonage.reasons, 23],
  ["Vonage refusals", Vonage.refusals, 25]
]

describe.each(lists)("the list %s", (_, rows, count) => {
  it("has every code once, however it is spelt", () => {
    const codes = rows.map(([code]) => Table.canonical(code))
    expect(codes.filter((code, index) => codes.indexOf(code) !== index)).toEqual([])
    expect(codes).not.toContain("")
    expect(rows).toHaveLength(count)
  })

  it("says everything in both languages, once", () => {
    for (const [, name, , , en, pl] of rows) {
      for (const text of [name, en, pl]) expect(text).toMatch(/^\S.*\S$/u)
      expect(en).toMatch(/^[\u0020-\u007e]+$/)
      expect(pl).not.toMatch(/  |\.$/)
    }
  })

  it("has no permanence for what is no failure, and only for that", () => {
    const odd = rows.filter(([, , permanence, category]) => (permanence === "none") !== (category === "none"))
    expect(odd).toEqual([])
  })

  it("is provisional only about failures", () => {
    expect(rows.filter(([, , , category, , , standing]) => standing !== undefined && category === "none")).toEqual([])
  })
})

describe("the catalogue", () => {
  it("reaches every list through a gateway or a profile", () => {
    const reachable = new Set(
      [
        ...Object.values(tablesByKind).flatMap((tables) => Object.values(tables)),
        ...Object.values(reasonsByProfile)
      ].flatMap((table: Table.Table) => [...table.values()])
    )
    const lost = lists.flatMap(([name, rows]) =>
      rows.filter((row) => !reachable.has(row)).map(([code]) => [name, code])
    )
    expect(lost).toEqual([])
  })

  it("has aliases only for listed codes, and none that is listed itself", () => {
    for (const [rows, aliases] of [
      [Smpp.refusals, Smpp.refusalAliases],
      [Smpp.statuses, Smpp.statusAliases]
    ] as const) {
      const codes = new Set(rows.map(([code]) => code))
      const listed = new Set(rows.map(([code]) => Table.canonical(code)))
      expect(Object.keys(aliases).filter((code) => !codes.has(code))).toEqual([])
      expect(
        Object.values(aliases)
          .flat()
          .filter((alias) => listed.has(Table.canonical(alias)))
      ).toEqual([])
    }
  })

  it("uses every category, and names each differently", () => {
    const used = new Set(lists.flatMap(([, rows]) => rows.map(([, , , category]) => category)))
    expect([...used].toSorted()).toEqual([...SmsError.Category.literals].toSorted())
    for (const locale of ["pl", "en"] as const) {
      const names = SmsError.Category.literals.map((category) => SmsError.categoryNames[category][locale])
      expect(new Set(names).size).toBe(SmsError.Category.literals.length)
    }
  })
})

describe("Table.canonical", () => {
  it.each([
    ["0x0000000B", "11"],
    ["0X0b", "11"],
    ["11", "11"],
    ["0011", "11"],
    ["000", "0"],
    [" DELIVRD ", "delivrd"],
    ["00B", "00b"],
    ["0x", "0x"],
    ["0x123456789", "0x123456789"],
    ["-1", "-1"],
    ["1e3", "1e3"],
    ["９", "９"]
  ])("reads %j as %j", (code, canonical) => {
    expect(Table.canonical(code)).toBe(canonical)
  })
})
