import { categories } from "../Catalogue.ts"
import { type Html, html, json, trusted } from "./Html.ts"
import type { Push } from "./Push.ts"

/** What every page of the shop needs to know. */
export interface Frame {
  readonly ingestUrl: string
  readonly writeKey: string
  readonly pieces: number
  readonly customer: string | undefined
}

export interface Content {
  readonly title: string
  readonly main: Html
  readonly pushes?: ReadonlyArray<Push>
}

/** What a shop tells the tracker about itself: the pages that its data layer does not name. */
const configuration = {
  currency: "PLN",
  emailSelector: "input[type=email]",
  rules: [
    { type: "VisitOnLoginPage", url: "/logowanie" },
    { type: "VisitOnCartListPage", url: "/koszyk" }
  ]
}

const name = "Dom i Herbata"

/** A whole page. The tracker is in it as in any customer's shop: one script tag, and what the shop pushes anyway. */
export const page = (frame: Frame, { title, main, pushes = [] }: Content): string =>
  html`${trusted("<!doctype html>")}
    <html lang="pl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title === name ? `${name} – herbata, ceramika i rzeczy do domu` : `${title} – ${name}`}</title>
        <link rel="stylesheet" href="/style.css" />
        <link rel="icon" href="data:," />
        <script>
          window.dataLayer = ${json(pushes)}
        </script>
        <script type="application/json" id="spoor-config">
          ${json(configuration)}
        </script>
        <script async src="${frame.ingestUrl}/tracker.js" data-write-key="${frame.writeKey}"></script>
      </head>
      <body>
        <a class="skip" href="#tresc">Przejdź do treści</a>
        <header>
          <a class="brand" href="/">${name}</a>
          <nav aria-label="Kategorie">
            ${categories.map(({ slug, name }) => html`<a href="/kategoria/${slug}">${name}</a>`)}
          </nav>
          <nav class="own" aria-label="Konto i koszyk">
            ${frame.customer === undefined ? html`<a href="/logowanie">Zaloguj się</a>` : signOut(frame.customer)}
            <a class="cart" href="/koszyk">Koszyk <b>${frame.pieces}</b></a>
          </nav>
        </header>
        <main id="tresc">${main}</main>
        <footer>
          <p>${name}: sklep pokazowy. Niczego tu naprawdę nie kupisz, ale każdy Twój krok zobaczysz w panelu Spoor.</p>
          <p><a href="/dostawa">Dostawa i zwroty</a> <a href="/kontakt">Kontakt</a> <a href="/o-nas">O nas</a></p>
        </footer>
      </body>
    </html>`.html

const signOut = (customer: string): Html =>
  html`<form method="post" action="/wyloguj"><span>${customer}</span> <button class="link">Wyloguj się</button></form>`
