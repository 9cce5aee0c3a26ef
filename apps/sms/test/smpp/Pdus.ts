import { Arbitrary, Redacted, Schema } from "effect"
import * as Command from "../../src/smpp/Command.ts"
import type * as Pdu from "../../src/smpp/Pdu.ts"

const octet = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 255 }))
const octets = (max: number) => Schema.Array(octet).check(Schema.isMaxLength(max))
const text = Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 255 }))).check(
  Schema.isMaxLength(70)
)
const word = Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 0xffff_ffff }))
const address = Schema.Struct({ ton: octet, npi: octet, digits: text })

/** The ingredients of any unit; each command takes what it has. */
const parts = Schema.Struct({
  command: Schema.Literals([
    "bind_receiver",
    "bind_receiver_resp",
    "bind_transmitter",
    "bind_transmitter_resp",
    "bind_transceiver",
    "bind_transceiver_resp",
    "deliver_sm",
    "deliver_sm_resp",
    "submit_sm",
    "submit_sm_resp",
    "data_sm",
    "data_sm_resp",
    "unbind",
    "unbind_resp",
    "enquire_link",
    "enquire_link_resp",
    "generic_nack"
  ]),
  status: word,
  sequence: word,
  texts: Schema.Tuple([text, text, text, text]),
  addresses: Schema.Tuple([address, address]),
  flags: Schema.Tuple([octet, octet, octet, octet, octet, octet, octet]),
  body: octets(254),
  tlvs: Schema.Array(
    Schema.Struct({ tag: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 65_535 })), value: octets(300) })
  ).check(Schema.isMaxLength(4))
})

const latin1 = (codes: ReadonlyArray<number>) => String.fromCharCode(...codes)
const addressOf = ({ ton, npi, digits }: typeof address.Type): Pdu.Address => ({ ton, npi, digits: latin1(digits) })

/** All commands there are, with whatever in their fields. */
export const any: Arbitrary.Arbitrary<Pdu.Pdu> = Arbitrary.map(Arbitrary.schema(parts), (drawn): Pdu.Pdu => {
  const { command, status, sequence } = drawn
  const [first, second, third, fourth] = drawn.texts.map(latin1)
  const [source, destination] = [addressOf(drawn.addresses[0]), addressOf(drawn.addresses[1])]
  const [a, b, c, d, e, f, g] = drawn.flags
  const tlvs = drawn.tlvs.map(({ tag, value }) => ({ tag, value: Uint8Array.from(value) }))
  const head = { status, sequence }
  switch (command) {
    case "bind_receiver":
    case "bind_transmitter":
    case "bind_transceiver":
      return {
        command,
        ...head,
        systemId: first!,
        password: Redacted.make(second!),
        systemType: third!,
        interfaceVersion: a,
        range: source
      }
    case "bind_receiver_resp":
    case "bind_transmitter_resp":
    case "bind_transceiver_resp":
      return { command, ...head, systemId: first!, tlvs }
    case "deliver_sm":
    case "submit_sm":
      return {
        command,
        ...head,
        serviceType: first!,
        source,
        destination,
        esmClass: a,
        protocolId: b,
        priority: c,
        scheduledAt: second!,
        validUntil: third!,
        registeredDelivery: d,
        replaces: e,
        dataCoding: f,
        cannedMessage: g,
        text: Uint8Array.from(drawn.body),
        tlvs
      }
    case "data_sm":
      return {
        command,
        ...head,
        serviceType: fourth!,
        source,
        destination,
        esmClass: a,
        registeredDelivery: b,
        dataCoding: c,
        tlvs
      }
    case "deliver_sm_resp":
    case "data_sm_resp":
    case "submit_sm_resp":
      return { command, ...head, messageId: first!, tlvs }
    default:
      return { command, ...head }
  }
})

/** A unit in a form that can be compared, with its secret in the open. */
export const plain = (pdu: Pdu.Pdu): unknown => {
  const bytes = (value: unknown): unknown =>
    value instanceof Uint8Array
      ? Array.from(value)
      : Redacted.isRedacted(value)
        ? Redacted.value(value)
        : Array.isArray(value)
          ? value.map(bytes)
          : typeof value === "object" && value !== null
            ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bytes(inner)]))
            : value
  return bytes(pdu)
}

export const commands = Object.keys(Command.ids)

/** A receipt as gateways send it, of a customer's phone to our sender. */
export const receipt = (text: string, more: Partial<Pdu.ShortMessage> = {}): Pdu.ShortMessage => ({
  command: "deliver_sm",
  status: 0,
  sequence: 1,
  serviceType: "",
  source: { ton: 1, npi: 1, digits: "48501234504" },
  destination: { ton: 5, npi: 0, digits: "SKLEP" },
  esmClass: 0x04,
  protocolId: 0,
  priority: 0,
  scheduledAt: "",
  validUntil: "",
  registeredDelivery: 0,
  replaces: 0,
  dataCoding: 0,
  cannedMessage: 0,
  text: Buffer.from(text),
  tlvs: [],
  ...more
})

/** A frame from numbers alone: 16 octets of head and whatever body, with any length claimed. */
export const frame = (id: number, body: Uint8Array, { sequence = 1, length = 16 + body.length } = {}): Buffer => {
  const head = Buffer.alloc(16)
  head.writeUInt32BE(length, 0)
  head.writeUInt32BE(id, 4)
  head.writeUInt32BE(sequence, 12)
  return Buffer.concat([head, body])
}
