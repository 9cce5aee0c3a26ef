import { type Activity, Cart, type CartChange, Ids, Money, type Rejection } from "@spoor/domain"
import { Result, Schema } from "effect"
import { decoder } from "../Item.ts"
import { identifier, shown } from "./Message.ts"

type Read<A> = Result.Result<A, Rejection.Rejection>
type Properties = Readonly<Record<string, unknown>>

/** *Units*: major units, as a number or as text. */
const Amount = Schema.Union([Schema.Finite, Schema.String.check(Schema.isMaxLength(40))])
type Amount = typeof Amount.Type

const currency = { currency: Schema.optionalKey(Schema.String) }

/** A product as the e-commerce specification has it. */
const Product = Schema.Struct({
  ...currency,
  product_id: Schema.optionalKey(identifier(128)),
  sku: Schema.optionalKey(identifier(128)),
  name: Schema.optionalKey(shown(512)),
  price: Schema.optionalKey(Amount),
  quantity: Schema.optionalKey(Amount)
})
interface Product extends Schema.Schema.Type<typeof Product> {}

const Products = Schema.Struct({
  ...currency,
  products: Schema.optionalKey(Schema.Array(Product).check(Schema.isMaxLength(500, { rejection: "too-large" })))
})

const Order = Schema.Struct({
  ...currency,
  order_id: Schema.optionalKey(identifier(128)),
  total: Schema.optionalKey(Amount),
  revenue: Schema.optionalKey(Amount),
  value: Schema.optionalKey(Amount)
})

/** Decodes what is asked for of a call's properties. *Shape*: pointers are those of the call. */
export const within = <A>(schema: Schema.ConstraintCodec<A, unknown>) => {
  const decode = decoder(schema)
  return (properties: Properties): Read<A> =>
    Result.mapError(decode(properties), ({ reason, pointer }) => ({ reason, pointer: `/properties${pointer}` }))
}

const decodeProduct = within(Product)
const decodeProducts = within(Products)
const decodeOrder = within(Order)

/** The product that a call is about; a call that names none is about none. */
export const readProduct = (properties: Properties, fallback: string): Read<Activity.Product | undefined> =>
  Result.gen(function* () {
    const product = yield* decodeProduct(properties)
    const id = idOf(product)
    if (id === undefined) return undefined
    const currency = (yield* readCurrency(product.currency, "/properties/currency")) ?? fallback
    const price = yield* readMoney(product.price, currency, "/properties/price")
    return { id, ...nameOf(product), ...(price !== undefined && { price, currency }) }
  })

/** The whole cart, undefined where the call has no `products`. All its amounts are of one currency. */
export const readCart = (properties: Properties, fallback: string): Read<Cart.Cart | undefined> =>
  Result.gen(function* () {
    const { products, currency: raw } = yield* decodeProducts(properties)
    if (products === undefined) return undefined
    const own = yield* readCurrency(raw, "/properties/currency")
    const firstOf = upper(products.find((product) => upper(product.currency) !== "")?.currency)
    const currency = own ?? (isCurrency(firstOf) ? firstOf : fallback)
    const items: Array<Cart.CartItem> = []
    for (let index = 0; index < products.length; index++) {
      items.push(yield* readItem(products[index]!, currency, `/properties/products/${index}`))
    }
    return { currency, items }
  })

/** The one product that was put into the cart or taken out. */
export const readChange = (
  op: CartChange.CartChange["op"],
  properties: Properties,
  fallback: string
): Read<CartChange.CartChange> =>
  Result.gen(function* () {
    const product = yield* decodeProduct(properties)
    const currency = (yield* readCurrency(product.currency, "/properties/currency")) ?? fallback
    return { op, currency, item: yield* readItem(product, currency, "/properties") }
  })

/** *Shape*: the order's worth is its `total`, else its `revenue`, else its `value`. */
export const readOrder = (properties: Properties, fallback: string): Read<Activity.Order> =>
  Result.gen(function* () {
    const order = yield* decodeOrder(properties)
    const currency = (yield* readCurrency(order.currency, "/properties/currency")) ?? fallback
    const field = (["total", "revenue"] as const).find((name) => isSaid(order[name])) ?? "value"
    const value = yield* readMoney(order[field], currency, `/properties/${field}`)
    const id = order.order_id ?? ""
    return { ...(id !== "" && { id: Ids.OrderId.make(id) }), ...(value !== undefined && { value, currency }) }
  })

const readItem = (product: Product, currency: string, pointer: string): Read<Cart.CartItem> =>
  Result.gen(function* () {
    const id = idOf(product)
    if (id === undefined) return yield* Result.fail({ reason: "missing" as const, pointer: `${pointer}/product_id` })
    const own = yield* readCurrency(product.currency, `${pointer}/currency`)
    // Amounts of two currencies are never added up (sessions.md 4.6).
    if (own !== undefined && own !== currency) return yield* invalid(`${pointer}/currency`)
    const unitPrice = (yield* readMoney(product.price, currency, `${pointer}/price`)) ?? 0
    const quantity = isSaid(product.quantity) ? Number(product.quantity) : 1
    const item = { id, ...nameOf(product), quantity, unitPrice }
    return isItem(item) ? item : yield* invalid(`${pointer}/quantity`)
  })

const invalid = (pointer: string): Read<never> => Result.fail({ reason: "invalid", pointer })

const readCurrency = (raw: string | undefined, pointer: string): Read<string | undefined> => {
  const currency = upper(raw)
  if (currency === "") return Result.succeed(undefined)
  return isCurrency(currency) ? Result.succeed(currency) : invalid(pointer)
}

const readMoney = (raw: Amount | undefined, currency: string, pointer: string): Read<number | undefined> => {
  if (!isSaid(raw)) return Result.succeed(undefined)
  const minor = Money.toMinor(raw, currency)
  return minor !== undefined && isMoney(minor) ? Result.succeed(minor) : invalid(pointer)
}

const isCurrency = Schema.is(Cart.Currency)
const isMoney = Schema.is(Cart.Money)
const isItem = Schema.is(Cart.CartItem)

/** Clients that have no value send "" for it. */
const isSaid = (raw: Amount | undefined): raw is Amount => raw !== undefined && String(raw).trim() !== ""

const upper = (raw: string | undefined): string => (raw ?? "").trim().toUpperCase()

const idOf = ({ product_id: id = "", sku = "" }: Product): string | undefined => id || sku || undefined

const nameOf = ({ name = "" }: Product) => (name === "" ? {} : { name })
