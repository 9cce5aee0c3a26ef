import { categories, type Category, type Product } from "../Catalogue.ts"

/** A page of the demo shop as a tracker sees it. `path` is relative to the shop's origin. */
export interface Page {
  readonly path: string
  readonly title: string
}

const page = (path: string, title: string): Page => ({ path, title: `${title} – Dom i Herbata` })

export const home: Page = { path: "/", title: "Dom i Herbata – herbata, ceramika i rzeczy do domu" }
export const cart = page("/koszyk", "Koszyk")
export const login = page("/logowanie", "Logowanie")
export const checkout = page("/zamowienie", "Dostawa i płatność")

export const ofCategory = (slug: Category): Page =>
  page(`/kategoria/${slug}`, categories.find((category) => category.slug === slug)?.name ?? slug)

export const ofProduct = (product: Product): Page => page(`/produkt/${product.slug}`, product.name)

/** The page that confirms a sale; some shops' say no order number, and then ours says none either. */
export const thanks = (orderId: string | undefined): Page =>
  page(orderId === undefined ? "/dziekujemy" : `/dziekujemy?zamowienie=${orderId}`, "Dziękujemy za zamówienie")

/** What people read besides goods. */
export const aside = [
  page("/dostawa", "Dostawa i zwroty"),
  page("/kontakt", "Kontakt"),
  page("/o-nas", "O nas")
] as const
