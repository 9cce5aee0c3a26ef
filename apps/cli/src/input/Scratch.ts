import { Buffer } from "node:buffer"
import { randomUUID } from "node:crypto"
import { closeSync, openSync, readSync, rmSync, writeSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CommandError, reasonOf } from "../CommandError.ts"

/** How much is written and read at once. 256 KiB. */
const blockBytes = 256 * 1024

/**
 * A temporary file: appended to, then read.
 *
 * It loses its name as soon as it is open, so that it ends with the process, whatever ends that. It lies in the system's
 * folder for temporary files (`TMPDIR`), and only its owner could open it.
 * *Fails* with a thrown `CommandError` where that folder has no room.
 */
export class Scratch implements Disposable {
  private readonly file: number
  private readonly block = Buffer.allocUnsafe(blockBytes)
  private filled = 0
  private written = 0

  constructor() {
    this.file = inFolder(() => {
      const path = join(tmpdir(), `spoor-${randomUUID()}`)
      const file = openSync(path, "wx+", 0o600)
      rmSync(path)
      return file
    })
  }

  /** *Units*: bytes. */
  get size(): number {
    return this.written + this.filled
  }

  append(bytes: Uint8Array): void {
    if (this.filled + bytes.length > blockBytes) this.flush()
    if (bytes.length > blockBytes) return this.write(bytes)
    this.block.set(bytes, this.filled)
    this.filled += bytes.length
  }

  /** As `append`, of the text's UTF-8. *Shape*: how many bytes that were. */
  appendText(text: string): number {
    // A UTF-16 code unit becomes three bytes at most.
    const lengthMax = text.length * 3
    if (lengthMax > blockBytes) {
      const bytes = Buffer.from(text)
      this.append(bytes)
      return bytes.length
    }
    if (this.filled + lengthMax > blockBytes) this.flush()
    const length = this.block.write(text, this.filled)
    this.filled += length
    return length
  }

  /** What stands from one byte to before another. */
  *blocks(from: number, to: number): Generator<Buffer> {
    this.flush()
    for (let position = from; position < to;) {
      const block = Buffer.allocUnsafe(Math.min(blockBytes, to - position))
      const length = inFolder(() => readSync(this.file, block, 0, block.length, position))
      yield block.subarray(0, length)
      position += length
    }
  }

  [Symbol.dispose](): void {
    closeSync(this.file)
  }

  private flush(): void {
    if (this.filled > 0) this.write(this.block.subarray(0, this.filled))
    this.filled = 0
  }

  private write(bytes: Uint8Array): void {
    for (let from = 0; from < bytes.length;) from += inFolder(() => writeSync(this.file, bytes, from))
    this.written += bytes.length
  }
}

const inFolder = <A>(run: () => A): A => {
  try {
    return run()
  } catch (error) {
    throw new CommandError({ sentence: `A temporary file in ${tmpdir()} could not be used: ${reasonOf(error)}.` })
  }
}
