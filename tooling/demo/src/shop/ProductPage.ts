import { inCategory, nameOf, type Product } from "../Catalogue.ts"
import { quantityMax } from "./Basket.ts"
import { viewItem } from "./DataLayer.ts"
import { html } from "./Html.ts"
import type { Page } from "./Layout.ts"
import { draw } from "./Picture.ts"
import { format } from "./Price.ts"
import { grid } from "./Shelf.ts"

export const productPage = (product: Product): Page => ({
  title: product.name,
  category: product.category,
  pushes: [viewItem(product)],
  body: html`<p class="crumbs">
      <a href="/">Sklep</a> / <a href="/kategoria/${product.category}">${nameOf(product.category)}</a>
    </p>
    <article class="product">
      <div>${draw(product)}</div>
      <div>
        <h1>${product.name}</h1>
        <p class="lead">${product.about}</p>
        <p class="price">${format(product.price)}</p>
        <form method="post" action="/koszyk/dodaj" class="row">
          <input type="hidden" name="id" value="${product.id}" />
          <input
            class="count"
            type="number"
            name="ile"
            value="1"
            min="1"
            max="${quantityMax}"
            aria-label="Liczba sztuk"
          />
          <button class="button">Do koszyka</button>
        </form>
        <p class="facts">
          ${product.facts}<br />Wysyłka w ciągu dwóch dni roboczych · zwrot do 30 dni<br />Nr katalogowy ${product.id}
        </p>
      </div>
    </article>
    <section class="shelf">
      <br /><br />
      <h2>Z tej samej półki</h2>
      ${grid(neighbours(product))}
    </section>`
})

const neighbours = (product: Product): ReadonlyArray<Product> => {
  const others = inCategory(product.category).filter(({ id }) => id !== product.id)
  const start = product.price % others.length
  return [...others.slice(start), ...others].slice(0, 4)
}
