export type Bytes = (length: number) => Uint8Array

/**
 * A maker of UUIDv7: ids sort by time, and those of one millisecond by the order in which they were made.
 *
 * *Source*: RFC 9562, 5.7 and 6.2 method 1 (the 12 bits after the time are a counter).
 */
export const makeUuid = (now: () => number, random: Bytes) => {
  let last = 0
  let count = 0
  return (): string => {
    const time = Math.max(now(), last)
    count = time === last ? count + 1 : 0
    // After 4,096 ids in one millisecond the next one borrows from the future.
    last = count > 0xfff ? time + 1 : time
    if (count > 0xfff) count = 0
    const noise = random(8)
    noise[0] = ((noise[0] ?? 0) & 0x3f) | 0x80
    const tail = [...noise].map((byte) => hex(byte, 2)).join("")
    const head = hex(last, 12)
    return `${head.slice(0, 8)}-${head.slice(8)}-7${hex(count, 3)}-${tail.slice(0, 4)}-${tail.slice(4)}`
  }
}

const hex = (value: number, width: number): string => value.toString(16).padStart(width, "0")
