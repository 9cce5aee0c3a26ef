import { existsSync } from "node:fs"
import sparticuz from "@sparticuz/chromium"
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest"
import { bundle } from "../bundle.mjs"
import { openPages, Sink } from "./Sink.ts"

const systemChromium = "/usr/bin/chromium"

let browser: Browser
let script: string

beforeAll(async () => {
  script = await bundle()
  const executablePath = existsSync(systemChromium) ? systemChromium : await sparticuz.executablePath()
  // Not the package's own arguments: they switch web security off, and with it the preflights that must not happen.
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"], headless: true })
}, 60_000)

afterAll(() => browser.close())

const rules = [
  { type: "VisitOnLoginPage", url: "/logowanie" },
  { type: "VisitOnProductPage", url: "/produkt/*" }
]

const html = (sink: string, body: string, tag = "") => `<!doctype html><html lang="pl"><head><title>Sklep</title>
<script type="application/json" id="spoor-config">${JSON.stringify({ rules, settleMs: 200, emailSelector: "#email" })}</script>
<script async src="${sink}/tracker.js" data-write-key="wk_test" ${tag}></script></head><body>${body}</body></html>`

const push = (value: unknown) =>
  `<script nonce="shop">window.dataLayer = window.dataLayer || []; dataLayer.push(${JSON.stringify(value)})</script>`

const mug = { item_id: "KUB-1", item_name: "Kubek Łąka", price: 64.9, quantity: 1 }
const viewItem = { event: "view_item", ecommerce: { currency: "PLN", items: [mug] } }
const pieces = { id: "A", quantity: 2, price: "10,50" }
const bought = { transaction_id: "Z-1", value: 64.9, currency: "PLN", items: [mug] }
const purchase = { event: "purchase", ecommerce: bought }
const addMug = { event: "add_to_cart", ecommerce: { currency: "PLN", items: [mug] } }

const pagesOf = (sink: string) => ({
  "/": html(sink, "<h1>Sklep</h1>"),
  "/produkt/kubek": html(sink, push(viewItem)),
  "/logowanie": html(sink, '<form action="/konto"><input id="email" name="email"><button>Dalej</button></form>'),
  "/dziekujemy": html(sink, push(purchase)),
  "/koszyk": html(sink, `<div data-spoor-cart='${JSON.stringify({ currency: "PLN", items: [pieces] })}'></div>`),
  "/zgoda": html(sink, push(addMug), 'data-consent="required"'),
  "/wczesnie": html(
    sink,
    '<script nonce="shop">(window.spoor = window.spoor || []).push(["identify", "jan@example.pl"])</script>'
  )
})

/** A shop, a door and a new visitor for each test; the tests run side by side, because most of their time is waiting. */
const openVisit = async () => {
  const sink = new Sink(script)
  const address = await sink.open()
  const { origin, close } = await openPages(pagesOf(address), address)
  const context = await browser.newContext()
  const page = await context.newPage()
  const patience = { timeout: 10_000, interval: 20 }
  return {
    sink,
    origin,
    context,
    page,
    types: () => sink.events.map((event) => event.type),
    stored: () => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("spoor_event:")).length),
    eventually: <A>(look: () => A | Promise<A>, expected: A) =>
      vi.waitFor(async () => expect(await look()).toEqual(expected), patience),
    heard: (count: number) => vi.waitFor(() => expect(sink.events.length).toBe(count), patience),
    close: async () => {
      await context.close()
      close()
      await sink.close()
    }
  }
}

const visit = async (go: (visit: Awaited<ReturnType<typeof openVisit>>) => Promise<void>) => {
  const opened = await openVisit()
  try {
    await go(opened)
  } finally {
    await opened.close()
  }
  const preflights = opened.sink.received.filter((request) => request.method === "OPTIONS")
  if (preflights.length > 0) throw new Error(`${preflights.length} requests asked for permission first`)
}

