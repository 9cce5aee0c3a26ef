import { html } from "./Html.ts"
import type { Page } from "./Layout.ts"

/** `next` is where the customer wanted to go; `isWrong` after an attempt without an address. */
export const loginPage = (next: string, isWrong: boolean): Page => ({
  title: "Logowanie",
  body: html`<div class="narrow">
    <h1>Zaloguj się</h1>
    ${isWrong && html`<p class="wrong" role="alert">Podaj adres e-mail w postaci nazwa@domena.</p>`}
    <form method="post" action="/logowanie" class="panel">
      <input type="hidden" name="dalej" value="${next}" />
      <label>Adres e-mail<input type="email" name="email" autocomplete="username" required /></label>
      <label>Hasło<input type="password" name="haslo" autocomplete="current-password" required /></label>
      <button class="button">Zaloguj się</button>
    </form>
    <p class="hint"><br />W sklepie pokazowym pasuje każde hasło; nigdzie go nie zapisujemy.</p>
  </div>`
})
