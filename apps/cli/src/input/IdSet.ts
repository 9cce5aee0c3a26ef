/** Room for IDs is made in pages. 256 KiB. */
const pageBytes = 2 ** 18
const pageWords = pageBytes / 4

/** How many slots there are at first; they double when three quarters are taken. */
const slotsMin = 1024

/**
 * A set of IDs, each within a scope, as bytes beside the JavaScript heap: all that is kept of most lines. A `Set` of
 * strings takes twice the room, gives the collector of garbage millions of things to look at, and ends at 16 million.
 *
 * *Shape*: open addressing. A slot holds a hash and the word where the ID stands in the pages; word 0 says that the slot is
 * free. There stand the length (two bytes), the scope, and the ID's code units, seven bits a byte.
 * *Units*: IDs of up to 20,000 code units; room for 16 GiB of them.
 */
export class IdSet {
  private readonly pages: Array<Uint8Array> = [new Uint8Array(pageBytes)]
  private slots = new Uint32Array(2 * slotsMin)
  private size = 0
  /** The first free byte of the last page. */
  private end = 4

  /** Whether the ID is new in its scope. *Source* of the hash: FNV-1a, of code units. */
  add(scope: number, id: string): boolean {
    const page = this.roomFor(id)
    let at = this.end + 2
    let hash = 0x811c9dc5 | 0
    for (let index = -1; index < id.length; index++) {
      let unit = index < 0 ? scope : id.charCodeAt(index)
      hash = Math.imul(hash ^ unit, 0x01000193)
      for (; unit > 0x7f; unit >>>= 7) page[at++] = 0x80 | (unit & 0x7f)
      page[at++] = unit
    }
    const length = at - this.end
    page[this.end] = length & 0xff
    page[this.end + 1] = length >>> 8
    return this.keep(mixed(hash), page, length)
  }

  /** The last page, or a new one where the ID might not fit. */
  private roomFor(id: string): Uint8Array {
    if (this.end + 12 + id.length * 3 > pageBytes) {
      this.pages.push(new Uint8Array(pageBytes))
      this.end = 0
    }
    return this.pages[this.pages.length - 1]!
  }

  /** Keeps what has just been written at the end, unless it is known. */
  private keep(hash: number, page: Uint8Array, length: number): boolean {
    const { slots } = this
    const mask = slots.length - 1
    let slot = (hash << 1) & mask
    while (slots[slot + 1] !== 0) {
      if (slots[slot] === hash && this.isAt(slots[slot + 1]!, page, length)) return false
      slot = (slot + 2) & mask
    }
    slots[slot] = hash
    slots[slot + 1] = (this.pages.length - 1) * pageWords + this.end / 4
    this.end += (length + 3) & ~3
    if (++this.size > slots.length * 0.375) this.grow()
    return true
  }

  private isAt(word: number, page: Uint8Array, length: number): boolean {
    const other = this.pages[Math.floor(word / pageWords)]!
    const start = (word % pageWords) * 4
    for (let index = 0; index < length; index++) if (other[start + index] !== page[this.end + index]) return false
    return true
  }

  private grow(): void {
    const before = this.slots
    const slots = new Uint32Array(before.length * 2)
    const mask = slots.length - 1
    for (let from = 0; from < before.length; from += 2) {
      if (before[from + 1] === 0) continue
      let slot = (before[from]! << 1) & mask
      while (slots[slot + 1] !== 0) slot = (slot + 2) & mask
      slots[slot] = before[from]!
      slots[slot + 1] = before[from + 1]!
    }
    this.slots = slots
  }
}

/** Spreads a hash over all its bits. *Source*: MurmurHash3's 32-bit finalizer (Austin Appleby, public domain). */
const mixed = (hash: number): number => {
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
