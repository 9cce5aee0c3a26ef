import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { House } from "../src/House.ts"
import { open, seriousOf, signIn } from "../src/Marketer.ts"

/** The house's rules, and what the schedule and the clocks may add. *Units*: milliseconds. */
const inactivity = 60_000
const sessionEnd = inactivity + 15_000
/** "Within seconds." */
const soon = 15_000

/** Somebody looks at two products and puts one in the cart. */
const shopAround = async (page: Page, shop: string) => {
  await page.goto(shop)
  await page.goto(`${shop}/produkt/kubek-piaskowy`)
  await page.waitForTimeout(700)
  await page.goto(`${shop}/produkt/imbryk-z-kamionki`)
  await page.waitForTimeout(700)
  await page.click("text=Dodaj do koszyka")
  await page.waitForURL(/koszyk/)
}

/** Reads the list again until its text says so: the panel is another process, and so is the worker. */
const eventually = async (page: Page, url: string, says: (rows: ReadonlyArray<string>) => boolean, within: number) => {
  const until = performance.now() + within
  let rows: ReadonlyArray<string> = []
  while (performance.now() < until) {
    await page.goto(url)
    rows = await page.locator("tbody tr").allInnerTexts()
    if (says(rows)) return rows
    await page.waitForTimeout(500)
  }
  throw new Error(`Not within ${within} ms; the rows were:\n${rows.join("\n")}`)
}

const has = (text: string) => (rows: ReadonlyArray<string>) => rows.some((row) => row.includes(text))
const all = (text: string, count: number) => (rows: ReadonlyArray<string>) =>
  rows.filter((row) => row.includes(text)).length >= count

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("one trace, all the way through", (it) => {
  it.effect(
    "a visit stands in the panel within seconds, its outcome when it is over, and axe finds nothing serious",
    () =>
      Effect.gen(function* () {
        const { panel, shop } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const marketer = await signIn(browser, panel)

          const visit = await open(browser)
          const asked: Array<string> = []
          visit.on("request", (request) => asked.push(request.method()))
          const visitor = await visit.newPage()
          await shopAround(visitor, shop)
          await visitor.close()
          const leftAt = performance.now()
          const activity = await eventually(marketer, `${panel}/activity`, has("ModifyCart"), soon)
          assert.isTrue(has("VisitOnProductPage")(activity) && has("VisitOnWebsite")(activity))
          assert.isTrue(
            activity.every((row) => row.includes("Tak")),
            "every session is active"
          )
          assert.notInclude(asked, "OPTIONS")

          // While the first visitor's minute passes: another one logs in half way and buys.
          const buyer = await (await open(browser)).newPage()
          await shopAround(buyer, shop)
          await buyer.goto(`${shop}/logowanie`)
          await buyer.fill("input[type=email]", "Ewa@example.pl")
          await buyer.click("main button")
          await buyer.waitForURL(`${shop}/`)
          await eventually(marketer, `${panel}/activity?email=ewa%40example.pl`, all("ewa@example.pl", 5), soon)
          await buyer.goto(`${shop}/zamowienie`)
          await buyer.click("text=Zamawiam i płacę")
          await buyer.waitForURL(/dziekujemy/)
          const orderId = await buyer.locator("#numer").innerText()
          await buyer.close()
          const bought = await eventually(marketer, `${panel}/session-events`, has("FinalizedTransaction"), soon)
          assert.lengthOf(bought, 1)
          assert.include(bought[0], "ewa@example.pl")
          await marketer.locator("tbody tr a").last().click()
          await marketer.waitForURL(/session-events\/\d+/)
          await marketer.getByText(orderId).first().waitFor()

          // While the rest of the minute passes: every page, as far as there is time.
          const looker = await signIn(browser, panel, {}, "/activity")
          const row = await looker.locator("tbody tr a").last().getAttribute("href")
          const pages = [
            "/activity",
            row ?? "",
            "/activity?site=outlet",
            "/session-events",
            "/panel-log",
            "/api-log",
            "/sms-log",
            "/nowhere"
          ]
          const serious: Array<string> = []
          while (pages.length > 0 && performance.now() - leftAt < inactivity - soon) {
            serious.push(...(await seriousOf(looker, panel, pages.splice(0, 1))))
          }

          const left = sessionEnd - (performance.now() - leftAt)
          const outcomes = await eventually(marketer, `${panel}/session-events`, has("AbandonedCart"), left)
          assert.lengthOf(outcomes, 2)
          await marketer.locator("tbody tr", { hasText: "AbandonedCart" }).locator("a").last().click()
          await marketer.waitForURL(/session-events\/\d+/)
          await marketer.getByText("Imbryk z kamionki").first().waitFor()
          const over = await eventually(marketer, `${panel}/activity`, has("Nie"), soon)
          assert.isTrue(has("ModifyCart")(over))
          assert.deepEqual([...serious, ...(await seriousOf(looker, panel, pages))], [])
        })
      }).pipe(Effect.scoped)
  )

  it.effect("a site without activity says how to set it up", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        await page.goto(`${panel}/activity?site=sklep`)
        assert.isAbove(await page.locator("tbody tr").count(), 0)
        await page.goto(`${panel}/activity?site=outlet`)
        assert.strictEqual(await page.locator("tbody tr").count(), 0)
        assert.include(await page.locator("main").innerText(), "Web Tracking")
      })
    }).pipe(Effect.scoped)
  )
})
