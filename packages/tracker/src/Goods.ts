import { readCurrency, toMinor } from "./Money.ts"
import { clip, type Fields, idLengthMax, isFields, nameLengthMax } from "./Text.ts"
import type { Cart, CartItem, Order, Product } from "./Wire.ts"

const itemsMax = 500

/**
 * What a page says of goods, to the shapes of the wire.
 *
 * *Shape*: GA4's names (`item_id`, `item_name`, `price`, `quantity`, `transaction_id`, `value`) and ours (`id`, `name`).
 * *Units*: a page says `price` and `value` in major units; only our own `unitPrice` is in minor units.
 * `fallback` is the currency of amounts that name none.
 */
export const readProduct = (raw: unknown, fallback: string | undefined): Product | undefined => {
  if (!isFields(raw)) return undefined
  const id = readId(raw)
  const currency = readCurrency(raw["currency"]) ?? fallback
  const price = toMinor(raw["price"], currency)
  return id === undefined
    ? undefined
    : { id, name: readName(raw), price, currency: price === undefined ? undefined : currency }
}

/** Items that name no id are left out; without a currency there is no cart. */
export const readCart = (raw: unknown, fallback: string | undefined): Cart | undefined => {
  if (!isFields(raw) || !Array.isArray(raw["items"])) return undefined
  const items: ReadonlyArray<unknown> = raw["items"]
  const currency = readCurrency(raw["currency"]) ?? items.map(currencyOf).find(Boolean) ?? fallback
  if (currency === undefined) return undefined
  const read = items.slice(0, itemsMax).map((item) => readItem(item, currency))
  return { currency, items: read.filter((item) => item !== undefined), value: toMinor(raw["value"], currency) }
}

export const readOrder = (raw: unknown, fallback: string | undefined): Order | undefined => {
  if (!isFields(raw)) return undefined
  const id = clip(raw["transaction_id"] ?? raw["id"] ?? raw["orderNumber"], idLengthMax)
  const currency = readCurrency(raw["currency"]) ?? fallback
  const value = toMinor(raw["value"] ?? raw["price"], currency)
  return { id, value, currency: value === undefined ? undefined : currency }
}

const readItem = (raw: unknown, currency: string): CartItem | undefined => {
  if (!isFields(raw)) return undefined
  const id = readId(raw)
  const minor = raw["unitPrice"]
  const unitPrice = typeof minor === "number" ? Math.round(minor) : (toMinor(raw["price"], currency) ?? 0)
  const quantity = Number(raw["quantity"] ?? 1)
  return id === undefined || !Number.isFinite(quantity) ? undefined : { id, name: readName(raw), quantity, unitPrice }
}

const readId = (raw: Fields) => clip(raw["item_id"] ?? raw["id"] ?? raw["sku"] ?? raw["productID"], idLengthMax)
const readName = (raw: Fields) => clip(raw["item_name"] ?? raw["name"], nameLengthMax)
const currencyOf = (item: unknown) => (isFields(item) ? readCurrency(item["currency"]) : undefined)
