import { Buffer, isUtf8 } from "node:buffer"

/** The longest line that is read: the largest event that the formats allow fits, every character of it escaped. 4 MiB. */
export const lineBytesMax = 4 * 1024 * 1024

/** Who takes the lines, in their order. */
export interface Taker {
  /** One or more whole lines, each with its line feed. */
  readonly lines: (text: string) => void
  /** One line that is no text, or too long. */
  readonly refuse: (reason: "malformed" | "too-large") => void
}

/**
 * Cuts bytes into lines, however they arrive. Holds no more than one line, and of one that is too long nothing.
 *
 * *Shape*: lines end with a line feed, the last may do without. A byte order mark at the beginning is dropped.
 */
export class Cutter {
  private readonly taker: Taker
  private held: Array<Uint8Array> = []
  private heldBytes = 0
  private isSkipping = false
  private isAtStart = true

  constructor(taker: Taker) {
    this.taker = taker
  }

  push(bytes: Uint8Array): void {
    const end = bytes.lastIndexOf(LINE_FEED) + 1
    if (end > 0) this.cut(bytes.subarray(0, end))
    this.hold(bytes.subarray(end))
  }

  /** The last line, where no line feed ends it. */
  end(): void {
    if (this.heldBytes > 0 || this.isSkipping) this.push(Uint8Array.of(LINE_FEED))
  }

  private hold(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.isSkipping) return
    this.held.push(bytes)
    this.heldBytes += bytes.length
    if (this.heldBytes <= lineBytesMax) return
    this.isSkipping = true
    this.drop()
  }

  private drop(): void {
    this.held = []
    this.heldBytes = 0
  }

  private cut(bytes: Uint8Array): void {
    if (this.isSkipping) {
      this.isSkipping = false
      this.isAtStart = false
      this.taker.refuse("too-large")
      const rest = bytes.subarray(bytes.indexOf(LINE_FEED) + 1)
      if (rest.length > 0) this.cut(rest)
      return
    }
    const whole = this.heldBytes === 0 ? bytes : Buffer.concat([...this.held, bytes])
    this.drop()
    this.pass(this.isAtStart ? unmarked(whole) : whole)
    this.isAtStart = false
  }

  /** Usually all is well with a block of lines, and one call says so. */
  private pass(block: Uint8Array): void {
    if (block.length <= lineBytesMax && isUtf8(block)) return this.taker.lines(textOf(block))
    for (let from = 0; from < block.length;) {
      const to = block.indexOf(LINE_FEED, from) + 1
      const line = block.subarray(from, to)
      if (line.length > lineBytesMax + 1) this.taker.refuse("too-large")
      else if (isUtf8(line)) this.taker.lines(textOf(line))
      else this.taker.refuse("malformed")
      from = to
    }
  }
}

const LINE_FEED = 0x0a

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()

const unmarked = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
