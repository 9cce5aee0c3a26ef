import type { ActivityType } from "./Wire.ts"

/** *Units*: `price` in major units, as the page shows it; `unitPrice` in minor units, if a shop has those at hand. */
export interface PageItem {
  readonly id: string
  readonly name?: string
  readonly quantity?: number
  readonly price?: number | string
  readonly unitPrice?: number
}

/** *Units*: `value` in major units. Default of `currency`: the configured one. */
export interface PageCart {
  readonly currency?: string
  readonly items: ReadonlyArray<PageItem>
  readonly value?: number | string
}

/** What a page may say with `spoor.track`; amounts in major units. */
export interface PageSubject {
  readonly product?: {
    readonly id: string
    readonly name?: string
    readonly price?: number | string
    readonly currency?: string
  }
  readonly cart?: PageCart
  readonly order?: { readonly id?: string; readonly value?: number | string; readonly currency?: string }
}

/** `window.spoor`. No method throws; what cannot be understood is named in the console. */
export interface Spoor {
  /** The customer of this visit. Sent at once, with the page view if that has not gone out yet. */
  readonly identify: (email: string) => void
  /** The customer has logged out: the next event begins a new session (sessions.md 3.2). Call it once per logout. */
  readonly logout: () => void
  /** An event of one of the six types, for pages that no rule can recognise. */
  readonly track: (type: ActivityType, data?: PageSubject) => void
  /** The whole cart as it is now; sends ModifyCart if it changed. */
  readonly cart: (cart: PageCart) => void
  /** Consent given or refused; a refusal erases what is stored. */
  readonly consent: (isGiven: boolean) => void
  /** A call as data, `["identify", "…"]`: what a page uses before the script is there. */
  readonly push: (command: ReadonlyArray<unknown>) => void
}
