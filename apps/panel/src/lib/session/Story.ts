import type { ActivityType, OutcomeType } from "#lib/text/Types.ts"

/** An amount. *Units*: minor units of an ISO 4217 currency. */
export interface Amount {
  readonly value: number
  readonly currency: string
}

export interface CartView {
  readonly worth: Amount
  readonly pieces: number
  readonly lines: ReadonlyArray<{
    readonly id: string
    readonly name: string | null
    readonly quantity: number
    readonly price: Amount
    readonly sum: Amount
  }>
}

/** One step of a session. `cart` is what was in the cart after it, null when it was empty. */
export interface Step {
  readonly id: number
  readonly type: ActivityType
  readonly at: number
  readonly product: string | null
  readonly url: string | null
  readonly cart: { readonly worth: Amount; readonly pieces: number } | null
  readonly isCartChanged: boolean
  readonly bought: { readonly orderId: string | null; readonly worth: Amount | null } | null
  readonly evidenceOf: ReadonlyArray<number>
}

interface OutcomeView {
  readonly id: number
  readonly type: OutcomeType
  readonly at: number
}

/** One session, for a drawer. *Units*: instants in UTC milliseconds. */
export interface StoryView {
  readonly session: {
    readonly id: string
    readonly siteId: string
    readonly visitorId: string
    readonly email: string | null
    readonly startedAt: number
    readonly endedAt: number
    readonly closedAt: number
    readonly endReason: "inactivity" | "identity" | "capped" | null
    readonly isActive: boolean
    readonly eventCount: number
    readonly productViews: number
    readonly productsViewed: number
    readonly cart: CartView | null
    readonly landingUrl: string | null
    readonly referrer: string | null
    readonly device: string | null
  }
  readonly steps: ReadonlyArray<Step>
  readonly outcomes: ReadonlyArray<OutcomeView>
}
