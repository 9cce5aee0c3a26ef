import { isFields, parse } from "./Text.ts"
import * as Snapshot from "./Snapshot.ts"
import type { Store } from "./Store.ts"
import type { Cart } from "./Wire.ts"

const key = "spoor_cart"

/** The last full cart that the shop's pages told of, for all tabs: what differences are counted from. */
export const makeKnownCart = (store: Store) => ({
  get: (): Cart | undefined => {
    const cart = parse(store.get(key))
    return isCart(cart) ? cart : undefined
  },
  set: (cart: Cart): void => store.set(key, JSON.stringify(cart)),
  empty: (): void => store.remove(key),
  isNews: (cart: Cart): boolean => {
    const known = parse(store.get(key))
    return !Snapshot.isSame(isCart(known) ? known : undefined, cart)
  }
})

export type KnownCart = ReturnType<typeof makeKnownCart>

// Only this file writes the key, so a glance at the outline is enough.
const isCart = (value: unknown): value is Cart => isFields(value) && Array.isArray(value["items"])
