import { categories, type Category, type Product, products } from "../Catalogue.ts"
import * as Basket from "./Basket.ts"
import { type Html, html } from "./Html.ts"
import type { Content } from "./Layout.ts"
import * as Picture from "./Picture.ts"
import * as Push from "./Push.ts"

const money = new Intl.NumberFormat("pl-PL", { style: "currency", currency: "PLN" })
const price = (grosze: number): string => money.format(grosze / 100)

const card = (product: Product): Html =>
  html`<li>
    <a href="/produkt/${product.slug}"
      >${Picture.of(product)}<span>${product.name}</span><b>${price(product.price)}</b></a
    >
  </li>`

export const home = (): Content => ({
  title: "Dom i Herbata",
  main: html`<section class="hero">
      <h1>Dobra herbata, ładny kubek, cichy wieczór</h1>
      <p>Herbaty liściaste, ręcznie toczona ceramika i rzeczy, które długo zostają w domu.</p>
      <a class="button" href="/kategoria/herbata">Zobacz herbaty</a>
    </section>
    <h2>Najchętniej wybierane</h2>
    <ul class="grid">
      ${products.filter((_, index) => index % 3 === 0).map(card)}
    </ul>`
})

export const listing = (slug: Category): Content => {
  const name = categories.find((category) => category.slug === slug)?.name ?? slug
  return {
    title: name,
    main: html`<h1>${name}</h1>
      <ul class="grid">
        ${products.filter((product) => product.category === slug).map(card)}
      </ul>`
  }
}

export const product = (product: Product): Content => ({
  title: product.name,
  pushes: [Push.viewItem(product)],
  main: html`<article class="product">
      ${Picture.of(product)}
      <div>
        <h1>${product.name}</h1>
        <p>${product.description}</p>
        <p class="price">${price(product.price)}</p>
        <form method="post" action="/koszyk/dodaj">
          <button class="button" name="id" value="${product.id}">Dodaj do koszyka</button>
        </form>
        <p class="quiet">Wysyłka w 24 godziny. Zwrot do 30 dni.</p>
      </div>
    </article>
    <h2>Pasuje do tego</h2>
    <ul class="grid">
      ${products
        .filter(({ category, id }) => category === product.category && id !== product.id)
        .slice(0, 4)
        .map(card)}
    </ul>`
})

export const cart = (basket: Basket.Basket, pushes: ReadonlyArray<Push.Push>): Content => ({
  title: "Koszyk",
  pushes: [...pushes, Push.viewCart(basket)],
  main:
    basket.size === 0
      ? html`<h1>Koszyk</h1>
          <p>Koszyk jest pusty.</p>
          <a class="button" href="/kategoria/herbata">Zobacz herbaty</a>`
      : html`<h1>Koszyk</h1>
          ${summary(basket, removal)}
          <a class="button" href="/zamowienie">Przejdź do kasy</a>`
})

const removal = ({ product }: Basket.Line): Html =>
  html`<form method="post" action="/koszyk/usun">
    <button class="link" name="id" value="${product.id}" aria-label="Usuń ${product.name} z koszyka">Usuń</button>
  </form>`

const summary = (basket: Basket.Basket, action: (line: Basket.Line) => Html): Html =>
  html`<table>
    <thead>
      <tr>
        <th>Produkt</th>
        <th>Ilość</th>
        <th>Razem</th>
        <th></th>
      </tr>
    </thead>
    <tbody>
      ${Basket.lines(basket).map(
        (line) =>
          html`<tr>
            <td><a href="/produkt/${line.product.slug}">${line.product.name}</a></td>
            <td>${line.quantity}</td>
            <td>${price(line.product.price * line.quantity)}</td>
            <td>${action(line)}</td>
          </tr>`
      )}
    </tbody>
    <tfoot>
      <tr>
        <th>Do zapłaty</th>
        <td></td>
        <td><b>${price(Basket.value(basket))}</b></td>
        <td></td>
      </tr>
    </tfoot>
  </table>`

export const login = (): Content => ({
  title: "Logowanie",
  main: html`<h1>Zaloguj się</h1>
    <form class="fields" method="post" action="/logowanie">
      <label>E-mail <input type="email" name="email" required autocomplete="email" /></label>
      <label>Hasło <input type="password" name="haslo" autocomplete="current-password" /></label>
      <button class="button">Zaloguj się</button>
      <p class="quiet">W sklepie pokazowym każde hasło jest dobre.</p>
    </form>`
})

export const checkout = (basket: Basket.Basket, customer: string | undefined): Content => ({
  title: "Dostawa i płatność",
  pushes: [Push.beginCheckout(basket)],
  main: html`<h1>Dostawa i płatność</h1>
    ${summary(basket, () => html``)}
    <form class="fields" method="post" action="/zamowienie">
      <label>E-mail <input type="email" name="email" value="${customer ?? ""}" required autocomplete="email" /></label>
      <label>Adres dostawy <input name="adres" autocomplete="street-address" /></label>
      <button class="button">Zamawiam i płacę</button>
    </form>`
})

export const thanks = (orderId: string, basket: Basket.Basket): Content => ({
  title: "Dziękujemy za zamówienie",
  pushes: [Push.purchase(orderId, basket)],
  main: html`<h1>Dziękujemy za zamówienie</h1>
    <p>Numer zamówienia: <b id="numer">${orderId}</b>. Razem: ${price(Basket.value(basket))}.</p>
    <p>Potwierdzenie wysłaliśmy na Twój adres e-mail.</p>
    <a class="button" href="/">Wróć do sklepu</a>`
})

/** The pages that people read besides goods. */
export const reading: Readonly<Record<string, Content>> = {
  "/dostawa": text(
    "Dostawa i zwroty",
    "Wysyłamy w 24 godziny kurierem lub do paczkomatu. Zwroty przyjmujemy przez 30 dni."
  ),
  "/kontakt": text("Kontakt", "Napisz: kontakt@dom-i-herbata.example. Odpowiadamy w dni robocze od 9 do 17."),
  "/o-nas": text(
    "O nas",
    "Jesteśmy małym sklepem z rzeczami do domu. Ten sklep jest pokazowy i istnieje po to, by pokazać Spoor."
  )
}

export const missing: Content = text("Nie ma takiej strony", "Sprawdź adres albo wróć na stronę główną.")

function text(title: string, body: string): Content {
  return {
    title,
    main: html`<h1>${title}</h1>
      <p>${body}</p>`
  }
}
