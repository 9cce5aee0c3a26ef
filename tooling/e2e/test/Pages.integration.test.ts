import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { email, House, writeKey } from "../src/House.ts"
import { seriousOf, signIn } from "../src/Marketer.ts"

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** Within which the worker has written what the door took, and told of it. *Units*: milliseconds. */
const soon = 15_000

const cart = { currency: "PLN", items: [{ id: "kubek", name: "Kubek piaskowy", quantity: 2, unitPrice: 4_900 }] }

/**
 * What one shared browser did today: Anna leaves a cart, comes back and buys; Adam looks around; nobody looks around. Then so
 * many visits of Anna's that they fill more than a page; and since six hours nothing, although somebody was there at this hour on
 * every day of the week before.
 */
const eventsBefore = (now: number) => {
  const event = (id: string, hoursAgo: number, more: object) => ({
    id,
    visitorId: "wspolna-przegladarka",
    type: "VisitOnWebsite",
    at: now - hoursAgo * HOUR,
    url: "http://127.0.0.1/",
    ...more
  })
  const anna = { email: "anna@example.pl" }
  return [
    event("a1", 20, { ...anna, type: "ModifyCart", cart }),
    event("a2", 16, { ...anna, type: "VisitOnSalePage", order: { id: "ZAM-1", value: 9_800, currency: "PLN" } }),
    event("b1", 12, { email: "adam@example.pl" }),
    event("c1", 11, {}),
    ...[1, 2, 3, 4, 5, 6, 7].map((days) => event(`before${days}`, 24 * days + 1, { visitorId: "staly-gosc" })),
    ...Array.from({ length: 21 }, (_, index) =>
      event(`d${index}`, 10 - index / 5, { ...anna, visitorId: "telefon-anny" })
    )
  ]
}

const send = async (ingest: string) => {
  const answer = await fetch(`${ingest}/v1/events`, {
    method: "POST",
    body: JSON.stringify({ writeKey, events: eventsBefore(Date.now()) })
  })
  assert.include(await answer.json(), { stored: 32, rejected: 0 })
}

/** Reads a page again until it says so: the worker is another process. */
const until = async (page: Page, url: string, text: string) => {
  const end = performance.now() + soon
  while (performance.now() < end) {
    await page.goto(url)
    if ((await page.locator("main").innerText()).includes(text)) return
    await page.waitForTimeout(300)
  }
  throw new Error(`Never said "${text}": ${await page.locator("main").innerText()}`)
}

