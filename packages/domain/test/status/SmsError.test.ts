import { describe, expect, it } from "@effect/vitest"
import { Schema } from "effect"
import * as SmsError from "../../src/status/SmsError.ts"
import { lawRuns, lawSeed } from "../config.ts"

const { classify } = SmsError

const options = { timeout: 60_000, arbitrary: { runs: lawRuns, seed: lawSeed } }

const kinds = SmsError.GatewayKind.literals
const profiles = SmsError.ErrProfile.literals
const fields = ["refusal", "reason", "status", "group"] as const

const unknown = { category: "unknown", permanence: "unknown", isFailure: true, isProvisional: false }

describe("one code of one list", () => {
  it.each([
    ["smsapi", { status: "405" }, "UNDELIVERED", "unreachable", "permanent"],
    ["smsapi", { refusal: "103" }, "points", "no_credit", "temporary"],
    ["smsapi", { refusal: "402" }, "unknown", "unknown", "unknown"],
    ["serwersms", { reason: "2206" }, "blacklist", "blocked", "permanent"],
    ["serwersms", { refusal: "105" }, "IP not allowed", "auth", "permanent"],
    ["infobip", { reason: "4101" }, "EC_VALIDITY_EXPIRED", "expired", "permanent"],
    ["infobip", { status: "12" }, "REJECTED_NOT_ENOUGH_CREDITS", "no_credit", "temporary"],
    ["twilio", { reason: "30003" }, "Unreachable handset", "unreachable", "temporary"],
    ["twilio", { refusal: "21211" }, "Invalid 'To' number", "invalid_number", "permanent"],
    ["vonage", { reason: "6" }, "Anti-Spam Rejection", "content_rejected", "permanent"],
    ["vonage", { refusal: "6" }, "Invalid message", "invalid_number", "permanent"],
    ["messagebird", { reason: "103" }, "opted out", "blocked", "permanent"],
    ["messagebird", { reason: "27" }, "absentSubscriber", "unreachable", "temporary"],
    ["bird", { reason: "1" }, "unknownSubscriber", "invalid_number", "permanent"],
    ["sinch", { reason: "402" }, "message unroutable", "unreachable", "permanent"],
    ["linkmobility", { status: "951" }, "blacklisted", "blocked", "permanent"],
    ["gsm", { status: "65" }, "incompatible destination", "unreachable", "permanent"],
    ["gsm", { reason: "13" }, "callBarred", "blocked", "permanent"]
  ] as const)("%s %o is %s: %s, %s", (kind, codes, name, category, permanence) => {
    expect(classify(kind, codes)).toMatchObject({ name, category, permanence, isFailure: true })
  })

  it("explains in Polish and in English", () => {
    expect(classify("smsapi", { status: "402" }).explanation).toEqual({
      pl: "Niedoręczona w czasie ważności",
      en: "Not delivered in time"
    })
  })

  it.each([
    ["smsapi", { status: "404" }],
    ["smsapi", { status: "411" }],
    ["serwersms", { status: "in_progress" }],
    ["infobip", { group: "3" }],
    ["twilio", { status: "canceled" }],
    ["vonage", { refusal: "0" }],
    ["messagebird", { status: "buffered" }],
    ["sinch", { reason: "0" }],
    ["sinch", { status: "Cancelled" }],
    ["linkmobility", { status: "911" }],
    ["kannel", { group: "8" }],
    ["smpp", { refusal: "0x00000000" }],
    ["smpp", { status: "ACCEPTD" }],
    ["gsm", { status: "1" }]
  ] as const)("%s %o is no failure", (kind, codes) => {
    expect(classify(kind, codes)).toMatchObject({ isFailure: false, category: "none", permanence: "none" })
  })

  it.each([
    ["smsapi", { status: "401" }],
    ["smsapi", { status: "408" }],
    ["vonage", { status: "unknown" }],
    ["sinch", { status: "Unknown" }],
    ["smpp", { status: "UNKNOWN" }],
    ["smpp", { status: "7", reason: "254" }],
    ["gsm", { status: "32" }]
  ] as const)("%s %o is provisional", (kind, codes) => {
    expect(classify(kind, codes)).toMatchObject({ isFailure: true, isProvisional: true })
  })

  it("is not provisional once the network has given up", () => {
    expect(classify("gsm", { status: "96" })).toMatchObject({ isFailure: true, isProvisional: false })
  })
})

