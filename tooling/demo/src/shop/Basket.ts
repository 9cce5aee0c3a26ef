import { findById, type Product } from "../Catalogue.ts"

/** One line of the cart. */
export interface Line {
  readonly product: Product
  readonly quantity: number
}

export type Basket = ReadonlyArray<Line>

export const quantityMax = 20

/** *Units*: grosze. Delivery is free from 200 zł; an empty cart costs nothing to deliver. */
const deliveryPrice = 1499
const freeDeliveryFrom = 20_000

/** The cart lives in a cookie, "CER-101.2_HER-201.1"; whatever is not ours in it is ignored. */
export const decode = (text: string): Basket =>
  text.split("_").flatMap((part) => {
    const [id = "", count = ""] = part.split(".")
    const product = findById(id)
    const quantity = Math.min(Number(count), quantityMax)
    return product !== undefined && Number.isInteger(quantity) && quantity > 0 ? [{ product, quantity }] : []
  })

export const encode = (basket: Basket): string =>
  basket.map(({ product, quantity }) => `${product.id}.${quantity}`).join("_")

/** Sets a product's quantity; 0 takes it out, and no line holds more than `quantityMax`. */
export const put = (basket: Basket, product: Product, wanted: number): Basket => {
  const quantity = Math.max(0, Math.min(Math.trunc(wanted), quantityMax))
  const known = basket.some((line) => line.product.id === product.id)
  const next = known
    ? basket.map((line) => (line.product.id === product.id ? { product, quantity } : line))
    : [...basket, { product, quantity }]
  return next.filter((line) => line.quantity > 0)
}

export const quantityOf = (basket: Basket, product: Product): number =>
  basket.find((line) => line.product.id === product.id)?.quantity ?? 0

export const pieces = (basket: Basket): number => basket.reduce((sum, line) => sum + line.quantity, 0)

/** *Units*: grosze. */
export const valueOf = (basket: Basket): number =>
  basket.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)

/** *Units*: grosze. */
export const deliveryOf = (basket: Basket): number =>
  basket.length === 0 || valueOf(basket) >= freeDeliveryFrom ? 0 : deliveryPrice

/** *Units*: grosze; 0 when delivery is free already. */
export const missingToFreeDelivery = (basket: Basket): number => Math.max(0, freeDeliveryFrom - valueOf(basket))
