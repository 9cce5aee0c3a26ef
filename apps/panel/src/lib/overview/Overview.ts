/** A count over time. *Shape*: `total` is null where there is too much to be counted in time; `range` is a bar's stretch of time as an address holds it. */
export interface Chart {
  readonly total: number | null
  readonly bars: ReadonlyArray<{ readonly at: number; readonly range: string; readonly count: number }>
}

/** Something that writes, and whether it has fallen silent. *Units*: milliseconds. */
export interface SourceView {
  readonly kind: "site" | "key" | "gateway"
  readonly id: string
  readonly name: string | null
  readonly lastAt: number | null
  readonly usualGap: number | null
  readonly isSilent: boolean
}

type Name = "events" | "sessions" | "purchases" | "carts" | "browses" | "recovered" | "requests" | "errors" | "sms"

/**
 * What the start page shows. *Shape*: `failing` and `surging` are of the last hour, null where nothing is unusual; `isFirst` says that the week
 * before had nothing to compare with.
 */
export interface OverviewView {
  readonly now: number
  readonly range: string
  readonly presets: ReadonlyArray<{ readonly value: string; readonly label: string }>
  readonly charts: Readonly<Record<Name, Chart>> & { readonly clientErrors: number; readonly serverErrors: number }
  readonly sms: ReadonlyArray<{ readonly category: string; readonly name: string; readonly count: number }>
  readonly sources: ReadonlyArray<SourceView>
  readonly failing: { readonly total: number; readonly failed: number; readonly isFirst: boolean } | null
  readonly surging: { readonly failed: number; readonly isFirst: boolean } | null
  /** Gateways of text messages with which something is wrong, and where to read of it. */
  readonly gateways: ReadonlyArray<{
    readonly name: string
    readonly trouble: "away" | "unusable" | "unbound" | "silent" | "unread"
    readonly href: string
  }>
  /** The queue between doors and logs, while it fills up. *Units*: `used` in per cent. */
  readonly queue: { readonly level: "alarm" | "full"; readonly used: number; readonly href: string | null } | null
}
