import { Buffer } from "node:buffer"

/**
 * Reads a body from front to back. What is not there reads as nothing and is remembered, so that a body is read to its
 * end without a question in between.
 */
export class Reader {
  /** Whether an octet was asked for that is not there. */
  isShort = false
  private readonly bytes: Buffer
  private offset: number

  constructor(bytes: Uint8Array, offset: number) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.offset = offset
  }

  get left(): number {
    return Math.max(0, this.bytes.length - this.offset)
  }

  octet(): number {
    return this.number(1)
  }

  short(): number {
    return this.number(2)
  }

  /** A C-Octet String. *Shape*: Latin-1, so that each octet survives. One without its NUL ends with the body. */
  text(): string {
    const end = this.bytes.indexOf(0, this.offset)
    const stop = end < 0 ? this.bytes.length : end
    const text = this.bytes.toString("latin1", this.offset, stop)
    this.offset = stop + 1
    return text
  }

  /** So many octets, or what is left of them. */
  octets(length: number): Uint8Array {
    const taken = this.bytes.subarray(this.offset, this.offset + length)
    this.offset += length
    return taken
  }

  private number(length: number): number {
    if (this.left < length) {
      this.isShort = true
      this.offset = this.bytes.length
      return 0
    }
    const value = this.bytes.readUIntBE(this.offset, length)
    this.offset += length
    return value
  }
}

/** A C-Octet String. What Latin-1 has not is lost, and a NUL would end it for whoever reads. */
export const text = (value: string): Buffer => Buffer.from(`${value}\0`, "latin1")

export const octets = (...values: ReadonlyArray<number>): Buffer => Buffer.from(values)

export const short = (value: number): Buffer => Buffer.from([value >> 8, value])
