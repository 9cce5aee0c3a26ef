import type { Event } from "@spoor/contracts"
import { currency, type Product, products } from "../Catalogue.ts"
import type { Arrival } from "./Arrival.ts"
import * as Chance from "./Chance.ts"
import * as Page from "./Page.ts"
import { type Person, uuid } from "./Person.ts"

/** An event as it goes over the wire. *Units*: `at` in epoch milliseconds. */
export type Step = typeof Event.Event.Encoded & { readonly at: number }

/** What somebody has come for. */
export type Intent = "glance" | "browse" | "abandon" | "empty" | "buy" | "buyUnnamed"

/** What one browser carries from visit to visit. */
export interface Browser {
  readonly person: Person
  readonly sequence: number
  readonly basket: ReadonlyMap<Product, number>
}

export interface Plan {
  readonly intent: Intent
  readonly arrival: Arrival
  readonly startAt: number
  readonly shopUrl: string
  readonly orderId: string
  /** How long people stay on a page, the median. *Units*: milliseconds. */
  readonly pace: number
  readonly leavesByLogout: boolean
}

/** Popular goods are far more popular: the n-th is wanted 1/n as often. */
const wanted = products.map((product, index): Chance.Weighted<Product> => [1 / (index + 1), product])
export const favourite = (chance: Chance.Chance): Product => Chance.weigh(chance, [[0, products[0]!], ...wanted])

/** One visit, page by page, and the browser as it is left. */
export const walk = (
  chance: Chance.Chance,
  browser: Browser,
  plan: Plan
): { readonly steps: ReadonlyArray<Step>; readonly browser: Browser } => {
  const { person } = browser
  const steps: Array<Step> = []
  const basket = new Map(browser.basket)
  let at = plan.startAt
  let referrer = plan.arrival.referrer
  let isKnown = false

  const step = (type: Step["type"], page: Page.Page, more: Partial<Step> = {}, query = "") => {
    const url = `${plan.shopUrl}${page.path}${query}`
    steps.push({
      id: uuid(chance, at),
      visitorId: person.visitorId,
      type,
      at,
      sequence: browser.sequence + steps.length + 1,
      url,
      title: page.title,
      ...(referrer !== undefined && { referrer }),
      device: person.device,
      ...more
    })
    referrer = url
    at += Math.round(Math.min(Math.max(Chance.linger(chance, plan.pace), 900), 20 * 60_000))
  }
  const view = (product: Product, query = "") =>
    step("VisitOnProductPage", Page.ofProduct(product), { product: productOf(product) }, query)
  const change = (product: Product, quantity: number) => {
    if (quantity > 0) basket.set(product, quantity)
    else basket.delete(product)
    step("ModifyCart", Page.cart, { cart: cartOf(basket) })
  }
  const signIn = () => {
    if (person.email === undefined || isKnown) return
    isKnown = true
    step("VisitOnLoginPage", Page.login, { email: person.email })
  }

  const { arrival } = plan
  if (arrival.product !== undefined) view(arrival.product, arrival.query)
  else
    step(
      arrival.page === Page.cart ? "VisitOnCartListPage" : "VisitOnWebsite",
      arrival.page,
      cartOnPage(arrival.page, basket),
      arrival.query
    )
  if (plan.intent !== "glance") {
    if (Chance.isTrue(chance, 0.25)) signIn()
    for (let looks = 2 + Chance.run(chance, 0.62, 12); looks > 0; looks--) {
      const product = favourite(chance)
      if (Chance.isTrue(chance, 0.35)) step("VisitOnWebsite", Page.ofCategory(product.category))
      view(product)
    }
    if (Chance.isTrue(chance, 0.06)) step("VisitOnWebsite", Chance.pick(chance, Page.aside))
  }
  if (plan.intent !== "glance" && plan.intent !== "browse") {
    for (let goods = 1 + Chance.run(chance, 0.4, 3); goods > 0; goods--) {
      const product = favourite(chance)
      view(product)
      change(product, (basket.get(product) ?? 0) + 1)
    }
    step("VisitOnCartListPage", Page.cart, { cart: cartOf(basket) })
    if (plan.intent === "empty") for (const product of Array.from(basket.keys())) change(product, 0)
    if (plan.intent === "abandon" && Chance.isTrue(chance, 0.4)) signIn()
  }
  if (plan.intent === "buy" || plan.intent === "buyUnnamed") {
    signIn()
    step("VisitOnWebsite", Page.checkout)
    const isNamed = plan.intent === "buy"
    const cart = cartOf(basket)
    const order = { ...(isNamed && { id: plan.orderId }), value: valueOf(basket), currency }
    step("VisitOnSalePage", Page.thanks(isNamed ? plan.orderId : undefined), { cart, order })
    if (Chance.isTrue(chance, 0.12))
      step("VisitOnSalePage", Page.thanks(isNamed ? plan.orderId : undefined), { cart, order })
    basket.clear()
  }
  if (plan.leavesByLogout && isKnown) step("VisitOnWebsite", Page.home, { logout: true })
  return { steps, browser: { person, sequence: browser.sequence + steps.length, basket } }
}

const productOf = ({ id, name, price }: Product) => ({ id, name, price, currency })

const cartOf = (basket: ReadonlyMap<Product, number>) => ({
  currency,
  items: [...basket].map(([{ id, name, price }, quantity]) => ({ id, name, quantity, unitPrice: price }))
})

const valueOf = (basket: ReadonlyMap<Product, number>): number =>
  [...basket].reduce((sum, [{ price }, quantity]) => sum + price * quantity, 0)

const cartOnPage = (page: Page.Page, basket: ReadonlyMap<Product, number>): Partial<Step> =>
  page === Page.cart ? { cart: cartOf(basket) } : {}