describe("SMPP", () => {
  it.each(["0x0000000B", "0x0000000b", "0xB", "11", "0011", " 11 "])("knows command_status 11 as %j", (refusal) => {
    const meaning = classify("smpp", { refusal })
    expect(meaning).toMatchObject({ code: refusal, name: "ESME_RINVDSTADR", category: "invalid_number" })
  })

  it("knows 0x4A and 0x4B as the destination's TON and NPI", () => {
    expect(classify("smpp", { refusal: "0x4A" })).toMatchObject({ code: "0x4A", name: "ESME_RINVDSTTON" })
    expect(classify("smpp", { refusal: "75" })).toMatchObject({ code: "75", name: "ESME_RINVDSTNPI" })
  })

  it("leaves 0x400 to 0x4FF to the vendor, and nothing around it", () => {
    for (const refusal of ["0x400", "0x00000442", "0x4FF", "1279"]) {
      expect(classify("smpp", { refusal })).toMatchObject({ ...unknown, code: refusal, name: "vendor specific" })
    }
    for (const refusal of ["0x3FF", "0x500"]) expect(classify("smpp", { refusal }).name).toBe("unknown")
  })

  it("knows a state by its number, its receipt word and its name, in any case", () => {
    for (const status of ["5", "UNDELIV", "Undeliv", "UNDELIVERABLE"]) {
      expect(classify("smpp", { status })).toMatchObject({ code: status, name: "UNDELIVERABLE" })
    }
  })

  it.each([
    ["none", "UNDELIVERABLE", "unreachable", "permanent"],
    ["gsm-map", "unknownSubscriber", "invalid_number", "permanent"],
    ["gsm-cause", "equipmentProtocolError", "unreachable", "temporary"],
    ["vonage", "Unknown", "unknown", "unknown"],
    ["infobip", "EC_UNKNOWN_SUBSCRIBER", "invalid_number", "permanent"],
    ["twilio", "absent subscriber", "unreachable", "temporary"],
    ["8x8", "Absent subscriber", "unreachable", "temporary"]
  ] as const)("means by err:001 under the profile %s: %s", (profile, name, category, permanence) => {
    const meaning = classify("smpp", { status: "UNDELIV", reason: "001" }, profile)
    expect(meaning).toMatchObject({ code: "001", name, category, permanence, isFailure: true })
  })

  it("says nothing by err:000 under any profile but the one that lists it", () => {
    for (const profile of profiles) {
      const { code, name } = classify("smpp", { status: "EXPIRED", reason: "000" }, profile)
      expect([code, name]).toEqual(profile === "gsm-cause" ? ["000", "memoryCapacityExceeded"] : ["EXPIRED", "EXPIRED"])
    }
  })

  it("does not fail for an error of a message that was delivered or is on its way", () => {
    for (const status of ["DELIVRD", "ENROUTE"]) {
      expect(classify("smpp", { status, reason: "027" }, "gsm-map").isFailure).toBe(false)
    }
  })

  it("takes no profile for a gateway with a list of its own", () => {
    expect(classify("vonage", { reason: "1" }, "gsm-map").name).toBe("Unknown")
  })
})

describe("what Kannel was seen to call back", () => {
  it.each([
    ["001, delivered", { status: "DELIVRD", group: "1" }, { isFailure: false }],
    ["002, refused", { refusal: "0x0000000b", group: "16" }, { code: "0x0000000b", category: "invalid_number" }],
    ["003, accepted after a resend", { group: "8" }, { isFailure: false }],
    ["005, expired", { reason: "027", status: "EXPIRED", group: "2" }, { code: "027", category: "expired" }],
    ["006, rejected", { reason: "088", status: "REJECTD", group: "2" }, { code: "088", category: "blocked" }],
    ["007, intermediate", { status: "ACCEPTD", group: "4" }, { isFailure: false }],
    ["007, final", { reason: "00B", status: "UNDELIV", group: "2" }, { code: "00B", category: "unreachable" }],
    ["012, letters", { reason: "XYZ", status: "UNDELIV", group: "2" }, { code: "XYZ", isFailure: true }],
    ["013, vendor range", { refusal: "0x00000442", group: "16" }, { ...unknown, code: "0x00000442" }],
    [
      "014, gave up",
      { refusal: "Retries Exceeded", group: "16" },
      { code: "Retries Exceeded", category: "gateway_error", permanence: "temporary" }
    ],
    ["017, unknown", { reason: "254", status: "UNKNOWN", group: "2" }, { code: "254", isProvisional: true }],
    ["018, deleted", { status: "DELETED", group: "2" }, { code: "DELETED", category: "cancelled" }]
  ] as const)("scenario %s", (_, codes, expected) => {
    expect(classify("kannel", codes)).toMatchObject(expected)
  })

  it("scenario 010, a code and no text, is read by the gateway's profile", () => {
    const codes = { reason: "13", group: "2" }
    expect(classify("kannel", codes, "gsm-map")).toMatchObject({ code: "13", name: "callBarred", category: "blocked" })
    expect(classify("kannel", codes)).toMatchObject({ code: "13", category: "unreachable" })
  })
})

