import { type Basket, deliveryOf, type Line, missingToFreeDelivery, quantityMax, valueOf } from "./Basket.ts"
import { viewCart } from "./DataLayer.ts"
import { type Html, html } from "./Html.ts"
import type { Page } from "./Layout.ts"
import { draw } from "./Picture.ts"
import { format } from "./Price.ts"

export const cartPage = (basket: Basket): Page => ({
  title: "Koszyk",
  pushes: [viewCart(basket)],
  body: basket.length === 0 ? empty : filled(basket)
})

const empty = html`<div class="narrow">
  <h1>Koszyk jest pusty</h1>
  <p class="lead">Kubek „Mgła” jest dobry na początek.</p>
  <p><a class="button" href="/">Wróć do sklepu</a></p>
</div>`

const filled = (basket: Basket): Html =>
  html`<h1>Koszyk</h1>
    <div class="split">
      <div>
        <table class="lines">
          <tbody>
            ${basket.map(row)}
          </tbody>
        </table>
      </div>
      <aside class="panel">${sums(basket)}${nudge(basket)}<a class="button" href="/zamowienie">Zamawiam</a></aside>
    </div>`

const row = ({ product, quantity }: Line): Html =>
  html`<tr>
    <td><a href="/produkt/${product.slug}">${draw(product)}</a></td>
    <td>
      <a href="/produkt/${product.slug}">${product.name}</a><br /><span class="hint"
        >${format(product.price)} za sztukę</span
      >
    </td>
    <td class="amount">
      <form method="post" action="/koszyk/zmien" class="row">
        <input type="hidden" name="id" value="${product.id}" />
        <input
          class="count"
          type="number"
          name="ile"
          value="${quantity}"
          min="0"
          max="${quantityMax}"
          aria-label="Liczba sztuk: ${product.name}"
        />
        <button class="quiet">Zmień</button>
      </form>
      <form method="post" action="/koszyk/usun">
        <input type="hidden" name="id" value="${product.id}" /><button class="quiet">Usuń</button>
      </form>
    </td>
    <td class="money">${format(product.price * quantity)}</td>
  </tr>`

/** What it costs, with delivery. */
export const sums = (basket: Basket): Html => {
  const delivery = deliveryOf(basket)
  return html`<table class="sums">
    <tbody>
      <tr>
        <td>Produkty</td>
        <td class="money">${format(valueOf(basket))}</td>
      </tr>
      <tr>
        <td>Dostawa</td>
        <td class="money">${delivery === 0 ? "gratis" : format(delivery)}</td>
      </tr>
      <tr>
        <td>Razem</td>
        <td class="money">${format(valueOf(basket) + delivery)}</td>
      </tr>
    </tbody>
  </table>`
}

const nudge = (basket: Basket): Html | false => {
  const missing = missingToFreeDelivery(basket)
  return missing > 0 && html`<p class="hint">Do darmowej dostawy brakuje ${format(missing)}.</p>`
}
