import type { Amount } from "#lib/session/Story.ts"
import type { OutcomeType } from "#lib/text/Types.ts"

/** What may be decided about sessions and outcomes (sessions.md 3.1, 5 and 6.1). */
export type RuleName = "inactivity" | "grace" | "repeatWindow" | "recoveryWindow" | "allowedLateness"

export interface OutcomeView {
  readonly key: string
  readonly type: OutcomeType
  readonly at: number
  readonly visitorId: string | null
  readonly email: string | null
  readonly worth: Amount | null
}

/** Outcomes of one kind of fate. *Shape*: `shown` are the newest of them. */
export interface Side {
  readonly count: number
  readonly totals: ReadonlyArray<{
    readonly type: OutcomeType
    readonly count: number
    readonly worth: ReadonlyArray<Amount>
  }>
  readonly shown: ReadonlyArray<OutcomeView>
}

/** *Units*: rules in the form's own units, `changes` in milliseconds. *Shape*: `compared` null until something is asked. */
export interface WhatIfView {
  readonly siteId: string
  readonly days: number
  readonly ranges: ReadonlyArray<number>
  readonly fields: ReadonlyArray<{ readonly name: RuleName; readonly value: string; readonly present: number }>
  readonly problem: RuleName | null
  readonly version: number
  readonly isChanged: boolean
  readonly compared: {
    readonly since: number
    readonly isCut: boolean
    readonly events: number
    readonly added: Side
    readonly removed: Side
    readonly unchanged: Side
  } | null
  readonly versions: ReadonlyArray<{
    readonly version: number
    readonly appliesFrom: number | null
    readonly changedAt: number
    readonly changedBy: string | null
    readonly changes: ReadonlyArray<{ readonly name: RuleName; readonly from: number | null; readonly to: number }>
  }>
}
