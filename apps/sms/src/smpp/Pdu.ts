import { Redacted, Result } from "effect"
import { Buffer } from "node:buffer"
import * as Command from "./Command.ts"
import * as Octets from "./Octets.ts"
import * as Tlv from "./Tlv.ts"

/** Length, command, status and sequence number. *Units*: octets. */
export const headLength = 16

interface Head {
  /** `command_status`: 0 in a request, and in an answer that agrees. */
  readonly status: number
  /** By which an answer finds its request. *Units*: 1 to 0x7FFFFFFF. */
  readonly sequence: number
}

/** A sender or a recipient, as written. *Source*: SMPP 3.4, 5.2.5 to 5.2.8. */
export interface Address {
  readonly ton: number
  readonly npi: number
  readonly digits: string
}

export interface Bind extends Head {
  readonly command: "bind_receiver" | "bind_transmitter" | "bind_transceiver"
  readonly systemId: string
  readonly password: Redacted.Redacted<string>
  readonly systemType: string
  readonly interfaceVersion: number
  readonly range: Address
}

export interface BindAnswer extends Head {
  readonly command: "bind_receiver_resp" | "bind_transmitter_resp" | "bind_transceiver_resp"
  readonly systemId: string
  readonly tlvs: ReadonlyArray<Tlv.Tlv>
}

/** A command that is nothing but its head. */
export interface Bare extends Head {
  readonly command: "unbind" | "unbind_resp" | "enquire_link" | "enquire_link_resp" | "generic_nack"
}

/** *Shape*: `text` has at most 254 octets; longer ones go into `message_payload`. */
export interface ShortMessage extends Head {
  readonly command: "deliver_sm" | "submit_sm"
  readonly serviceType: string
  readonly source: Address
  readonly destination: Address
  readonly esmClass: number
  readonly protocolId: number
  readonly priority: number
  readonly scheduledAt: string
  readonly validUntil: string
  readonly registeredDelivery: number
  readonly replaces: number
  readonly dataCoding: number
  readonly cannedMessage: number
  readonly text: Uint8Array
  readonly tlvs: ReadonlyArray<Tlv.Tlv>
}

/** A message whose text is in `message_payload`. */
export interface DataMessage extends Head {
  readonly command: "data_sm"
  readonly serviceType: string
  readonly source: Address
  readonly destination: Address
  readonly esmClass: number
  readonly registeredDelivery: number
  readonly dataCoding: number
  readonly tlvs: ReadonlyArray<Tlv.Tlv>
}

export interface MessageAnswer extends Head {
  readonly command: "deliver_sm_resp" | "data_sm_resp" | "submit_sm_resp"
  readonly messageId: string
  readonly tlvs: ReadonlyArray<Tlv.Tlv>
}

/**
 * One protocol data unit.
 *
 * *Shape*: texts are Latin-1 without NUL.
 * *Source*: SMPP 3.4, 4 (https://smpp.org/SMPP_v3_4_Issue1_2.pdf#page=51).
 */
export type Pdu = Bind | BindAnswer | Bare | ShortMessage | DataMessage | MessageAnswer

/** A frame whose head says enough to answer it. *Shape*: `id` is that of the command. */
export interface Undecodable {
  readonly reason: "unknown-command" | "truncated"
  readonly id: number
  readonly sequence: number
}

/**
 * Reads a whole frame, as `Frames` cuts them.
 *
 * Tolerant where nothing is lost: a text without its NUL ends with the body, a text or optional parameter that claims
 * more than is left has what is left, an answer may come without its body, texts may be longer than the protocol allows.
 * *Fails* with `truncated` if an octet of the mandatory part is not there.
 */
export const decode = (frame: Uint8Array): Result.Result<Pdu, Undecodable> => {
  const head = Buffer.alloc(headLength)
  head.set(frame.subarray(0, headLength))
  const [id, status, sequence] = [head.readUInt32BE(4), head.readUInt32BE(8), head.readUInt32BE(12)]
  const command = Command.ofId(id)
  if (command === undefined) return Result.fail({ reason: "unknown-command", id, sequence })
  const reader = new Octets.Reader(frame, headLength)
  const pdu = read(command, { status, sequence }, reader)
  return reader.isShort ? Result.fail({ reason: "truncated", id, sequence }) : Result.succeed(pdu)
}

const read = (command: Command.Command, head: Head, body: Octets.Reader): Pdu => {
  switch (command) {
    case "bind_receiver":
    case "bind_transmitter":
    case "bind_transceiver":
      return { command, ...head, ...readBind(body) }
    case "bind_receiver_resp":
    case "bind_transmitter_resp":
    case "bind_transceiver_resp":
      return { command, ...head, systemId: body.text(), tlvs: Tlv.readAll(body) }
    case "deliver_sm":
    case "submit_sm":
      return { command, ...head, ...readShortMessage(body) }
    case "data_sm":
      return { command, ...head, ...readDataMessage(body) }
    case "deliver_sm_resp":
    case "data_sm_resp":
    case "submit_sm_resp":
      return { command, ...head, messageId: body.text(), tlvs: Tlv.readAll(body) }
    default:
      return { command, ...head }
  }
}

