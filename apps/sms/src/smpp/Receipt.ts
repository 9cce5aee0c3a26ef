import { SmsError } from "@spoor/domain"
import { Buffer, isUtf8 } from "node:buffer"
import { legible } from "../report/Legible.ts"
import type * as Pdu from "./Pdu.ts"
import * as ReceiptText from "./ReceiptText.ts"
import * as Tlv from "./Tlv.ts"

/**
 * What became of one message, in the gateway's own words. What the message said is not among them.
 *
 * *Shape*: `messageIds` has the likeliest first, none if the gateway named none (compare by `SmsMessage.namesOf`).
 * `codes` is for `SmsError.classify("smpp", …)`. `isIntermediate`: the gateway goes on trying, whatever the codes say.
 * `submitted` and `done` are dates of the gateway's clock, as it wrote them (`ReceiptText.instantOf` reads them).
 * `report` is all that came, also the codes that do not count, legible.
 */
export interface Receipt {
  readonly kind: "receipt"
  readonly messageIds: ReadonlyArray<string>
  readonly phone: string
  readonly sender: string
  readonly isIntermediate: boolean
  readonly codes: SmsError.Codes
  /** "gsm-map" where the gateway said that its code is the mobile network's: it counts before the setting. */
  readonly profile: "gsm-map" | null
  readonly vendorText: string | null
  readonly submitted: string | null
  readonly done: string | null
  readonly report: string
}

/** A text message from a phone. Nothing of it is kept; it is told so that it can be counted. */
export interface Inbound {
  readonly kind: "inbound"
}

/** A receipt, or what should be one, that says nothing we understand. *Shape*: `octets` is the frame, hexadecimal. */
export interface Unreadable {
  readonly kind: "unreadable"
  readonly reason: "truncated" | "no-outcome"
  readonly octets: string
}

export type Reading = Receipt | Inbound | Unreadable

/**
 * Reads what a gateway delivered; total.
 *
 * The optional parameters count first for the id, then the text. Of the codes, the network's counts if it is not zero,
 * then `err`. A state that the text misspells is taken from its parameter.
 * *Shape*: `frame` is what `message` was decoded from; `pattern` is for texts that are not of the usual form (see
 * `ReceiptText.parse`).
 * *Source*: SMPP 3.4, 5.2.12, 5.3.2 and Appendix B; sms/gateways R6.
 */
export const read = (
  message: Pdu.ShortMessage | Pdu.DataMessage,
  frame: Uint8Array,
  pattern: RegExp | null = null
): Reading => {
  const type = message.esmClass & typeMask
  const isDeclared = type === receiptType || type === intermediateType
  const text = ReceiptText.parse(textOf(message), pattern)
  const parameters = parametersOf(message.tlvs)
  const isReceipt = isDeclared || text.isWhole || (parameters.id !== null && parameters.state !== null)
  if (!isReceipt) return { kind: "inbound" }
  const codes = codesOf(text, parameters)
  if (codes.status === undefined && codes.reason === undefined) return unreadable("no-outcome", frame)
  return {
    kind: "receipt",
    messageIds: idsOf(parameters.id, text.id),
    phone: legible(message.source.digits || (text.phone ?? ""), addressLengthMax),
    sender: legible(message.destination.digits, addressLengthMax),
    isIntermediate: type === intermediateType,
    codes,
    profile: isGsm(parameters) ? "gsm-map" : null,
    vendorText: parameters.vendorText,
    submitted: legibleOrNull(text.submitted),
    done: legibleOrNull(text.done),
    report: reportOf(text, message.tlvs)
  }
}

export const unreadable = (reason: Unreadable["reason"], frame: Uint8Array): Unreadable => ({
  kind: "unreadable",
  reason,
  octets: viewOf(frame).toString("hex")
})

// `esm_class`: the bits that say what kind of message it is, and the two kinds that are receipts.
const typeMask = 0x3c
const receiptType = 0x04
const intermediateType = 0x20
const hasHeader = 0x40

/** The network type of `network_error_code` that means GSM. */
const gsm = 3

