import { Cart, CartChange } from "@spoor/domain"
import type { Story, StoryEvent } from "@spoor/postgres"
import type { Amount, CartView, Step, StoryView } from "#lib/session/Story.ts"

/** A session as a drawer shows it: the cart as it changed from step to step (sessions.md 4.1 and 4.5). */
export const viewOf = ({ session, events, outcomes }: Story): StoryView => {
  const standing = outcomes.filter(({ isSuperseded }) => !isSuperseded)
  const purchases = new Set(
    standing.filter(({ type }) => type === "FinalizedTransaction").flatMap(({ evidence }) => evidence)
  )
  let current: Cart.Cart | null = null
  let cart: Step["cart"] = null
  const steps = events.map((event) => {
    const isPurchase = purchases.has(event.eventId)
    const before = cart
    current = isPurchase ? null : cartAfter(event, current)
    cart = current === null ? null : worthAndPieces(current)
    return {
      id: event.id,
      type: event.type,
      at: event.occurredAt,
      product: event.product?.name ?? event.product?.id ?? null,
      url: event.url,
      cart,
      isCartChanged: cart?.worth.value !== before?.worth.value || cart?.pieces !== before?.pieces,
      bought: isPurchase ? { orderId: event.orderId, worth: worthOf(event) } : null,
      evidenceOf: standing.filter(({ evidence }) => evidence.includes(event.eventId)).map(({ id }) => id)
    }
  })
  const { cart: left, cartValue: _value, cartCurrency: _currency, endedBy: _endedBy, ...rest } = session
  return {
    session: { ...rest, cart: left === null || Cart.isEmpty(left) ? null : cartView(left) },
    steps,
    outcomes: standing.map(({ id, type, occurredAt }) => ({ id, type, at: occurredAt }))
  }
}

/** A cart with the sum of every line; lines without a quantity are no items (sessions.md 4.1). */
export const cartView = (cart: Cart.Cart): CartView => ({
  worth: { value: Cart.value(cart), currency: cart.currency },
  pieces: Cart.pieces(cart),
  lines: Cart.itemsOf(cart).map(({ id, name, quantity, unitPrice }) => ({
    id,
    name: name ?? null,
    quantity,
    price: { value: unitPrice, currency: cart.currency },
    sum: { value: Math.round(unitPrice * quantity), currency: cart.currency }
  }))
})

/** An amount, if both its halves are known. */
export const amountOf = (value: number | null, currency: string | null): Amount | null =>
  value === null || currency === null ? null : { value, currency }

/** A sale page's snapshot is what was bought and never becomes the cart; a difference counts as what it leads to. */
const cartAfter = (event: StoryEvent, before: Cart.Cart | null): Cart.Cart | null => {
  if (event.type === "VisitOnSalePage") return before
  const change = event.cartChange
  const cart = event.cart ?? (change === null ? before : CartChange.apply(before, change))
  return cart === null || Cart.isEmpty(cart) ? null : cart
}

const worthAndPieces = (cart: Cart.Cart): Step["cart"] => ({
  worth: { value: Cart.value(cart), currency: cart.currency },
  pieces: Cart.pieces(cart)
})

const worthOf = (event: StoryEvent): Amount | null =>
  amountOf(event.orderValue, event.orderCurrency) ??
  (event.cart === null ? null : { value: Cart.value(event.cart), currency: event.cart.currency })
