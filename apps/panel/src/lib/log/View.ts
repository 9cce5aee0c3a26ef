/** A kept question as a log's menu shows it. *Shape*: `owner` is an e-mail, null for one's own. */
export interface ViewItem {
  readonly id: number
  readonly name: string
  readonly query: string
  readonly isShared: boolean
  readonly owner: string | null
  readonly isRemovable: boolean
}

/**
 * The views of a log. *Shape*: `open` is the one that the address names, `isChanged` says that it asks something else by now;
 * `problem` is what came of saving, as the address says it.
 */
export interface ViewsView {
  readonly items: ReadonlyArray<ViewItem>
  readonly open: ViewItem | null
  readonly isChanged: boolean
  readonly problem: Problem | null
}

export const problems = ["taken", "full", "missing", "unnamed"] as const
export type Problem = (typeof problems)[number]

export const nameLengthMax = 80
