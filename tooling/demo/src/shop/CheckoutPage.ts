import type { Basket } from "./Basket.ts"
import { sums } from "./CartPage.ts"
import { beginCheckout } from "./DataLayer.ts"
import { html } from "./Html.ts"
import type { Page } from "./Layout.ts"
import { countProducts } from "./Words.ts"

export const checkoutPage = (basket: Basket, email: string | undefined, isWrong: boolean): Page => ({
  title: "Zamówienie",
  pushes: [beginCheckout(basket)],
  body: html`<h1>Zamówienie</h1>
    <div class="split">
      <form method="post" action="/zamowienie" id="zamowienie">
        ${isWrong && html`<p class="wrong" role="alert">Brakuje imienia i nazwiska albo adresu e-mail.</p>`}
        <h2>Odbiorca</h2>
        <label>Imię i nazwisko<input name="nazwisko" autocomplete="name" required /></label>
        <label
          >Adres e-mail<input type="email" name="email" autocomplete="email" value="${email ?? ""}" required
        /></label>
        <label>Ulica i numer<input name="ulica" autocomplete="street-address" /></label>
        <div class="two">
          <label
            >Kod pocztowy<input name="kod" inputmode="numeric" placeholder="00-000" autocomplete="postal-code"
          /></label>
          <label>Miejscowość<input name="miejscowosc" autocomplete="address-level2" /></label>
        </div>
        <h2>Dostawa i płatność</h2>
        <div class="two">
          <label
            >Dostawa<select name="dostawa">
              <option>Kurier</option>
              <option>Automat paczkowy</option>
            </select></label
          >
          <label
            >Płatność<select name="platnosc">
              <option>Przelew</option>
              <option>BLIK</option>
              <option>Przy odbiorze</option>
            </select></label
          >
        </div>
      </form>
      <aside class="panel">
        <p>${countProducts(basket.length)} w koszyku</p>
        ${sums(basket)} <button class="button" form="zamowienie">Kupuję i płacę</button>
      </aside>
    </div>`
})
