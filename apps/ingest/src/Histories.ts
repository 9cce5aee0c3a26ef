import type { Ids } from "@spoor/domain"
import type { Locked, Place, StoredActivity } from "@spoor/postgres"

/** What is stored of a visitor. *Shape*: `sessions` holds the text of each session's row as it was written. */
export interface History {
  readonly stored: ReadonlyArray<StoredActivity>
  readonly sessions: ReadonlyMap<number, string>
}

/** An event takes about a kilobyte. */
const eventsMax = 100_000

/**
 * What a worker remembers of the visitors that it met last, so that their histories are not read again for each batch.
 *
 * A memory is valid only if the visitor's row says, under its lock, that the transaction which left it was the last one to
 * hold the visitor: any number of workers may run, each forgetting what the others changed. A transaction that was
 * rolled back leaves memories that never become valid. It has to be rolled back whole: a savepoint has no version of its own.
 */
export class Histories {
  private readonly remembered = new Map<string, { readonly version: string; readonly history: History }>()
  private events = 0

  /** Undefined: read it. */
  recall(place: Place, { id, versionBefore }: Locked): History | undefined {
    if (versionBefore === "0") return nothing
    const found = this.remembered.get(keyOf(place, id))
    return found?.version === versionBefore ? found.history : undefined
  }

  /** Keeps what this transaction leaves, and forgets those who were not met for the longest time. */
  keep(place: Place, { id, version }: Locked, history: History): void {
    const key = keyOf(place, id)
    this.forget(key)
    this.remembered.set(key, { version, history })
    this.events += history.stored.length
    for (const oldest of this.remembered.keys()) {
      if (this.events <= eventsMax) return
      this.forget(oldest)
    }
  }

  private forget(key: string): void {
    this.events -= this.remembered.get(key)?.history.stored.length ?? 0
    this.remembered.delete(key)
  }
}

const nothing: History = { stored: [], sessions: new Map() }

const keyOf = ({ siteId, unitId }: Place, visitorId: Ids.VisitorId): string => `${unitId} ${siteId} ${visitorId}`
