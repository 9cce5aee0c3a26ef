import { categories, type Category } from "../Catalogue.ts"
import { type Basket, pieces } from "./Basket.ts"
import type { Push } from "./DataLayer.ts"
import { Html, html, json } from "./Html.ts"

/** What every page needs to know. */
export interface Frame {
  readonly basket: Basket
  /** Who is signed in. */
  readonly email: string | undefined
  /** Where the tracker comes from and where it sends to. */
  readonly ingestUrl: string
  readonly writeKey: string
  /** Lets this response's inline scripts run, and no others. */
  readonly nonce: string
  /** What happened on the way here, for the data layer. */
  readonly news: ReadonlyArray<Push>
}

export interface Page {
  readonly title: string
  readonly body: Html
  readonly category?: Category
  readonly pushes?: ReadonlyArray<Push>
}

/** How the tracker recognises this shop's pages. */
const spoorConfig = {
  rules: [
    { type: "VisitOnSalePage", url: "/zamowienie/dziekujemy" },
    { type: "VisitOnLoginPage", url: "/logowanie" },
    { type: "VisitOnCartListPage", url: "/koszyk" },
    { type: "VisitOnProductPage", url: "/produkt/*" }
  ],
  currency: "PLN",
  emailSelector: "input[type=email]"
}

export const render = (page: Page, frame: Frame): string =>
  html`<!doctype html>
    <html lang="pl">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} – Glinka</title>
        <link rel="stylesheet" href="/styl.css" />
        <link rel="icon" href="data:," />
        ${tags(page, frame)}
      </head>
      <body>
        <a class="skip" href="#tresc">Przejdź do treści</a>
        <div class="notice">Darmowa dostawa od 200 zł</div>
        <header class="top">
          <div class="wrap">
            <a class="brand" href="/">Glinka<small>.</small></a>
            <nav aria-label="Działy">${categories.map((category) => entry(category, page.category))}</nav>
            <nav aria-label="Konto">
              ${account(frame.email)} <a class="basket" href="/koszyk">Koszyk <b>${pieces(frame.basket)}</b></a>
            </nav>
          </div>
        </header>
        <main id="tresc"><div class="wrap">${page.body}</div></main>
        <footer>
          <div class="wrap">
            <p>Glinka: ceramika, herbata i len.</p>
            <p>To sklep pokazowy. Niczego tu nie kupisz naprawdę, a to, co wpiszesz, zostaje w Twojej instalacji.</p>
          </div>
        </footer>
      </body>
    </html>`.text

/** What a shop adds to its pages: the data layer, the rules, and one script tag. */
const tags = (page: Page, frame: Frame): Html => {
  const pushes = [...frame.news, ...(page.pushes ?? [])]
  return html`${pushes.length > 0 && inline(frame.nonce, html`window.dataLayer = window.dataLayer || []; dataLayer.push(${list(pushes)})`)}
    ${frame.email !== undefined && inline(frame.nonce, html`(window.spoor = window.spoor || []).push(${json(["identify", frame.email])})`)}
    <script type="application/json" id="spoor-config">
      ${json(spoorConfig)}
    </script>
    <script async src="${frame.ingestUrl}/tracker.js" data-write-key="${frame.writeKey}"></script>`
}

const inline = (nonce: string, code: Html): Html =>
  html`<script nonce="${nonce}">
    ${code}
  </script>`

const list = (pushes: ReadonlyArray<Push>): Html => new Html(pushes.map((push) => json(push).text).join(", "))

const entry = ({ slug, name }: (typeof categories)[number], current: Category | undefined): Html =>
  html`<a href="/kategoria/${slug}" ${slug === current && html` aria-current="page"`}>${name}</a> `

const account = (email: string | undefined): Html =>
  email === undefined
    ? html`<a href="/logowanie">Zaloguj się</a>`
    : html`<a href="/wyloguj" title="Zalogowano jako ${email}">Wyloguj się</a>`
