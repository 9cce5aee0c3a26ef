import { Schema } from "effect"
import { type Cart, CartItem, Currency } from "./Cart.ts"

/** The most products of a snapshot that differences lead to; a further one changes nothing. A cart's own limit. */
const itemsMax = 500

/** The most pieces of one product, as in a cart's line. */
const quantityMax = 1e5

/**
 * A difference: one product put into the cart or taken out. It stands for the full snapshot that it leads to, which is
 * derived when the session is read, so that the order of arrival does not matter (ADR 0021).
 *
 * *Units*: `unitPrice` in minor units of `currency`. A quantity of 0 or less changes nothing.
 */
export const CartChange = Schema.Struct({
  op: Schema.Literals(["add", "remove"]),
  currency: Currency,
  item: CartItem
})
export interface CartChange extends Schema.Schema.Type<typeof CartChange> {}

/**
 * The snapshot that a difference leads to from the current cart, null where there is none.
 *
 * What is added takes the newest name and price. Taking out more than there is leaves nothing of that product; taking out
 * what is not there leaves the cart as it was. A product added in another currency begins a new cart, because amounts of
 * two currencies are never added up. The shop's own total does not survive a change: it was that of another cart.
 */
export const apply = (current: Cart | null, { op, currency, item }: CartChange): Cart => {
  const cart = current ?? { currency, items: [] }
  if (!(item.quantity > 0)) return cart
  if (op === "remove") return cart.currency === currency ? withoutValue(cart, taken(cart.items, item)) : cart
  return cart.currency === currency ? withoutValue(cart, put(cart.items, item)) : { currency, items: [item] }
}

const withoutValue = ({ currency }: Cart, items: ReadonlyArray<CartItem>): Cart => ({ currency, items })

const put = (items: ReadonlyArray<CartItem>, added: CartItem): ReadonlyArray<CartItem> => {
  const index = items.findIndex(({ id }) => id === added.id)
  const line = items[index]
  if (line === undefined) return items.length < itemsMax ? [...items, added] : items
  const quantity = Math.min(Math.max(line.quantity, 0) + added.quantity, quantityMax)
  return items.with(index, { ...line, ...added, quantity })
}

/** A product may stand in several lines: the pieces go from the last of them first. */
const taken = (items: ReadonlyArray<CartItem>, { id, quantity }: CartItem): ReadonlyArray<CartItem> => {
  let left = quantity
  return items
    .toReversed()
    .flatMap((line) => {
      if (line.id !== id || line.quantity <= 0) return [line]
      const gone = Math.min(left, line.quantity)
      left -= gone
      return gone === line.quantity ? [] : [{ ...line, quantity: line.quantity - gone }]
    })
    .toReversed()
}
