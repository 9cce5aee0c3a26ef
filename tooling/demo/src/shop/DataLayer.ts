import { nameOf, type Product } from "../Catalogue.ts"
import { type Basket, deliveryOf, type Line, valueOf } from "./Basket.ts"
import { toMajor } from "./Price.ts"

/** One push to the data layer, with GA4's e-commerce names. *Units*: amounts in major units, as GA4 wants them. */
export type Push = Readonly<Record<string, unknown>>

export const viewItem = (product: Product): Push => goods("view_item", [{ product, quantity: 1 }])

export const viewCart = (basket: Basket): Push => goods("view_cart", basket)

export const beginCheckout = (basket: Basket): Push => goods("begin_checkout", basket)

/** The difference between two quantities of a product, if there is one. */
export const change = (product: Product, before: number, after: number): ReadonlyArray<Push> => {
  const quantity = Math.abs(after - before)
  if (quantity === 0) return []
  return [goods(after > before ? "add_to_cart" : "remove_from_cart", [{ product, quantity }])]
}

export const purchase = (orderNumber: string, basket: Basket): Push => {
  const { event, ecommerce } = goods("purchase", basket)
  const shipping = toMajor(deliveryOf(basket))
  return { event, ecommerce: { transaction_id: orderNumber, ...ecommerce, shipping } }
}

export const logout: Push = { event: "logout" }

const goods = (event: string, basket: Basket) => ({
  event,
  ecommerce: { currency: "PLN", value: toMajor(valueOf(basket)), items: basket.map(item) }
})

const item = ({ product, quantity }: Line) => ({
  item_id: product.id,
  item_name: product.name,
  item_category: nameOf(product.category),
  price: toMajor(product.price),
  quantity
})
