import { sums } from "./CartPage.ts"
import { purchase } from "./DataLayer.ts"
import { html } from "./Html.ts"
import type { Page } from "./Layout.ts"
import type { Order } from "./Order.ts"

/** The page that confirms a sale. Opened again it says the same: the order number tells that it is one order. */
export const thanksPage = ({ number, basket }: Order): Page => ({
  title: "Dziękujemy za zamówienie",
  pushes: [purchase(number, basket)],
  body: html`<div class="narrow">
    <p class="good">Zamówienie przyjęte</p>
    <h1>Dziękujemy!</h1>
    <p class="lead">Zaczynamy pakować. Numer Twojego zamówienia:</p>
    <p class="number">${number}</p>
    <div class="panel">
      <table class="sums">
        <tbody>
          ${basket.map(
            ({ product, quantity }) =>
              html`<tr>
                <td>${product.name}</td>
                <td class="money">${quantity} szt.</td>
              </tr>`
          )}
        </tbody>
      </table>
      ${sums(basket)}
    </div>
    <p><br /><a class="button" href="/">Wróć do sklepu</a></p>
  </div>`
})

export const missingPage: Page = {
  title: "Nie ma takiej strony",
  body: html`<div class="narrow">
    <h1>Tu niczego nie ma</h1>
    <p class="lead">Może produkt się wyprzedał, a może adres ma literówkę.</p>
    <p><a class="button" href="/">Wróć do sklepu</a></p>
  </div>`
}
