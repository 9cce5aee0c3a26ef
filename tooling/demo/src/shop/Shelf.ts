import { categories, type Category, inCategory, nameOf, type Product, products } from "../Catalogue.ts"
import { type Html, html } from "./Html.ts"
import type { Page } from "./Layout.ts"
import { draw } from "./Picture.ts"
import { format } from "./Price.ts"
import { countProducts } from "./Words.ts"

/** The front page: what is popular, and the way to each category. */
export const home = (): Page => ({
  title: "Ceramika, herbata i len",
  body: html`<section class="hero">
      <div>
        <h1>Rzeczy na spokojny poranek</h1>
        <p class="lead">
          Kubek, który dobrze leży w dłoni. Herbata, która pachnie sadem. Len, który pamięta babciny stół. Robimy
          niewiele, za to porządnie.
        </p>
        <p><a class="button" href="/kategoria/ceramika">Zobacz ceramikę</a></p>
      </div>
      <div class="frame">${["CER-103", "HER-201", "LEN-301", "CER-105"].flatMap(pictureOf)}</div>
    </section>
    <section class="shelf">
      <header><h2>Najchętniej wybierane</h2></header>
      ${grid(products.slice(0, 8))}
    </section>
    ${categories.map(
      ({ slug, name, about }) =>
        html`<section class="shelf">
          <header>
            <h2>${name}</h2>
            <a href="/kategoria/${slug}">Wszystkie</a>
          </header>
          <p class="lead">${about}</p>
          ${grid(inCategory(slug).slice(-4))}
        </section>`
    )}`
})

export const listing = (category: Category): Page => {
  const found = inCategory(category)
  const about = categories.find(({ slug }) => slug === category)?.about ?? ""
  return {
    title: nameOf(category),
    category,
    body: html`<h1>${nameOf(category)}</h1>
      <p class="lead">${about}</p>
      <p class="hint">${countProducts(found.length)}</p>
      ${grid(found)}`
  }
}

/** Products as tiles. */
export const grid = (shown: ReadonlyArray<Product>): Html =>
  html`<ul class="grid">
    ${shown.map(
      (product) =>
        html`<li>
          <a class="tile" href="/produkt/${product.slug}"
            >${draw(product)}
            <h3>${product.name}</h3>
            <span>${format(product.price)}</span></a
          >
        </li>`
    )}
  </ul>`

const pictureOf = (id: string): ReadonlyArray<Html> => products.filter((product) => product.id === id).map(draw)
