import { Activity, Cart, Ids } from "@spoor/domain"
import { Schema } from "effect"

/**
 * What a `track` call of one name means.
 *
 * *Shape*: `cart` says how `products` or the product itself is to be read: the `whole` cart, or a difference. Without it
 * products say nothing of the cart. `logout`: the customer has logged out.
 */
export const EventRule = Schema.Struct({
  type: Activity.ActivityType,
  cart: Schema.optionalKey(Schema.Literals(["whole", "add", "remove"])),
  logout: Schema.optionalKey(Schema.Literal(true))
})
export interface EventRule extends Schema.Schema.Type<typeof EventRule> {}

const words = Schema.Array(Ids.text(256).check(Schema.isMinLength(1))).check(Schema.isMaxLength(100))

/**
 * How a `page` call of one type is recognised: by its name or category, or by the path of its address; either is enough.
 *
 * *Shape*: names whatever their case. In a path `*` stands for one step, `**` at its end for all that follow, if any; a
 * slash at the end does not matter.
 */
export const PageRule = Schema.Struct({
  type: Schema.Literals([
    "VisitOnWebsite",
    "VisitOnProductPage",
    "VisitOnCartListPage",
    "VisitOnLoginPage",
    "VisitOnSalePage"
  ]),
  names: Schema.optionalKey(words),
  paths: Schema.optionalKey(words)
})
export interface PageRule extends Schema.Schema.Type<typeof PageRule> {}

/**
 * What the calls of Segment's specification mean on a site. A site's own map (column `site.event_map`) comes before the
 * `standard` one: an event with null is not known, page rules are asked in their order, the site's first.
 *
 * *Units*: `currency` is that of amounts that name none.
 */
export const EventMap = Schema.Struct({
  currency: Schema.optionalKey(Cart.Currency),
  events: Schema.optionalKey(Schema.Record(Schema.String, Schema.NullOr(EventRule))),
  pages: Schema.optionalKey(Schema.Array(PageRule).check(Schema.isMaxLength(100)))
})
export interface EventMap extends Schema.Schema.Type<typeof EventMap> {}

/**
 * The names that every shop knows.
 *
 * *Source*: Segment's specification, e-commerce v2 and B2B SaaS (sign-in), and its rule that amounts without a currency are US
 * dollars; the last paths are those of WooCommerce, Shopify and Magento. As of 2026-11.
 */
export const standard: EventMap = Schema.decodeSync(EventMap)({
  currency: "USD",
  events: {
    "Products Searched": { type: "VisitOnWebsite" },
    "Product List Viewed": { type: "VisitOnWebsite" },
    "Product List Filtered": { type: "VisitOnWebsite" },
    "Product Viewed": { type: "VisitOnProductPage" },
    "Product Added": { type: "ModifyCart", cart: "add" },
    "Product Removed": { type: "ModifyCart", cart: "remove" },
    "Wishlist Product Added to Cart": { type: "ModifyCart", cart: "add" },
    "Cart Viewed": { type: "VisitOnCartListPage", cart: "whole" },
    "Checkout Started": { type: "VisitOnWebsite", cart: "whole" },
    "Order Completed": { type: "VisitOnSalePage", cart: "whole" },
    "Signed In": { type: "VisitOnLoginPage" },
    "Signed Up": { type: "VisitOnLoginPage" },
    "Signed Out": { type: "VisitOnWebsite", logout: true }
  },
  pages: [
    {
      type: "VisitOnSalePage",
      names: ["Order Completed", "Order Confirmation", "Order Confirmed"],
      paths: [
        "/order-confirmation/**",
        "/checkout/order-received/**",
        "/checkouts/*/*/thank_you",
        "/checkouts/*/thank_you",
        "/checkout/onepage/success"
      ]
    },
    { type: "VisitOnCartListPage", names: ["Cart", "Shopping Cart", "Basket"], paths: ["/cart", "/basket"] },
    {
      type: "VisitOnLoginPage",
      names: ["Login", "Log In", "Sign In"],
      paths: ["/login", "/signin", "/sign-in", "/account/login", "/customer/account/login"]
    }
  ]
})