describe("codes that contradict or complete one another", () => {
  it("shows Infobip's error, and its status where the error is 0", () => {
    expect(classify("infobip", { reason: "6", status: "9", group: "2" })).toMatchObject({
      code: "6",
      name: "EC_ABSENT_SUBSCRIBER_SM"
    })
    expect(classify("infobip", { reason: "0", status: "12", group: "5" })).toMatchObject({
      code: "12",
      category: "no_credit"
    })
  })

  it("believes Infobip's group, whatever the error", () => {
    expect(classify("infobip", { reason: "6", status: "7", group: "1" }).isFailure).toBe(false)
    expect(classify("infobip", { reason: "0", status: "777", group: "3" }).isFailure).toBe(false)
    expect(classify("infobip", { reason: "9999", status: "777", group: "4" })).toMatchObject({
      code: "9999",
      category: "expired",
      isFailure: true
    })
  })

  it("reads MAP errors that Infobip does not list, up to 36", () => {
    expect(classify("infobip", { reason: "28" }).name).toBe("incompatibleTerminal")
    expect(classify("infobip", { reason: "13" }).permanence).toBe("temporary")
    expect(classify("infobip", { reason: "44" })).toMatchObject(unknown)
  })

  it("believes Vonage's status where err-code is 0", () => {
    expect(classify("vonage", { reason: "0", status: "delivered" }).isFailure).toBe(false)
    expect(classify("vonage", { reason: "0", status: "expired" })).toMatchObject({
      code: "expired",
      category: "expired"
    })
    expect(classify("vonage", { reason: "0", status: "lost" })).toMatchObject({ ...unknown, code: "lost" })
  })

  it("passes over a blank code", () => {
    expect(classify("twilio", { reason: "", status: "delivered" }).isFailure).toBe(false)
    expect(classify("twilio", { reason: " ", status: "undelivered" })).toMatchObject({
      code: "undelivered",
      category: "unreachable"
    })
  })
})

const awkward: ReadonlyArray<string> = [
  "",
  " ",
  "\u0000",
  "\ud800",
  "💥",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "NaN",
  "-0",
  "0x",
  "9".repeat(400),
  "0".repeat(1_000_000) + "?",
  "x".repeat(1_000_000)
]

describe("a code that no list has", () => {
  it("is kept verbatim, by every gateway and in every place", () => {
    for (const kind of kinds) {
      for (const field of fields) {
        for (const code of awkward) {
          const meaning = classify(kind, { [field]: code })
          expect(meaning.code === code).toBe(true)
          expect(meaning).toMatchObject({
            ...unknown,
            name: "unknown",
            explanation: { pl: "Nieznany kod", en: "Unknown code" }
          })
        }
      }
    }
  })

  it("is unknown where nothing was said", () => {
    expect(classify("smpp", {})).toMatchObject({ ...unknown, code: "" })
  })

  it.prop(
    "never throws, and shows one of the codes that were given",
    [SmsError.GatewayKind, SmsError.Codes, SmsError.ErrProfile],
    ([kind, codes, profile]) => {
      const { code } = classify(kind, codes, profile)
      expect(["", ...Object.values(codes)]).toContain(code)
    },
    options
  )

  it.prop(
    "fails for unknown reasons",
    [SmsError.GatewayKind, Schema.String],
    ([kind, text]) => {
      const code = `?${text}`
      expect(classify(kind, { status: code })).toMatchObject({ ...unknown, code })
    },
    options
  )
})

/** Codes that several lists have, with other meanings, and one that none has. */
const Code = Schema.Literals(["1", "2", "3", "005", "11", "16", "EXPIRED", "delivered", "0x442", "?"])

const SomeCodes = Schema.Struct({
  refusal: Schema.optionalKey(Code),
  reason: Schema.optionalKey(Code),
  status: Schema.optionalKey(Code),
  group: Schema.optionalKey(Code)
})

describe("any codes together", () => {
  it.prop(
    "fail exactly if the coarsest of them fails, which is shown only if no finer one failed",
    [SmsError.GatewayKind, SomeCodes, SmsError.ErrProfile],
    ([kind, codes, profile]) => {
      const alone = fields.flatMap((field) => {
        const code = codes[field]
        return code === undefined ? [] : [classify(kind, { [field]: code }, profile)]
      })
      const together = classify(kind, codes, profile)
      const coarsest = alone.at(-1)
      expect(together.isFailure).toBe(coarsest?.isFailure ?? true)
      const shown = together.isFailure ? alone.find(({ isFailure }) => isFailure) : coarsest
      expect(together.code).toBe(shown?.code ?? "")
    },
    options
  )
})
