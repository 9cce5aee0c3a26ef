import { Effect } from "effect"
import { mkdirSync, readFileSync } from "node:fs"
import { join, resolve } from "node:path"
import type { Browser, Page } from "playwright-core"
import { launch } from "./Browser.ts"
import * as Pages from "./Pages.ts"

/**
 * Makes the pictures of docs/guides from a Spoor that runs with its demo data: start it with `npm start`, then `npm run
 * guides -w @spoor/e2e`. SPOOR_HOME and SPOOR_PANEL_PORT say which, as they do for `npm start`; names of guides, such as
 * `-- tracking`, make only theirs.
 */
const root = join(import.meta.dirname, "../../..")
const home = resolve(root, process.env["SPOOR_HOME"] ?? ".spoor")
const panel = `http://127.0.0.1:${process.env["SPOOR_PANEL_PORT"] ?? 3000}`
const images = join(root, "docs/guides/images")
const { adminEmail, adminPassword }: { readonly adminEmail: string; readonly adminPassword: string } = JSON.parse(
  readFileSync(join(home, "secrets.json"), "utf8")
)

const shot = (page: Page, name: string) => page.screenshot({ path: join(images, `${name}.png`) })

const open = (page: Page, path: string) => page.goto(`${panel}${path}`, { waitUntil: "networkidle" })

/** A list that has come to so many rows: the demo begins when it is started. */
const openWith = async (page: Page, path: string, rowsMin: number) => {
  for (let tries = 0; tries < 60; tries++) {
    await open(page, path)
    if ((await page.locator("tbody tr").count()) >= rowsMin) return
    await page.waitForTimeout(1_000)
  }
  throw new Error(`${path} has not come to ${rowsMin} rows.`)
}

/** Opens the first row of a list, and waits until its drawer stands still. */
const openFirst = async (page: Page) => {
  await page.locator("tbody tr .open").first().click()
  await page.locator("[role=dialog]").waitFor()
  await page.waitForTimeout(400)
}

/** Who bought something lately, and said who they are. */
const whyNoReminder = async (page: Page) => {
  await open(page, "/session-events?type=FinalizedTransaction")
  // Orders by telephone have no session to tell of.
  const onPages = page.locator("tbody tr", { has: page.locator("a[href*='visitor=']") })
  const address = await onPages.locator("td", { hasText: "@" }).first().innerText()
  await open(page, `/person?email=${encodeURIComponent(address.trim())}`)
  await shot(page, "reminder-1-person")
  await open(page, `/session-events?email=${encodeURIComponent(address.trim())}`)
  await openFirst(page)
  await shot(page, "reminder-2-outcome")
  await page
    .locator("[role=dialog] h3", { hasText: "Why" })
    .last()
    .evaluate((heading) => heading.scrollIntoView())
  await page.waitForTimeout(200)
  await shot(page, "reminder-3-why")
}

const whatBroke = async (page: Page) => {
  await openWith(page, "/api-log?range=last-24h", 40)
  await shot(page, "broke-1-day")
  await openWith(page, "/api-log?range=last-24h&status=4xx", 1)
  await shot(page, "broke-2-failures")
  await openFirst(page)
  await shot(page, "broke-3-request")
}

const whyTextsFailed = async (page: Page) => {
  await openWith(page, "/sms-log", 40)
  await shot(page, "texts-1-log")
  await page.locator("[popovertarget=first-menu]").click()
  await page.waitForTimeout(300)
  await shot(page, "texts-2-categories")
  await page.keyboard.press("Escape")
  await openFirst(page)
  await shot(page, "texts-3-failure")
}

/** A site from nothing, and a shop that has only what the panel says to paste. */
const tracking = async (page: Page, browser: Browser) => {
  await open(page, "/settings/sites")
  await page.fill("input[name=name]", "My shop")
  await page.fill("input[name=id]", "my-shop")
  await page.fill("input[name=url]", "https://my-shop.example")
  await shot(page, "tracking-1-site")
  await page.getByRole("button", { name: "Add and set up" }).click()
  // It is there from the last time.
  await Promise.race([page.waitForURL(/my-shop$/), page.getByRole("alert").waitFor()])
  await open(page, "/settings/sites/my-shop")
  await shot(page, "tracking-2-snippet")
  const snippet = await page.locator("pre code").innerText()
  await Effect.runPromise(
    Pages.serve(snippet).pipe(
      Effect.flatMap(({ url }) =>
        Effect.promise(async () => {
          const visitor = await (await browser.newContext()).newPage()
          for (const [index, path] of Pages.paths.entries()) {
            await visitor.goto(url + path)
            await page.locator("li[data-seen=true]").nth(index).waitFor({ timeout: 60_000 })
            if (index === 1) await shot(page, "tracking-3-ticks")
          }
        })
      ),
      Effect.scoped
    )
  )
  await page.getByText("Web Tracking is set up").scrollIntoViewIfNeeded()
  await shot(page, "tracking-4-done")
  await open(page, "/activity?site=my-shop")
  await shot(page, "tracking-5-log")
}

const guides = { reminder: whyNoReminder, broke: whatBroke, texts: whyTextsFailed, tracking }
const wanted = process.argv.slice(2)

const make = Effect.flatMap(launch, (browser) =>
  Effect.promise(async () => {
    mkdirSync(images, { recursive: true })
    const context = await browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 } })
    const page = await context.newPage()
    await open(page, "/sign-in")
    await page.fill("input[name=email]", adminEmail)
    await page.fill("input[name=password]", adminPassword)
    await page.keyboard.press("Enter")
    await page.waitForURL((url) => url.pathname !== "/sign-in")
    for (const [name, guide] of Object.entries(guides)) {
      if (wanted.length === 0 || wanted.includes(name)) await guide(page, browser)
    }
  })
).pipe(Effect.scoped)

await Effect.runPromise(make)
