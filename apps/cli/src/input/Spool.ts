import { Buffer } from "node:buffer"
import { Scratch } from "./Scratch.ts"

/** A piece of what is known of a visitor. */
export interface Frame {
  readonly visitor: number
  readonly bytes: Buffer
}

/** The visitor's number and the length of what follows, 4 bytes each. */
const headBytes = 8

/** Frames in a temporary file: appended first, then read in their order, as often as wanted. */
export class Spool implements Disposable {
  private readonly scratch = new Scratch()
  private readonly head = Buffer.alloc(headBytes)

  /** *Units*: bytes. */
  get size(): number {
    return this.scratch.size
  }

  append(visitor: number, text: string): void {
    this.appendHead(visitor, Buffer.byteLength(text))
    this.scratch.appendText(text)
  }

  /** As `append`, of a frame of another spool. */
  appendFrame({ visitor, bytes }: Frame): void {
    this.appendHead(visitor, bytes.length)
    this.scratch.append(bytes)
  }

  *frames(): Generator<Frame> {
    let rest: Buffer = Buffer.alloc(0)
    for (const block of this.scratch.blocks(0, this.scratch.size)) {
      const bytes = rest.length === 0 ? block : Buffer.concat([rest, block])
      let from = 0
      while (bytes.length - from >= headBytes) {
        const to = from + headBytes + bytes.readUInt32LE(from + 4)
        if (to > bytes.length) break
        yield { visitor: bytes.readUInt32LE(from), bytes: bytes.subarray(from + headBytes, to) }
        from = to
      }
      rest = bytes.subarray(from)
    }
  }

  [Symbol.dispose](): void {
    this.scratch[Symbol.dispose]()
  }

  private appendHead(visitor: number, length: number): void {
    this.head.writeUInt32LE(visitor, 0)
    this.head.writeUInt32LE(length, 4)
    this.scratch.append(this.head)
  }
}
