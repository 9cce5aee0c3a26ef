/** One item that waits. *Units*: `bytes` of UTF-8, with the comma behind it; `place` counts what was taken in. */
export interface Entry {
  readonly place: number
  readonly json: string
  readonly bytes: number
}

/** What waits to be sent, oldest first: a ring, so that nothing is ever moved. */
export const make = (itemsMax: number) => {
  const slots: Array<Entry | undefined> = []
  let head = 0
  let count = 0
  let bytes = 0

  return {
    get count() {
      return count
    },
    get bytes() {
      return bytes
    },
    peek: (): Entry | undefined => slots[head],
    push: (entry: Entry): void => {
      slots[(head + count) % itemsMax] = entry
      count += 1
      bytes += entry.bytes
    },
    shift: (): Entry | undefined => {
      const entry = slots[head]
      if (entry === undefined) return undefined
      slots[head] = undefined
      head = (head + 1) % itemsMax
      count -= 1
      bytes -= entry.bytes
      return entry
    }
  }
}

export type Buffer = ReturnType<typeof make>
