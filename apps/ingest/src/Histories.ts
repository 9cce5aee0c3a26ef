import { type Activity, type Ids, type Session, Timeline } from "@spoor/domain"
import type { Locked, Place } from "@spoor/postgres"
import { getHeapStatistics } from "node:v8"

/** A session as its row has it. *Units*: `dueAt` in UTC milliseconds. */
export interface KeptSession {
  readonly no: number
  readonly session: Session.Session
  readonly dueAt: number | null
}

/**
 * What is stored of a visitor, as the rules read it.
 *
 * *Shape*: `events` are all events as they were stored where something gave e-mails to those of the timeline, or took them back; null
 * where the timeline's own are. `isSlow` if one of them may have come too late (sessions.md 6.2).
 */
export interface History {
  readonly timeline: Timeline.Timeline
  readonly events: ReadonlyArray<Activity.Activity> | null
  readonly isSlow: boolean
  readonly sessions: ReadonlyMap<Ids.SessionId, KeptSession>
}

/** Of a visitor of whom nothing is stored. */
export const nothing: History = { timeline: Timeline.empty, events: null, isSlow: false, sessions: new Map() }

/** A tenth of the memory that this process may use, as an event takes about a kilobyte, and so does a session whose events are forgotten. */
const most = Math.max(100_000, getHeapStatistics().heap_size_limit / 10 / 1_024)

/** For how long a visitor's events are remembered, by the time at which they happened: trackers are seldom later. */
const recent = 3 * 3_600_000

/**
 * What a worker remembers of the visitors that it met last, so that their histories are not read again for each batch.
 *
 * A memory is valid only if the visitor's row says, under its lock, that the transaction which left it was the last one to
 * hold the visitor: any number of workers may run, each forgetting what the others changed. A transaction that was
 * rolled back leaves memories that never become valid. It has to be rolled back whole: a savepoint has no version of its own.
 * Other rules than those that a memory was made by make it invalid, too.
 */
export class Histories {
  private readonly remembered = new Map<string, Memory>()
  private readonly sizeMax: number
  private size = 0

  /** *Units*: events, and sessions whose events are forgotten. */
  constructor(sizeMax = most) {
    this.sizeMax = sizeMax
  }

  /** Undefined: read it. *Shape*: `rules` as text. */
  recall(place: Place, { id, versionBefore }: Locked, rules: string): History | undefined {
    if (versionBefore === "0") return nothing
    const found = this.remembered.get(keyOf(place, id))
    return found?.version === versionBefore && found.rules === rules ? found.history : undefined
  }

  /** Keeps what this transaction leaves, and forgets those who were not met for the longest time. */
  keep(place: Place, { id, version }: Locked, rules: string, history: History): void {
    const key = keyOf(place, id)
    this.forget(key)
    const kept = shortened(history)
    const size = sizeOf(kept)
    this.remembered.set(key, { version, rules, history: kept, size })
    this.size += size
    for (const oldest of this.remembered.keys()) {
      if (this.size <= this.sizeMax) return
      this.forget(oldest)
    }
  }

  private forget(key: string): void {
    this.size -= this.remembered.get(key)?.size ?? 0
    this.remembered.delete(key)
  }
}

interface Memory {
  readonly version: string
  readonly rules: string
  readonly history: History
  readonly size: number
}

/** Without the events of sessions that nothing is to be expected for, unless they are asked for as a whole again and again. */
const shortened = (history: History): History => {
  const { events, isSlow, timeline } = history
  if (events !== null || isSlow || timeline.open === null) return history
  const shorter = Timeline.forget(timeline, timeline.open.session.endedAt - recent)
  return shorter === timeline ? history : { ...history, timeline: shorter }
}

const sizeOf = ({ timeline }: History): number => {
  let size = timeline.forgotten
  for (let index = timeline.forgotten; index < timeline.count; index++) {
    const { from, to } = timeline.closed[index]!
    size += to - from
  }
  return size + (timeline.open === null ? 0 : timeline.open.to - timeline.open.from)
}

const keyOf = ({ siteId, unitId }: Place, visitorId: Ids.VisitorId): string => `${unitId} ${siteId} ${visitorId}`
