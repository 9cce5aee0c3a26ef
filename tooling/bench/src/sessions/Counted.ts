/**
 * What a way of cutting sessions found; all ways must find the same.
 *
 * *Shape*: `sessions` by the pause alone, `events` without repeats. *Units*: `duration` of all sessions, milliseconds.
 */
export interface Counted {
  readonly sessions: number
  readonly events: number
  readonly duration: number
}

export const isSame = (a: Counted, b: Counted): boolean =>
  a.sessions === b.sessions && a.events === b.events && a.duration === b.duration