/** *Units*: UTF-16 code units. What an address, a code, an id and a text may have where they are stored. */
const addressLengthMax = 64
const codeLengthMax = 64
const idLengthMax = 256
const reportLengthMax = 4_096

/** What the report shows of one parameter. *Units*: octets. */
const parameterLengthMax = 256

interface Parameters {
  readonly id: string | null
  readonly state: number | null
  readonly networkError: { readonly network: number; readonly code: number } | null
  readonly vendorText: string | null
}

const parametersOf = (tlvs: ReadonlyArray<Tlv.Tlv>): Parameters => {
  const state = Tlv.find(tlvs, Tlv.tags.messageState)
  const error = Tlv.find(tlvs, Tlv.tags.networkErrorCode)
  return {
    id: words(Tlv.find(tlvs, Tlv.tags.receiptedMessageId)),
    state: state?.length === 1 ? state[0]! : null,
    networkError: error?.length === 3 ? { network: error[0]!, code: error[1]! * 256 + error[2]! } : null,
    vendorText: words(Tlv.find(tlvs, Tlv.tags.additionalStatusInfoText))
  }
}

const codesOf = (text: ReceiptText.ReceiptText, { networkError, state }: Parameters): SmsError.Codes => {
  const network = networkError === null || networkError.code === 0 ? null : String(networkError.code)
  const reason = network ?? text.err
  const stateWord = state === null ? null : String(state)
  const status = text.stat !== null && isListed(text.stat) ? text.stat : (stateWord ?? text.stat)
  return {
    ...(reason === null ? {} : { reason: legible(reason, codeLengthMax) }),
    ...(status === null ? {} : { status: legible(status, codeLengthMax) })
  }
}

const isListed = (status: string): boolean => SmsError.classify("smpp", { status }).name !== "unknown"

const isGsm = ({ networkError }: Parameters): boolean => networkError?.network === gsm && networkError.code !== 0

const idsOf = (...ids: ReadonlyArray<string | null>): ReadonlyArray<string> => [
  ...new Set(ids.filter((id) => id !== null).map((id) => legible(id, idLengthMax)))
]

/** The text of a message, from wherever it is, without the header that parts of long messages have. */
const textOf = (message: Pdu.ShortMessage | Pdu.DataMessage): string => {
  const payload = Tlv.find(message.tlvs, Tlv.tags.messagePayload)
  const own = message.command === "data_sm" ? undefined : message.text
  const octets = viewOf(own === undefined || own.length === 0 ? (payload ?? new Uint8Array()) : own)
  const hasOne = (message.esmClass & hasHeader) !== 0 && octets.length > 0
  return decoded(hasOne ? octets.subarray(octets[0]! + 1) : octets).replace(/\0+$/, "")
}

/**
 * Receipts are ASCII, in one octet or two. `data_coding` is not asked: gateways copy it from the message, whose text they
 * quote, and write the receipt in another.
 */
const decoded = (octets: Buffer): string => {
  if (octets.length % 2 === 0 && octets[0] === 0 && octets[1] !== 0) return new TextDecoder("utf-16be").decode(octets)
  return octets.toString(isUtf8(octets) ? "utf8" : "latin1")
}

/** A parameter that is a C-Octet String, with its NUL or without. */
const words = (value: Uint8Array | undefined): string | null => {
  if (value === undefined) return null
  const text = decoded(viewOf(value)).split("\0", 1)[0]!.trim()
  return text === "" ? null : legible(text, idLengthMax)
}

/** Everything that came but the message: the text of the receipt, and the parameters by their numbers. */
const reportOf = (text: ReceiptText.ReceiptText, tlvs: ReadonlyArray<Tlv.Tlv>): string => {
  const parameters = tlvs
    .filter(({ tag }) => tag !== Tlv.tags.messagePayload)
    .map(
      ({ tag, value }) =>
        `0x${tag.toString(16).padStart(4, "0")}=${viewOf(value).toString("hex", 0, parameterLengthMax)}`
    )
  return legible([text.head, ...parameters].filter((part) => part !== "").join(" "), reportLengthMax)
}

const legibleOrNull = (text: string | null): string | null => (text === null ? null : legible(text, codeLengthMax))

const viewOf = (octets: Uint8Array): Buffer => Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength)