const sessions = (page: Page) => page.locator("main article").count()

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the pages over the logs", (it) => {
  it.effect("a person is one click away from a log, and all of the person is on one page", () =>
    Effect.gen(function* () {
      const { panel, ingest } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        await send(ingest)
        const page = await signIn(browser, panel)
        await until(page, `${panel}/session-events?type=AbandonedCart`, "anna@example.pl")

        await page.locator("tbody tr").first().hover()
        await page.locator("a[href='/person?email=anna%40example.pl']").first().click()
        await page.waitForURL(/\/person\?email=anna/)
        const main = page.locator("main")
        assert.include(await main.innerText(), "i 1 bez e-maila w tej samej przeglądarce")
        assert.include(await main.innerText(), "1 odzyskany")
        assert.match(await main.innerText(), /98,00\szł/)
        assert.notInclude(await main.innerText(), "adam@example.pl")
        assert.strictEqual(await sessions(page), 20)

        await page.getByRole("link", { name: "Starsze" }).click()
        await page.getByText("ZAM-1").first().waitFor()
        assert.strictEqual(await sessions(page), 4)
        assert.notInclude(await main.innerText(), "adam@example.pl")
        await page.getByRole("link", { name: "Nowsze", exact: true }).click()
        await page.waitForURL((url) => url.searchParams.has("newer"))
        await page.goto(`${panel}/person?email=anna%40example.pl`)

        // The purchases that are counted are the rows that the number leads to.
        await page.locator("dl a[href*='FinalizedTransaction']").click()
        await page.waitForURL(/\/session-events\?/)
        assert.strictEqual(await page.locator("tbody tr").count(), 1)

        // From a drawer: the browser, with everybody who used it, and a session's place in the timeline.
        await page.locator("tbody tr").click()
        await page.locator("[role=dialog] a[href='/person?visitor=wspolna-przegladarka']").click()
        await page.waitForURL(/\/person\?visitor=/)
        assert.strictEqual(await sessions(page), 4)
        assert.include(await main.innerText(), "adam@example.pl")
        const session = encodeURIComponent("sklep:a1")
        await page.goto(`${panel}/person?session=${session}`, { waitUntil: "networkidle" })
        assert.include(page.url(), "email=anna%40example.pl")
        assert.include(await page.locator("main article").first().innerText(), "AbandonedCart")

        await page.keyboard.press("g")
        await page.keyboard.press("e")
        await page.waitForURL(`${panel}/person`)
        await page.keyboard.press("/")
        await page.keyboard.type("  ANNA@example.pl ")
        await page.keyboard.press("Enter")
        await page.waitForURL(/\/person\?email=anna%40example\.pl$/)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("a page speaks one language, whichever is chosen in another tab meanwhile", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        const other = await page.context().newPage()
        await other.goto(panel)
        await other.click("button[value=en]")
        await other.locator("html[lang=en]").waitFor({ state: "attached" })
        await page.locator("nav a[href='/sms-log']").first().click()
        await page.waitForURL(`${panel}/sms-log`)
        await page.locator("html[lang=en]").waitFor({ state: "attached" })
        assert.include(await page.locator("nav").first().innerText(), "Website activity")

        // A page that does not come at once is said to be on its way.
        let letGo = () => {}
        const held = new Promise<void>((resolve) => (letGo = resolve))
        await page.goto(`${panel}/person`, { waitUntil: "networkidle" })
        await page.route("**/__data.json*", (route) => held.then(() => route.continue()))
        await page.locator("nav a[href='/api-log']").first().click()
        await page.getByText("Loading…").waitFor()
        letGo()
        await page.waitForURL(`${panel}/api-log`)
        await page.getByText("Loading…").waitFor({ state: "detached" })
      })
    }).pipe(Effect.scoped)
  )

  it.effect("a person's page says in both languages why it has nothing, and works without a script", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel, { locale: "en-GB", javaScriptEnabled: false })
        await page.goto(`${panel}/person`)
        await page.fill("input[name=find]", "nobody@example.pl")
        await page.getByRole("button", { name: "Show" }).click()
        assert.include(await page.locator("main").innerText(), "None of the five logs has an entry")
        await page.goto(`${panel}/person?email=no-address`)
        assert.include(await page.locator("[role=alert]").innerText(), "does not look like an e-mail")
        await page.goto(`${panel}/person?email=anna%40example.pl`)
        await page.getByRole("link", { name: "Older" }).click()
        assert.strictEqual(await sessions(page), 4)
        const polish = await signIn(browser, panel)
        await polish.goto(`${panel}/person?phone=12`)
        assert.include(await polish.locator("[role=alert]").innerText(), "numer telefonu")
      })
    }).pipe(Effect.scoped)
  )

  it.effect("an e-mail is taken back from a session and given again, with the reason for each", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        await page.goto(`${panel}/person?visitor=wspolna-przegladarka`, { waitUntil: "networkidle" })
        const session = (at: number) => page.locator("main article").nth(at)
        assert.include(await session(1).innerText(), "E-mail podano w tej sesji")
        await session(1).getByText("Odłącz e-mail").click()
        await session(1).getByLabel("Powód").fill("To nie Adam")
        await session(1).getByRole("button", { name: "Odłącz" }).click()
        await page.getByRole("status").getByText("E-mail jest odłączony").waitFor()
        // The page looks again until the worker has come to it.
        await session(1).getByText("bez e-maila").waitFor()
        assert.include(await page.locator("main section").first().innerText(), "To nie Adam")
        await until(page, `${panel}/panel-log?method=POST&url=*unlink*`, "127.0.0.1")

        const english = await signIn(browser, panel, { locale: "en-GB", javaScriptEnabled: false })
        await english.goto(`${panel}/person?email=adam%40example.pl`)
        await english.getByRole("button", { name: "Link the e-mail adam@example.pl again" }).click()
        assert.include(await english.locator("main").innerText(), "The e-mail is linked again")
        await until(page, `${panel}/person?email=adam%40example.pl`, "E-mail podano w tej sesji")
        assert.include(await page.locator("main section").first().innerText(), "przywrócono")
      })
    }).pipe(Effect.scoped)
  )

  it.effect("the overview's numbers are the rows behind them, and silence is said", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        assert.strictEqual(new URL(page.url()).pathname, "/")
        const main = page.locator("main")
        assert.include(await main.innerText(), "Witryna Dom i Herbata milczy: ostatnie zdarzenie przyszło 6 godz. temu")
        assert.include(await main.innerText(), "fragment Web Tracking")
        assert.include(await page.locator("tr", { hasText: "Outlet" }).innerText(), "Jak ją podłączyć")

        await page.locator("#overview-range a[href='/?range=last-24h']").dispatchEvent("click")
        await page.waitForURL(/range=last-24h/)
        const figure = (name: string) =>
          page.locator("section", { has: page.getByRole("heading", { name, exact: true }) })
        assert.match(await figure("Odzyskane koszyki").innerText(), /100%\s+1 z 1 porzuconych/)
        assert.match(await figure("Porzucone koszyki").innerText(), /^Porzucone koszyki\s+1\s/)
        const [bar] = await figure("Zakupy").locator("svg a[aria-label$=': 1']").all()
        await bar?.click()
        await page.waitForURL(/\/session-events\?type=FinalizedTransaction&from=/)
        assert.strictEqual(await page.locator("tbody tr").count(), 1)
        await page.goBack()
        await figure("Zdarzenia na stronie").getByRole("link", { name: "25", exact: true }).click()
        await page.waitForURL(/\/activity\?range=last-24h/)
        assert.strictEqual(await page.locator("tbody tr").count(), 25)

        const english = await signIn(browser, panel, { locale: "en-GB", javaScriptEnabled: false })
        assert.include(await english.locator("main").innerText(), "The site Dom i Herbata is silent")
        await english.goto(`${panel}/?range=yesterday`)
        assert.include(await english.locator("main").innerText(), "Yesterday")
      })
    }).pipe(Effect.scoped)
  )

  it.effect("what was typed before a page's script came stays when it comes", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        const { promise: isTyped, resolve: letCome } = Promise.withResolvers<void>()
        await page.route("**/*.js", async (route) => {
          await isTyped
          await route.continue()
        })
        await page.goto(`${panel}/what-if?site=sklep`, { waitUntil: "commit" })
        await page.fill("input[name=grace]", "1441")
        await page.selectOption("select[name=days]", "7")
        letCome()
        await page.waitForLoadState("networkidle")
        // What a script alone can do.
        await page.locator("h1").click()
        await page.keyboard.press("?")
        await page.getByRole("dialog").waitFor()
        assert.strictEqual(await page.inputValue("input[name=grace]"), "1441")
        assert.strictEqual(await page.inputValue("select[name=days]"), "7")
      })
    }).pipe(Effect.scoped)
  )

  it.effect("what if shows what other rules would take, and an administrator saves them as a version", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const page = await signIn(browser, panel)
        const main = page.locator("main")
        await page.goto(`${panel}/what-if?site=sklep`)
        await page.fill("input[name=grace]", "1441")
        await page.getByRole("button", { name: "Porównaj" }).click()
        await page.getByRole("alert").waitFor()
        assert.include(await page.getByRole("alert").innerText(), "poza zakresem")

        // Anna bought four hours after she left: with a day of grace that is no abandoned cart.
        await page.fill("input[name=grace]", "1440")
        await page.getByRole("button", { name: "Porównaj" }).click()
        const vanishing = page.locator("section", { has: page.getByRole("heading", { name: "Zniknęłyby" }) }).last()
        await vanishing.getByText("anna@example.pl").waitFor()
        assert.match(await vanishing.innerText(), /AbandonedCart 1, 98,00\szł/)
        assert.match(await main.innerText(), /Bez zmian: 1\s/)

        await page.getByRole("button", { name: "Zapisz reguły" }).click()
        await page.getByText("Zapisano. Nowe reguły").waitFor()
        const newest = page.locator("ol > li").first()
        assert.include(await newest.innerText(), "Wersja 2")
        assert.include(await newest.innerText(), email)
        assert.match(await newest.innerText(), /Czas na spóźnione zamówienie: 0 sek\.\s→\s1\s/)

        // What was recorded stays.
        await page.goto(`${panel}/session-events?type=AbandonedCart`)
        assert.strictEqual(await page.locator("tbody tr").count(), 1)

        const english = await signIn(browser, panel, { locale: "en-GB", javaScriptEnabled: false })
        await english.goto(`${panel}/what-if?site=sklep&grace=1440`)
        assert.match(await english.locator("main").innerText(), /Would vanish\s+1\s/)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("axe finds nothing serious on them, in either colour scheme", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      const paths = [
        "/",
        "/what-if?site=sklep&grace=30",
        "/person",
        "/person?email=anna%40example.pl",
        "/person?email=no-address"
      ]
      const found = yield* Effect.promise(async () => seriousOf(await signIn(browser, panel), panel, paths))
      assert.deepEqual(found, [])
    }).pipe(Effect.scoped)
  )
})