// Fields are read in the order in which they are written down, which is that of the protocol.

const readAddress = (body: Octets.Reader): Address => ({ ton: body.octet(), npi: body.octet(), digits: body.text() })

const readBind = (body: Octets.Reader) => ({
  systemId: body.text(),
  password: Redacted.make(body.text()),
  systemType: body.text(),
  interfaceVersion: body.octet(),
  range: readAddress(body)
})

const readShortMessage = (body: Octets.Reader) => ({
  serviceType: body.text(),
  source: readAddress(body),
  destination: readAddress(body),
  esmClass: body.octet(),
  protocolId: body.octet(),
  priority: body.octet(),
  scheduledAt: body.text(),
  validUntil: body.text(),
  registeredDelivery: body.octet(),
  replaces: body.octet(),
  dataCoding: body.octet(),
  cannedMessage: body.octet(),
  text: body.octets(body.octet()),
  tlvs: Tlv.readAll(body)
})

const readDataMessage = (body: Octets.Reader) => ({
  serviceType: body.text(),
  source: readAddress(body),
  destination: readAddress(body),
  esmClass: body.octet(),
  registeredDelivery: body.octet(),
  dataCoding: body.octet(),
  tlvs: Tlv.readAll(body)
})

/** The frame of a unit, to be sent as it is. */
export const encode = (pdu: Pdu): Buffer => {
  const body = Buffer.concat(write(pdu))
  const head = Buffer.alloc(headLength)
  head.writeUInt32BE(headLength + body.length, 0)
  head.writeUInt32BE(Command.ids[pdu.command], 4)
  head.writeUInt32BE(pdu.status, 8)
  head.writeUInt32BE(pdu.sequence, 12)
  return Buffer.concat([head, body])
}

const write = (pdu: Pdu): ReadonlyArray<Uint8Array> => {
  switch (pdu.command) {
    case "bind_receiver":
    case "bind_transmitter":
    case "bind_transceiver":
      return writeBind(pdu)
    case "bind_receiver_resp":
    case "bind_transmitter_resp":
    case "bind_transceiver_resp":
      return [Octets.text(pdu.systemId), ...pdu.tlvs.map(Tlv.encode)]
    case "deliver_sm":
    case "submit_sm":
      return writeShortMessage(pdu)
    case "data_sm":
      return writeDataMessage(pdu)
    case "deliver_sm_resp":
    case "data_sm_resp":
    case "submit_sm_resp":
      return [Octets.text(pdu.messageId), ...pdu.tlvs.map(Tlv.encode)]
    default:
      return []
  }
}

const writeAddress = ({ ton, npi, digits }: Address): ReadonlyArray<Uint8Array> => [
  Octets.octets(ton, npi),
  Octets.text(digits)
]

const writeBind = (pdu: Bind): ReadonlyArray<Uint8Array> => [
  Octets.text(pdu.systemId),
  Octets.text(Redacted.value(pdu.password)),
  Octets.text(pdu.systemType),
  Octets.octets(pdu.interfaceVersion),
  ...writeAddress(pdu.range)
]

/** *Source*: SMPP 3.4, 5.2.21. *Units*: octets. */
const textLengthMax = 254

const writeShortMessage = (pdu: ShortMessage): ReadonlyArray<Uint8Array> => {
  const isShort = pdu.text.length <= textLengthMax
  const text = isShort ? pdu.text : new Uint8Array()
  const tlvs = isShort ? pdu.tlvs : [...pdu.tlvs, { tag: Tlv.tags.messagePayload, value: pdu.text }]
  return [
    Octets.text(pdu.serviceType),
    ...writeAddress(pdu.source),
    ...writeAddress(pdu.destination),
    Octets.octets(pdu.esmClass, pdu.protocolId, pdu.priority),
    Octets.text(pdu.scheduledAt),
    Octets.text(pdu.validUntil),
    Octets.octets(pdu.registeredDelivery, pdu.replaces, pdu.dataCoding, pdu.cannedMessage, text.length),
    text,
    ...tlvs.map(Tlv.encode)
  ]
}

const writeDataMessage = (pdu: DataMessage): ReadonlyArray<Uint8Array> => [
  Octets.text(pdu.serviceType),
  ...writeAddress(pdu.source),
  ...writeAddress(pdu.destination),
  Octets.octets(pdu.esmClass, pdu.registeredDelivery, pdu.dataCoding),
  ...pdu.tlvs.map(Tlv.encode)
]
