// The types that a shop's developers and the other packages read; nothing of the snippet runs from here.
export type { Configuration } from "./Configuration.ts"
export type { Source } from "./Document.ts"
export type { PageRule } from "./PageRule.ts"
export type { PageCart, PageItem, PageSubject, Spoor } from "./Spoor.ts"
export type { ActivityType, Cart, CartItem, Order, PageType, Product, TrackedEvent } from "./Wire.ts"
