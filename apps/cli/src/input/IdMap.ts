/** A JavaScript Map holds 2^24 entries at most, and doubles when it is full; a full shard is followed by another one. */
const shardSizeMax = 2 ** 23

/** A map from IDs without a limit of its own. */
export class IdMap<A> {
  private readonly shards: Array<Map<string, A>> = [new Map()]
  private readonly shardSize: number

  constructor(shardSize = shardSizeMax) {
    this.shardSize = shardSize
  }

  get(id: string): A | undefined {
    for (const shard of this.shards) {
      const value = shard.get(id)
      if (value !== undefined) return value
    }
    return undefined
  }

  /** Adds an ID that is not there yet. */
  add(id: string, value: A): void {
    const last = this.shards[this.shards.length - 1]!
    last.set(id, value)
    if (last.size >= this.shardSize) this.shards.push(new Map())
  }
}
