/** What a customer did on the shop's pages: the six types of the wire. */
export type ActivityType = PageType | "ModifyCart"

/** The types that a page view can have. */
export type PageType =
  | "VisitOnWebsite"
  | "VisitOnProductPage"
  | "VisitOnCartListPage"
  | "VisitOnLoginPage"
  | "VisitOnSalePage"

export const pageTypes: ReadonlyArray<PageType> = [
  "VisitOnWebsite",
  "VisitOnProductPage",
  "VisitOnCartListPage",
  "VisitOnLoginPage",
  "VisitOnSalePage"
]

/** *Units*: `price` in minor units of `currency`. */
export interface Product {
  readonly id: string
  readonly name?: string | undefined
  readonly price?: number | undefined
  readonly currency?: string | undefined
}

/** *Units*: `unitPrice` in minor units of the cart's currency. */
export interface CartItem {
  readonly id: string
  readonly name?: string | undefined
  readonly quantity: number
  readonly unitPrice: number
}

/** A full snapshot, never a difference (sessions.md 4.1). *Units*: `value` in minor units. */
export interface Cart {
  readonly currency: string
  readonly items: ReadonlyArray<CartItem>
  readonly value?: number | undefined
}

/** *Units*: `value` in minor units of `currency`. */
export interface Order {
  readonly id?: string | undefined
  readonly value?: number | undefined
  readonly currency?: string | undefined
}

/** What an event may say beyond its type. */
export interface Subject {
  readonly product?: Product | undefined
  readonly cart?: Cart | undefined
  readonly order?: Order | undefined
}

/** One event as it stands in a batch. *Units*: `at` in epoch milliseconds of the browser's own clock. */
export interface TrackedEvent extends Subject {
  readonly id: string
  readonly visitorId: string
  readonly type: ActivityType
  readonly at: number
  readonly sequence: number
  readonly email?: string | undefined
  readonly logout?: true | undefined
  readonly url: string
  readonly title?: string | undefined
  readonly referrer?: string | undefined
  readonly device: "desktop" | "mobile" | "tablet"
}
