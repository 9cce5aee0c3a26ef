import { currency, type Product } from "../Catalogue.ts"
import type { Basket, Line } from "./Basket.ts"
import { lines, value } from "./Basket.ts"

/**
 * What this shop's pages push to the data layer: GA4's e-commerce names, as thousands of shops do for other tools.
 *
 * *Units*: prices in złoty, as GA4 wants them.
 * *Source*: Google's "Measure e-commerce" page, as of 2026-11.
 */
export type Push = Readonly<Record<string, unknown>>

export const viewItem = (product: Product): Push => ecommerce("view_item", [{ product, quantity: 1 }])
export const addToCart = (product: Product): Push => ecommerce("add_to_cart", [{ product, quantity: 1 }])
export const removeFromCart = (line: Line): Push => ecommerce("remove_from_cart", [line])
export const viewCart = (basket: Basket): Push => ecommerce("view_cart", lines(basket))
export const beginCheckout = (basket: Basket): Push => ecommerce("begin_checkout", lines(basket))
export const logout: Push = { event: "logout" }

export const purchase = (orderId: string, basket: Basket): Push => {
  const push = ecommerce("purchase", lines(basket))
  return { ...push, ecommerce: { ...push.ecommerce, transaction_id: orderId, value: value(basket) / 100 } }
}

const ecommerce = (event: string, items: ReadonlyArray<Line>) => ({
  event,
  ecommerce: {
    currency,
    value: items.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0) / 100,
    items: items.map(({ product, quantity }) => ({
      item_id: product.id,
      item_name: product.name,
      item_category: product.category,
      price: product.price / 100,
      quantity
    }))
  }
})
