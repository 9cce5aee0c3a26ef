import { type Product, products } from "../Catalogue.ts"

/** What a customer has in the cart, by product ID. It lives in a cookie, so the shop needs no memory. */
export type Basket = ReadonlyMap<string, number>

export interface Line {
  readonly product: Product
  readonly quantity: number
}

/** The most pieces of one product, so that a cookie stays small. */
const quantityMax = 20

/** *Shape*: "CE-201.2_HE-101.1"; whatever is no product of ours is left out. */
export const read = (text: string | undefined): Basket =>
  new Map(
    (text ?? "").split("_").flatMap((entry): ReadonlyArray<readonly [string, number]> => {
      const [id = "", count] = entry.split(".")
      const quantity = Math.min(Math.trunc(Number(count)), quantityMax)
      return quantity > 0 && products.some((product) => product.id === id) ? [[id, quantity]] : []
    })
  )

export const write = (basket: Basket): string => [...basket].map(([id, quantity]) => `${id}.${quantity}`).join("_")

export const add = (basket: Basket, id: string): Basket =>
  new Map([...basket, [id, Math.min((basket.get(id) ?? 0) + 1, quantityMax)]])

export const without = (basket: Basket, id: string): Basket => new Map([...basket].filter(([other]) => other !== id))

export const lines = (basket: Basket): ReadonlyArray<Line> =>
  products.flatMap((product) => {
    const quantity = basket.get(product.id)
    return quantity === undefined ? [] : [{ product, quantity }]
  })

/** *Units*: grosze. */
export const value = (basket: Basket): number =>
  lines(basket).reduce((sum, { product, quantity }) => sum + product.price * quantity, 0)

export const pieces = (basket: Basket): number => [...basket.values()].reduce((sum, quantity) => sum + quantity, 0)
