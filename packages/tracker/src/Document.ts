import { readCart, readOrder, readProduct } from "./Goods.ts"
import { isFields, parse } from "./Text.ts"
import type { Subject } from "./Wire.ts"

/** Where the goods of a page are read, in order of trust; what an earlier one says is not overruled. */
export type Source = "dataLayer" | "attributes" | "jsonld"
export const standardSources: ReadonlyArray<Source> = ["dataLayer", "attributes", "jsonld"]

/** `data-spoor-product`, `data-spoor-cart` and `data-spoor-order` hold JSON, on any element. */
export const readAttributes = (root: ParentNode, currency: string | undefined): Subject => {
  const json = (name: string): unknown => parse(root.querySelector(`[${name}]`)?.getAttribute(name))
  return {
    product: readProduct(json("data-spoor-product"), currency),
    cart: readCart(json("data-spoor-cart"), currency),
    order: readOrder(json("data-spoor-order"), currency)
  }
}

/** schema.org's Product (with its first offer) and Order, from `<script type="application/ld+json">`. */
export const readJsonLd = (root: ParentNode, currency: string | undefined): Subject => {
  const things = [...root.querySelectorAll('script[type="application/ld+json"]')].flatMap((script) =>
    thingsOf(parse(script.textContent))
  )
  const find = (type: string) => things.filter(isFields).find((thing) => thing["@type"] === type)
  const product = find("Product")
  const offer = listOf(product?.["offers"]).find(isFields)
  const order = find("Order")
  return {
    product: readProduct({ ...product, price: offer?.["price"], currency: offer?.["priceCurrency"] }, currency),
    order: order && readOrder({ ...order, currency: order["priceCurrency"] }, currency)
  }
}

const thingsOf = (json: unknown): ReadonlyArray<unknown> =>
  listOf(json).flatMap((thing) => (isFields(thing) && "@graph" in thing ? listOf(thing["@graph"]) : [thing]))

const listOf = (value: unknown): ReadonlyArray<unknown> => (Array.isArray(value) ? value : [value])
