const SECOND = 1_000
const MINUTE_SECONDS = 60

/** How many reports each gateway gave in the last minute, to the second. *Units*: instants in UTC milliseconds. */
export class Pace {
  /** By gateway, the counts of seconds, the oldest first. */
  private readonly counts = new Map<number, Map<number, number>>()

  count(gatewayId: number, now: number): void {
    const second = Math.floor(now / SECOND)
    const seconds = this.counts.get(gatewayId) ?? new Map<number, number>()
    this.counts.set(gatewayId, seconds)
    seconds.set(second, (seconds.get(second) ?? 0) + 1)
    if (seconds.size > MINUTE_SECONDS) seconds.delete(seconds.keys().next().value!)
  }

  /** *Shape*: gateways that gave none are left out. */
  lastMinute(now: number): ReadonlyMap<number, number> {
    const since = Math.floor(now / SECOND) - MINUTE_SECONDS
    for (const [gatewayId, seconds] of this.counts) {
      for (const second of seconds.keys()) if (second <= since) seconds.delete(second)
      if (seconds.size === 0) this.counts.delete(gatewayId)
    }
    return new Map([...this.counts].map(([gatewayId, seconds]) => [gatewayId, sumOf([...seconds.values()])]))
  }
}

const sumOf = (counts: ReadonlyArray<number>): number => counts.reduce((sum, count) => sum + count, 0)
