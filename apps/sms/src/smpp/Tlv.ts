import { Buffer } from "node:buffer"
import * as Octets from "./Octets.ts"

/** An optional parameter: a tag, and what stands behind it. *Source*: SMPP 3.4, 3.2.4. */
export interface Tlv {
  readonly tag: number
  readonly value: Uint8Array
}

/** The tags that receipts come with. *Source*: SMPP 3.4, 5.3.2. */
export const tags = {
  additionalStatusInfoText: 0x001d,
  receiptedMessageId: 0x001e,
  networkErrorCode: 0x0423,
  messagePayload: 0x0424,
  messageState: 0x0427
} as const

/** Tag and length. *Units*: octets. */
const headLength = 4

/**
 * All optional parameters that are left.
 *
 * One that claims more than is left has what is left: the frame is whole, so it is the claim that is wrong. Fewer octets
 * than a tag and a length need are nothing.
 */
export const readAll = (reader: Octets.Reader): ReadonlyArray<Tlv> => {
  const tlvs: Array<Tlv> = []
  while (reader.left >= headLength) {
    const tag = reader.short()
    tlvs.push({ tag, value: reader.octets(reader.short()) })
  }
  return tlvs
}

export const encode = ({ tag, value }: Tlv): Buffer =>
  Buffer.concat([Octets.short(tag), Octets.short(value.length), value])

/** The first value of a tag, if there is one. */
export const find = (tlvs: ReadonlyArray<Tlv>, tag: number): Uint8Array | undefined =>
  tlvs.find((tlv) => tlv.tag === tag)?.value