describe.concurrent("a visit", () => {
  it("is one event per page, with one visitor, the goods in minor units and a growing sequence", () =>
    visit(async ({ page, origin, sink, context, heard, types }) => {
      await page.goto(`${origin}/`)
      await page.goto(`${origin}/produkt/kubek`)
      await page.evaluate((event) => Reflect.get(window, "dataLayer").push(event), addMug)
      await page.goto(`${origin}/dziekujemy`)
      await heard(4)
      expect(types()).toEqual(["VisitOnWebsite", "VisitOnProductPage", "ModifyCart", "VisitOnSalePage"])
      expect(new Set(sink.events.map((event) => event.visitorId)).size).toBe(1)
      expect(sink.events.map((event) => event.sequence)).toEqual([1, 2, 3, 4])
      expect(sink.events.map((event) => event.id)).toEqual(sink.events.map((event) => event.id).sort())
      const line = { id: "KUB-1", name: "Kubek Łąka", quantity: 1, unitPrice: 6490 }
      expect(sink.events[1]?.product).toEqual({ id: "KUB-1", name: "Kubek Łąka", price: 6490, currency: "PLN" })
      expect(sink.events[2]?.cart).toEqual({ currency: "PLN", items: [line] })
      expect(sink.events[3]?.order).toEqual({ id: "Z-1", value: 6490, currency: "PLN" })
      const [cookie] = await context.cookies()
      expect(cookie).toMatchObject({ name: "spoor_visitor", sameSite: "Lax", value: sink.events[0]?.visitorId })
    }))

  it("in a single-page shop has a page view per address, and none for a jump within the page", () =>
    visit(async ({ page, origin, sink, heard, types }) => {
      await page.goto(`${origin}/`)
      await page.evaluate(() => history.pushState({}, "", "/produkt/1"))
      await page.evaluate(() => history.replaceState({}, "", "/produkt/1#opis"))
      await page.evaluate(() => history.pushState({}, "", "/logowanie"))
      await page.evaluate(() => history.back())
      await heard(4)
      expect(types()).toEqual(["VisitOnWebsite", "VisitOnProductPage", "VisitOnLoginPage", "VisitOnProductPage"])
      expect(sink.events[1]?.referrer).toBe(`${origin}/`)
    }))

  it("counts a later view of another product as a page view, and a repeated push of the same one not", () =>
    visit(async ({ page, origin, sink, heard }) => {
      await page.goto(`${origin}/produkt/kubek`)
      const other = { event: "view_item", ecommerce: { currency: "PLN", items: [{ ...mug, item_id: "KUB-2" }] } }
      for (const event of [viewItem, other]) {
        await page.evaluate((event) => Reflect.get(window, "dataLayer").push(event), event)
      }
      await heard(2)
      expect(sink.events.map((event) => event.product?.id)).toEqual(["KUB-1", "KUB-2"])
    }))

  it("reads a cart that the page shows, and says that it changed", () =>
    visit(async ({ page, origin, sink, heard, types }) => {
      await page.goto(`${origin}/koszyk`)
      await heard(2)
      expect(types()).toEqual(["VisitOnWebsite", "ModifyCart"])
      expect(sink.events[0]?.cart?.items).toEqual([{ id: "A", quantity: 2, unitPrice: 1050 }])
      await page.reload()
      await heard(3)
      expect(types()[2]).toBe("VisitOnWebsite")
    }))
})

describe.concurrent("a customer", () => {
  it("is named as soon as the e-mail field is left, even when the page goes away with it", () =>
    visit(async ({ page, origin, sink, heard, types }) => {
      await page.goto(`${origin}/logowanie`)
      await heard(1)
      await page.fill("#email", " Anna.Nowak@Example.com ")
      await page.click("button")
      await heard(3)
      expect(types()).toEqual(["VisitOnLoginPage", "VisitOnLoginPage", "VisitOnWebsite"])
      expect(sink.events.map((event) => event.email)).toEqual([
        undefined,
        "anna.nowak@example.com",
        "anna.nowak@example.com"
      ])
    }))

  it("who logs out is nobody afterwards", () =>
    visit(async ({ page, origin, sink, heard }) => {
      await page.goto(`${origin}/wczesnie`)
      await heard(1)
      await page.evaluate(() => Reflect.get(window, "spoor").logout())
      await page.goto(`${origin}/`)
      await heard(3)
      expect(sink.events.map((event) => [event.email, event.logout])).toEqual([
        ["jan@example.pl", undefined],
        ["jan@example.pl", true],
        [undefined, undefined]
      ])
    }))
})

