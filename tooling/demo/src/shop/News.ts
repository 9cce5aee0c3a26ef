import { findById } from "../Catalogue.ts"
import * as Cookies from "./Cookies.ts"
import { change, logout, type Push } from "./DataLayer.ts"

/** What a form did, for the data layer of the page that follows it. */
export type Item =
  | { readonly kind: "quantity"; readonly id: string; readonly before: number; readonly after: number }
  | { readonly kind: "logout" }

export const write = (items: ReadonlyArray<Item>): string => Cookies.write("wiesci", items.map(encode).join("_"), 1)

export const clear = Cookies.write("wiesci", "", 0)

export const read = (cookies: Cookies.Cookies): ReadonlyArray<Push> =>
  (cookies.get("wiesci") ?? "").split("_").flatMap((text) => {
    if (text === "logout") return [logout]
    const [id = "", before, after] = text.split(".")
    const product = findById(id)
    return product === undefined ? [] : change(product, Number(before) || 0, Number(after) || 0)
  })

const encode = (item: Item): string => (item.kind === "logout" ? "logout" : `${item.id}.${item.before}.${item.after}`)
