import { readCart, readOrder, readProduct } from "./Goods.ts"
import { clip, type Fields, isFields, readEmail } from "./Text.ts"
import type { Cart, Subject } from "./Wire.ts"

/** What one push to the data layer means for the tracker. */
export type Signal =
  | { readonly kind: "view"; readonly name: string; readonly subject: Subject; readonly email: string | undefined }
  | { readonly kind: "add" | "remove" | "whole"; readonly cart: Cart }
  | { readonly kind: "logout" }

/**
 * Reads a push with GA4's e-commerce names, in either of its spellings: `{event, ecommerce}` as tag managers have it, and
 * the `arguments` of `gtag("event", name, fields)`. Anything else is undefined: other tools share the data layer.
 *
 * *Source*: Google's "Measure e-commerce" and "Recommended events" pages, as of 2026-11.
 */
export const read = (push: unknown, currency: string | undefined): Signal | undefined => {
  if (!isFields(push)) return undefined
  const isGtag = push["0"] === "event"
  const fields = isGtag ? push["2"] : push
  const name = clip(isGtag ? push["1"] : push["event"], 100)
  if (name === undefined) return undefined
  const all = isFields(fields) ? fields : {}
  const goods = isFields(all["ecommerce"]) ? all["ecommerce"] : all
  return interpret(name, all, goods, currency)
}

const interpret = (name: string, all: Fields, goods: Fields, currency: string | undefined): Signal | undefined => {
  const cart = () => readCart(goods, currency)
  // The value of a difference is that of the goods that moved, not that of the cart.
  const difference = () => readCart({ ...goods, value: undefined }, currency)
  const view = (subject: Subject): Signal => ({
    kind: "view",
    name,
    subject,
    email: personal.has(name) ? emailOf(all) : undefined
  })
  switch (name) {
    case "view_item":
      return view({ product: productOf(goods, currency) })
    case "view_cart":
      return view({ cart: cart() })
    case "purchase":
      return view({ cart: cart(), order: readOrder(goods, currency) })
    case "add_to_cart":
      return change("add", difference())
    case "remove_from_cart":
      return change("remove", difference())
    case "begin_checkout":
      return change("whole", cart())
    case "logout":
      return { kind: "logout" }
    default:
      return view({})
  }
}

const change = (kind: "add" | "remove" | "whole", cart: Cart | undefined): Signal | undefined =>
  cart === undefined ? undefined : { kind, cart }

const productOf = (goods: Fields, currency: string | undefined) => {
  const first: unknown = Array.isArray(goods["items"]) ? goods["items"][0] : goods
  return isFields(first)
    ? readProduct({ ...first, currency: first["currency"] ?? goods["currency"] }, currency)
    : undefined
}

/** Where customers say who they are: an address in another event may be anybody's. */
const personal: ReadonlySet<string> = new Set(["login", "sign_up", "purchase"])

const emailOf = (all: Fields): string | undefined => {
  const user = isFields(all["user_data"]) ? all["user_data"] : {}
  return readEmail(all["email"]) ?? readEmail(user["email"]) ?? readEmail(user["email_address"])
}