describe.concurrent("nothing is lost", () => {
  it("when the page is left at once: beacons carry it, and what they carried is confirmed on the next page", () =>
    visit(async ({ page, origin, sink, heard, stored, eventually }) => {
      await page.goto(`${origin}/`)
      await heard(1)
      await page.evaluate(() => {
        for (let index = 0; index < 5; index++) Reflect.get(window, "spoor").track("VisitOnWebsite")
        location.href = "/produkt/kubek"
      })
      await heard(7)
      await eventually(stored, 0)
      expect(sink.events.filter((event) => event.type === "VisitOnProductPage").length).toBe(1)
    }))

  it("when the server is away: it is kept, and sent with the same ids and a new sentAt", () =>
    visit(async ({ page, origin, sink, stored, eventually }) => {
      sink.answer = { status: 503 }
      await page.goto(`${origin}/`)
      await eventually(() => sink.posts.length, 1)
      expect(await stored()).toBe(1)
      sink.answer = { status: 200 }
      await eventually(() => sink.posts.length, 2)
      const [first, second] = sink.posts
      expect(second?.events).toEqual(first?.events)
      expect(second?.sentAt).toBeGreaterThan(first?.sentAt ?? Infinity)
      await eventually(stored, 0)
    }))

  it("when there is more than one beacon can carry: every body stays below 60 KiB", () =>
    visit(async ({ page, origin, sink, heard, stored, eventually }) => {
      await page.goto(`${origin}/`)
      await heard(1)
      const events = 40
      await page.evaluate((events) => {
        const name = "Półmisek żółty €".repeat(30)
        const items = Array.from({ length: 20 }, (_, index) => ({ id: `P${index}`, name, quantity: 1, price: 10 }))
        const spoor = Reflect.get(window, "spoor")
        for (let index = 0; index < events; index++) spoor.track("ModifyCart", { cart: { currency: "PLN", items } })
        location.href = "/produkt/kubek"
      }, events)
      await heard(events + 2)
      expect(sink.posts.length).toBeGreaterThan(5)
      for (const post of sink.posts) expect(post.bytes).toBeLessThanOrEqual(60 * 1024)
      await eventually(stored, 0)
    }))
})

describe.concurrent("a guest in the shop's page", () => {
  it("drops what the server will never take, and names the reason in the console", () =>
    visit(async ({ page, origin, sink, stored, eventually }) => {
      const warnings: Array<string> = []
      page.on("console", (message) => message.type() === "warning" && warnings.push(message.text()))
      sink.answer = { status: 401 }
      await page.goto(`${origin}/`)
      await eventually(() => warnings.join().includes("write key"), true)
      expect(await stored()).toBe(0)
    }))

  it("never throws, whatever the page does to it", () =>
    visit(async ({ page, origin, heard, types }) => {
      const errors: Array<string> = []
      page.on("pageerror", (error) => errors.push(error.message))
      await page.goto(`${origin}/`)
      await heard(1)
      await page.evaluate(() => {
        const spoor = Reflect.get(window, "spoor")
        spoor.identify(null)
        spoor.cart(7)
        spoor.track("VisitOnMars")
        spoor.track("ModifyCart", { cart: "x" })
        spoor.push("logout")
        spoor.push(null)
        Reflect.get(window, "dataLayer").push(null, 1, { event: "add_to_cart", items: 5 }, { event: "purchase" })
      })
      await heard(3)
      expect(types()).toEqual(["VisitOnWebsite", "ModifyCart", "VisitOnSalePage"])
      expect(errors).toEqual([])
    }))

  it("stores and sends nothing before consent, and erases everything when it is withdrawn", () =>
    visit(async ({ page, origin, sink, heard, types }) => {
      const left = () => page.evaluate(() => Object.keys(localStorage).length + document.cookie.length)
      await page.goto(`${origin}/zgoda`)
      await page.evaluate(() => Reflect.get(window, "spoor")?.identify("anna@example.com"))
      await page.waitForTimeout(1500)
      expect([sink.posts.length, await left()]).toEqual([0, 0])
      await page.evaluate(() => Reflect.get(window, "spoor").consent(true))
      await heard(2)
      expect(types()).toEqual(["VisitOnWebsite", "ModifyCart"])
      await page.evaluate(() => Reflect.get(window, "spoor").consent(false))
      expect(await left()).toBe(0)
      await page.evaluate(() => Reflect.get(window, "spoor").track("VisitOnWebsite"))
      await page.goto(`${origin}/zgoda`)
      expect([sink.events.length, await left()]).toEqual([2, 0])
    }))
})
