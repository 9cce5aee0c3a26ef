import { Buffer } from "node:buffer"
import { headLength } from "./Pdu.ts"

/** The longest frame that is taken; a receipt has some 200. *Units*: octets. */
export const lengthMax = 65_536

/**
 * How far a stream of octets has been cut into frames.
 *
 * *Shape*: "open" with what is not whole yet; "broken" once a frame claimed an impossible length, after which nothing can
 * be told apart: whoever reads answers `sequence` with a generic_nack and closes.
 */
export type Frames =
  | { readonly state: "open"; readonly rest: Buffer }
  | { readonly state: "broken"; readonly length: number; readonly sequence: number }

export const start: Frames = { state: "open", rest: Buffer.alloc(0) }

export interface Cut {
  /** Each with its head. They share memory with what was read. */
  readonly frames: ReadonlyArray<Buffer>
  readonly next: Frames
}

/** Cuts what has come so far: no frame, one or many. A length is judged as soon as it is there. */
export const cut = (frames: Frames, chunk: Uint8Array): Cut => {
  if (frames.state === "broken") return { frames: [], next: frames }
  // Joined each time: a frame is short, and the network does not deliver octet by octet.
  const bytes = frames.rest.length === 0 ? viewOf(chunk) : Buffer.concat([frames.rest, chunk])
  const whole: Array<Buffer> = []
  let offset = 0
  while (bytes.length - offset >= 4) {
    const length = bytes.readUInt32BE(offset)
    if (length < headLength || length > lengthMax) {
      return { frames: whole, next: { state: "broken", length, sequence: sequenceAt(bytes, offset) } }
    }
    if (bytes.length - offset < length) break
    whole.push(bytes.subarray(offset, offset + length))
    offset += length
  }
  return { frames: whole, next: { state: "open", rest: bytes.subarray(offset) } }
}

/** 0, which numbers no request, where it is not there. *Source*: SMPP 3.4, 4.3.1. */
const sequenceAt = (bytes: Buffer, offset: number): number =>
  bytes.length - offset < headLength ? 0 : bytes.readUInt32BE(offset + 12)

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
