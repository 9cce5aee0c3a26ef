import { Clock, Effect, Layer, Option, Schema } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { categories, products } from "../Catalogue.ts"
import * as Basket from "./Basket.ts"
import { type Content, page } from "./Layout.ts"
import * as Pages from "./Pages.ts"
import * as Push from "./Push.ts"
import { style } from "./style.ts"

/** *Shape*: `ingestUrl` without a slash at the end, as a browser reaches it. */
export interface Options {
  readonly ingestUrl: string
  readonly writeKey: string
}

/** Cookies of the shop: the cart, the customer, and what the next page has to tell the data layer once. */
const cookie = { basket: "koszyk", customer: "klient", news: "nowina" } as const

const cookieOptions = { path: "/", httpOnly: true, sameSite: "lax" } as const

interface Visit {
  readonly basket: Basket.Basket
  readonly customer: string | undefined
  readonly news: string | undefined
}

const visit = Effect.map(HttpServerRequest.HttpServerRequest, ({ cookies }): Visit => ({
  basket: Basket.read(cookies[cookie.basket]),
  customer: cookies[cookie.customer] || undefined,
  news: cookies[cookie.news] || undefined
}))

const readForm = HttpServerRequest.schemaBodyUrlParams(Schema.Record(Schema.String, Schema.String))
const field = (name: string) => Effect.map(readForm, (form) => form[name] ?? "")

const goTo = (path: string, cookies: Readonly<Record<string, string>> = {}) =>
  Object.entries(cookies).reduce(
    (response, [name, value]) => HttpServerResponse.setCookieUnsafe(response, name, value, cookieOptions),
    HttpServerResponse.redirect(path, { status: 303 })
  )

/** The demo shop on its own. *Shape*: a layer that needs an `HttpServer`. */
export const layer = (options: Options) =>
  HttpRouter.serve(routes(options), { disableLogger: true, disableListenLog: true })

/** Its pages, for a server that has more to say. */
export const routes = (options: Options) => {
  const show = (content: Content, now: Visit, status = 200) =>
    HttpServerResponse.setCookieUnsafe(
      HttpServerResponse.text(
        page({ ...options, pieces: Basket.pieces(now.basket), customer: now.customer }, withNews(content, now)),
        { status, contentType: "text/html; charset=utf-8", headers: { "cache-control": "no-store" } }
      ),
      cookie.news,
      "",
      cookieOptions
    )
  const answer = (content: (now: Visit) => Content) => Effect.map(visit, (now) => show(content(now), now))
  const notFound = Effect.map(visit, (now) => show(Pages.missing, now, 404))

  const add = Effect.gen(function* () {
    const id = yield* field("id")
    const { basket } = yield* visit
    return products.some((product) => product.id === id)
      ? goTo("/koszyk", { [cookie.basket]: Basket.write(Basket.add(basket, id)), [cookie.news]: `add:${id}` })
      : yield* notFound
  })
  const remove = Effect.gen(function* () {
    const id = yield* field("id")
    const { basket } = yield* visit
    const news = `remove:${id}:${basket.get(id) ?? 0}`
    return goTo("/koszyk", { [cookie.basket]: Basket.write(Basket.without(basket, id)), [cookie.news]: news })
  })
  const signIn = Effect.map(field("email"), (email) => goTo("/", { [cookie.customer]: email.trim().slice(0, 320) }))
  const checkout = Effect.map(visit, (now) =>
    now.basket.size === 0 ? goTo("/koszyk") : show(Pages.checkout(now.basket, now.customer), now)
  )
  // The order's content travels in the address: the shop remembers nothing, and the page can be opened again.
  const buy = Effect.gen(function* () {
    const { basket } = yield* visit
    if (basket.size === 0) return goTo("/koszyk")
    const orderId = orderNumber(yield* Clock.currentTimeMillis)
    return goTo(`/dziekujemy?zamowienie=${orderId}&towar=${Basket.write(basket)}`, { [cookie.basket]: "" })
  })
  const thanks = Effect.gen(function* () {
    const { url } = yield* HttpServerRequest.HttpServerRequest
    const query = new URL(url, "http://shop").searchParams
    const basket = Basket.read(query.get("towar") ?? undefined)
    const orderId = query.get("zamowienie") ?? ""
    return orderId === "" || basket.size === 0 ? yield* notFound : yield* answer(() => Pages.thanks(orderId, basket))
  })

  return Layer.mergeAll(
    HttpRouter.add("GET", "/healthz", HttpServerResponse.text("ok")),
    HttpRouter.add("GET", "/style.css", HttpServerResponse.text(style, { contentType: "text/css; charset=utf-8" })),
    HttpRouter.add("GET", "/", answer(Pages.home)),
    ...categories.map(({ slug }) =>
      HttpRouter.add(
        "GET",
        `/kategoria/${slug}`,
        answer(() => Pages.listing(slug))
      )
    ),
    ...products.map((product) =>
      HttpRouter.add(
        "GET",
        `/produkt/${product.slug}`,
        answer(() => Pages.product(product))
      )
    ),
    ...Object.entries(Pages.reading).map(([path, content]) =>
      HttpRouter.add(
        "GET",
        readingPath(path),
        answer(() => content)
      )
    ),
    HttpRouter.add(
      "GET",
      "/koszyk",
      answer(({ basket, news }) => Pages.cart(basket, pushesOf(news)))
    ),
    HttpRouter.add("POST", "/koszyk/dodaj", add),
    HttpRouter.add("POST", "/koszyk/usun", remove),
    HttpRouter.add("GET", "/logowanie", answer(Pages.login)),
    HttpRouter.add("POST", "/logowanie", signIn),
    HttpRouter.add("POST", "/wyloguj", Effect.succeed(goTo("/", { [cookie.customer]: "", [cookie.news]: "logout" }))),
    HttpRouter.add("GET", "/zamowienie", checkout),
    HttpRouter.add("POST", "/zamowienie", buy),
    HttpRouter.add("GET", "/dziekujemy", thanks),
    HttpRouter.add("GET", "/*", notFound)
  )
}

/** What happened on the way to this page, for the data layer. *Shape*: "add:ID", "remove:ID:quantity" or "logout". */
const pushesOf = (news: string | undefined): ReadonlyArray<Push.Push> => {
  const [what, id, quantity] = (news ?? "").split(":")
  if (what === "logout") return [Push.logout]
  const product = Option.fromUndefinedOr(products.find((one) => one.id === id))
  if (Option.isNone(product)) return []
  if (what === "add") return [Push.addToCart(product.value)]
  return what === "remove" ? [Push.removeFromCart({ product: product.value, quantity: Number(quantity) || 1 })] : []
}

const withNews = (content: Content, { news }: Visit): Content =>
  news === "logout" ? { ...content, pushes: [Push.logout, ...(content.pushes ?? [])] } : content

const readingPath = (path: string): `/${string}` => `/${path.slice(1)}`

/** Never the same twice, also across restarts. *Shape*: "ZAM-" and the time in base 36. */
const orderNumber = (now: number): string => `ZAM-${now.toString(36).toUpperCase()}`
