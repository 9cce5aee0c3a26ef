/** All instants from `from` on and before `to`; null leaves that side open. *Units*: UTC milliseconds. */
export interface Interval {
  readonly from: number | null
  readonly to: number | null
}

/** What is not limited in time. */
export const always: Interval = { from: null, to: null }

export const includes = ({ from, to }: Interval, instant: number): boolean =>
  (from === null || instant >= from) && (to === null || instant < to)
