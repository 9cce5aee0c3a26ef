import type { Cart, CartItem } from "./Wire.ts"

/**
 * GA4 tells differences, the wire wants the whole cart: these make the next snapshot from the last known one.
 *
 * A difference in another currency starts a new cart, because amounts of two currencies are never added up.
 */
export const add = (known: Cart | undefined, added: Cart): Cart => merge(known, added, 1)

/** Taking more than there is leaves nothing of that product; taking what is not there changes nothing. */
export const remove = (known: Cart | undefined, removed: Cart): Cart => merge(known, removed, -1)

/** Same products in the same quantities: what a second snapshot of an unchanged cart is. */
export const isSame = (a: Cart | undefined, b: Cart | undefined): boolean => fingerprint(a) === fingerprint(b)

const merge = (known: Cart | undefined, difference: Cart, sign: 1 | -1): Cart => {
  const { currency } = difference
  const lines = new Map<string, CartItem>()
  if (known?.currency === currency) for (const item of known.items) lines.set(item.id, item)
  for (const item of difference.items) {
    const line = lines.get(item.id)
    const quantity = (line?.quantity ?? 0) + sign * item.quantity
    if (quantity > 0) lines.set(item.id, sign > 0 ? { ...line, ...item, quantity } : { ...(line ?? item), quantity })
    else lines.delete(item.id)
  }
  return { currency, items: [...lines.values()] }
}

const fingerprint = (cart: Cart | undefined): string => {
  const lines = cart?.items.filter((item) => item.quantity > 0).map((item) => `${item.id}\n${item.quantity}`) ?? []
  return lines.sort().join("\n\n")
}
