import { Buffer } from "node:buffer"

/** How much is handed to standard output at once: what a pipe holds. 64 KiB. */
const packBytes = 64 * 1024

/** After so many pieces there is a pack, even an empty one: whoever takes the packs can hear a signal between two. */
const piecesMax = 1024

/** Packs pieces of output into blocks that are worth a write. *Shape*: pieces may be empty, and so may packs. */
export function* packed(pieces: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  let pack = Buffer.allocUnsafe(packBytes)
  let [filled, count] = [0, 0]
  for (const piece of pieces) {
    count++
    // A UTF-16 code unit becomes three bytes at most.
    const lengthMax = typeof piece === "string" ? piece.length * 3 : piece.length
    if (count >= piecesMax || filled + lengthMax > packBytes) {
      yield pack.subarray(0, filled)
      if (filled > 0) pack = Buffer.allocUnsafe(packBytes)
      filled = 0
      count = 0
    }
    if (lengthMax > packBytes) yield typeof piece === "string" ? Buffer.from(piece) : piece
    else if (typeof piece === "string") filled += pack.write(piece, filled)
    else {
      pack.set(piece, filled)
      filled += piece.length
    }
  }
  yield pack.subarray(0, filled)
}
