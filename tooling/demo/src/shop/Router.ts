import { categories, findById, findBySlug } from "../Catalogue.ts"
import * as Basket from "./Basket.ts"
import { cartPage } from "./CartPage.ts"
import { checkoutPage } from "./CheckoutPage.ts"
import * as Cookies from "./Cookies.ts"
import { type Frame, type Page, render } from "./Layout.ts"
import { loginPage } from "./LoginPage.ts"
import * as News from "./News.ts"
import * as Order from "./Order.ts"
import { productPage } from "./ProductPage.ts"
import { home, listing } from "./Shelf.ts"
import { missingPage, thanksPage } from "./ThanksPage.ts"

export interface Request {
  readonly method: string
  readonly url: URL
  readonly cookies: Cookies.Cookies
  readonly form: URLSearchParams
}

export interface Response {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly body: string
}

export interface Shop {
  readonly ingestUrl: string
  readonly writeKey: string
  readonly nonce: string
  readonly orderNumber: () => string
}

/** One request, one answer; all that the shop remembers of a customer stands in the customer's cookies. */
export const answer = (request: Request, shop: Shop): Response =>
  request.method === "POST" ? act(request, shop) : show(request, shop)

const show = (request: Request, shop: Shop): Response => {
  const { basket, email } = stateOf(request)
  const [section = "", name = ""] = request.url.pathname.replace(/^\/|\/$/g, "").split("/")
  const product = section === "produkt" ? findBySlug(name) : undefined
  const category = section === "kategoria" ? categories.find(({ slug }) => slug === name) : undefined
  const order = Order.fromCookie(request.cookies.get("zamowienie") ?? "")
  if (product !== undefined) return page(productPage(product), request, shop)
  if (category !== undefined) return page(listing(category.slug), request, shop)
  switch (request.url.pathname) {
    case "/":
      return page(home(), request, shop)
    case "/koszyk":
      return page(cartPage(basket), request, shop)
    case "/logowanie":
      return page(loginPage(ownPath(request.url.searchParams.get("dalej")), false), request, shop)
    case "/wyloguj":
      return redirect("/", [Cookies.write("konto", "", 0), News.write([{ kind: "logout" }])])
    case "/zamowienie":
      return basket.length === 0 ? redirect("/koszyk", []) : page(checkoutPage(basket, email, false), request, shop)
    case "/zamowienie/dziekujemy":
      return order === undefined ? redirect("/", []) : page(thanksPage(order), request, shop)
    default:
      return page(missingPage, request, shop, 404)
  }
}

const act = (request: Request, shop: Shop): Response => {
  const { basket } = stateOf(request)
  const { form } = request
  const email = readEmail(form.get("email"))
  switch (request.url.pathname) {
    case "/koszyk/dodaj":
      return change(request, (quantity) => quantity + number(form.get("ile"), 1))
    case "/koszyk/zmien":
      return change(request, (quantity) => number(form.get("ile"), quantity))
    case "/koszyk/usun":
      return change(request, () => 0)
    case "/logowanie":
      return email === undefined
        ? page(loginPage(ownPath(form.get("dalej")), true), request, shop, 422)
        : redirect(ownPath(form.get("dalej")), [Cookies.write("konto", email, 30)])
    case "/zamowienie":
      if (basket.length === 0) return redirect("/koszyk", [])
      if (email === undefined || !form.get("nazwisko")?.trim()) {
        return page(checkoutPage(basket, email, true), request, shop, 422)
      }
      return redirect("/zamowienie/dziekujemy", [
        Cookies.write("zamowienie", Order.toCookie({ number: shop.orderNumber(), basket }), 1),
        Cookies.write("koszyk", "", 0)
      ])
    default:
      return page(missingPage, request, shop, 404)
  }
}

/** Changes one product's quantity; the next page tells the data layer. */
const change = (request: Request, next: (quantity: number) => number): Response => {
  const { basket } = stateOf(request)
  const product = findById(request.form.get("id") ?? "")
  if (product === undefined) return redirect("/koszyk", [])
  const before = Basket.quantityOf(basket, product)
  const changed = Basket.put(basket, product, next(before))
  const difference = { kind: "quantity", id: product.id, before, after: Basket.quantityOf(changed, product) } as const
  return redirect("/koszyk", [Cookies.write("koszyk", Basket.encode(changed), 30), News.write([difference])])
}

const page = (content: Page, request: Request, shop: Shop, status = 200): Response => {
  const news = News.read(request.cookies)
  const frame: Frame = { ...stateOf(request), ...shop, news }
  const ingest = new URL(shop.ingestUrl).origin
  const csp =
    `default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; ` +
    `frame-ancestors 'none'; script-src 'nonce-${shop.nonce}' ${ingest}; connect-src ${ingest}`
  return {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": csp,
      "x-content-type-options": "nosniff",
      ...(news.length > 0 && { "set-cookie": [News.clear] })
    },
    body: render(content, frame)
  }
}

const redirect = (location: string, cookies: ReadonlyArray<string>): Response => ({
  status: 303,
  headers: { location, "set-cookie": cookies },
  body: ""
})

const stateOf = ({ cookies }: Request) => ({
  basket: Basket.decode(cookies.get("koszyk") ?? ""),
  email: readEmail(cookies.get("konto") ?? null)
})

const readEmail = (text: string | null): string | undefined => {
  const email = text?.trim().toLowerCase() ?? ""
  return email.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(email) ? email : undefined
}

const number = (text: string | null, otherwise: number): number => {
  const read = Number(text || NaN)
  return Number.isFinite(read) ? read : otherwise
}

/** Only paths of this shop: nobody is sent on to another host after signing in. */
const ownPath = (path: string | null): string => (path !== null && /^\/(?![/\\])[\w/-]*$/.test(path) ? path : "/")
