import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import type { Browser, BrowserContext, Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { colleague, email, House, stranger } from "../src/House.ts"
import * as Marketer from "../src/Marketer.ts"

/** A browser in which somebody has signed in. */
const signedIn = (browser: Browser, panel: string, as = email, locale = "pl-PL"): Promise<BrowserContext> =>
  Marketer.signedIn(browser, panel, { as, locale, viewport: { width: 1440, height: 900 } })

/** The same person in a browser without scripts. */
const withoutScripts = async (browser: Browser, context: BrowserContext): Promise<Page> => {
  const plain = await browser.newContext({
    javaScriptEnabled: false,
    locale: "pl-PL",
    viewport: { width: 1440, height: 900 },
    storageState: await context.storageState()
  })
  return plain.newPage()
}

/** A page of the panel log that has rows: every page that was opened is one, once the worker has written it. */
const openLog = async (context: BrowserContext, panel: string, search = "", rowsMin = 1): Promise<Page> => {
  const page = await context.newPage()
  for (let tries = 0; tries < 40; tries++) {
    await page.goto(`${panel}/panel-log${search}`, { waitUntil: "networkidle" })
    if ((await page.locator("tbody tr").count()) >= rowsMin) return page
    await page.waitForTimeout(250)
  }
  throw new Error(`The panel log has not come to ${rowsMin} rows.`)
}

const headers = (page: Page) => page.locator("thead th").allInnerTexts()
const widthOf = async (page: Page, name: string) =>
  Math.round((await page.locator("thead th", { hasText: name }).boundingBox())?.width ?? 0)
const rowHeight = async (page: Page) => Math.round((await page.locator("tbody tr").first().boundingBox())?.height ?? 0)

/** How much of the page has moved since it was first painted; as text, because its types are the browser's. */
const layoutShift = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries().reduce((sum, { value }) => sum + value, 0)))
    .observe({ type: "layout-shift", buffered: true })
  setTimeout(() => resolve(0), 500)
})`

/** The ID of the row that has the focus. */
const focusedRow = `document.activeElement?.closest("tr")?.getAttribute("data-row") ?? null`

/** What the list under a field offers. */
const optionsOf = (field: { readonly list?: unknown }): ReadonlyArray<string> => {
  const { options } = field.list as { readonly options: Iterable<{ readonly value: string }> }
  return [...options].map(({ value }) => value)
}

const all = ["ID logu", "Utworzono", "URL", "Metoda", "Status", "E-mail użytkownika", "Adres IP", "Szczegóły"]

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("a log's table", (it) => {
  it.effect("has the columns, widths and rows that its reader chose by keyboard, from the first paint", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        const page = await openLog(anna, panel)
        assert.deepStrictEqual(await headers(page), all)
        assert.strictEqual(await rowHeight(page), 36)

        await page.keyboard.press("v")
        await page.locator("#layout-menu:popover-open").waitFor()
        await page.locator("#layout-menu input[value=ip]").focus()
        await page.keyboard.press("Space")
        await page.locator("input[name='width.url']").focus()
        await page.keyboard.type("321")
        await page.locator("input[value=roomy]").focus()
        await page.keyboard.press("Space")
        await page.keyboard.press("Enter")
        await page.locator("thead th", { hasText: "Adres IP" }).waitFor({ state: "detached" })
        assert.deepStrictEqual(
          await headers(page),
          all.filter((name) => name !== "Adres IP")
        )
        assert.strictEqual(await widthOf(page, "URL"), 321)
        assert.isFalse(await page.locator("#layout-menu").isVisible())

        await page.reload({ waitUntil: "networkidle" })
        const shift = await page.evaluate(layoutShift)
        assert.strictEqual(shift, 0)
        assert.strictEqual(await widthOf(page, "URL"), 321)
        assert.strictEqual(await rowHeight(page), 44)

        const other = await openLog(await signedIn(browser, panel, colleague), panel)
        assert.deepStrictEqual(await headers(other), all)
        await page.goto(`${panel}/activity`)
        assert.strictEqual(await page.locator("[data-roomy=true]").count(), 0)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("lets its columns be chosen without a script, and drawn wider with a mouse, and put back", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        const plain = await withoutScripts(browser, anna)
        await plain.goto(`${panel}/panel-log?method=GET`)
        await plain.click("[data-layout]")
        await plain.uncheck("#layout-menu input[value=method]")
        await plain.click("#layout-menu button:not([name])")
        assert.notInclude(await headers(plain), "Metoda")
        assert.include(plain.url(), "/panel-log?method=GET")

        const page = await openLog(anna, panel)
        const grip = page.locator("thead th", { hasText: "Status" }).locator(".grip")
        const at = await grip.boundingBox()
        const before = await widthOf(page, "Status")
        await page.mouse.move(at!.x + 6, at!.y + 10)
        await page.mouse.down()
        await page.mouse.move(at!.x + 66, at!.y + 10, { steps: 4 })
        assert.strictEqual(await widthOf(page, "Status"), before + 60)
        const kept = page.waitForResponse((answer) => answer.url().includes("/layouts/panel"))
        await page.mouse.up()
        await kept
        await plain.reload()
        assert.strictEqual(await widthOf(plain, "Status"), before + 60)

        await page.click("[data-layout]")
        await page.click("#layout-menu button[name=reset]")
        await page.locator("thead th", { hasText: "Metoda" }).waitFor()
        assert.deepStrictEqual(await headers(page), all)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is read and copied from by keyboard, and every key is listed", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        await anna.grantPermissions(["clipboard-read", "clipboard-write"])
        const visits = await anna.newPage()
        for (let visit = 0; visit < 2; visit++) await visits.goto(`${panel}/activity`)
        const page = await openLog(anna, panel, "?url=%2Factivity", 2)
        const clipboard = () => page.evaluate<string>("navigator.clipboard.readText()")
        const focused = () => page.evaluate<string | null>(focusedRow)
        const copied = async (key: string) => {
          await page.keyboard.press(key)
          await page.locator("[role=status].told").waitFor()
          return clipboard()
        }
        const ids = await page
          .locator("tbody tr")
          .evaluateAll((rows) => rows.map((row) => row.getAttribute("data-row")))
        assert.isAbove(ids.length, 1)

        await page.keyboard.press("/")
        assert.isTrue(await page.locator("[data-find]:focus").isVisible())
        await page.keyboard.press("Escape")
        await page.keyboard.press("j")
        assert.strictEqual(await focused(), ids[0])
        await page.keyboard.press("j")
        assert.strictEqual(await focused(), ids[1])
        await page.keyboard.press("k")
        assert.strictEqual(await focused(), ids[0])

        const row = (await copied("c")).split("\t")
        assert.lengthOf(row, 8)
        assert.strictEqual(row[0], ids[0])
        assert.match(row[1]!, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
        assert.strictEqual(row[2], "/activity")
        assert.strictEqual(await copied("l"), `${panel}/panel-log/${ids[0]}`)
        await page.keyboard.press("Shift+Tab")
        assert.strictEqual(await copied("c"), row[6], "the IP address, which has the focus")

        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.waitForURL(new RegExp(`/panel-log/${ids[1]}\\?url=`))
        assert.isTrue(await page.locator("[role=dialog]:focus").isVisible())
        assert.strictEqual(await copied("l"), `${panel}/panel-log/${ids[1]}`)
        await page.keyboard.press("k")
        await page.waitForURL(new RegExp(`/panel-log/${ids[0]}\\?url=`))
        await page.keyboard.press("Escape")
        await page.waitForURL(/\/panel-log\?url=/)
        await page.locator(`tr[data-row="${ids[0]}"] .open:focus`).waitFor()

        await page.locator("tbody tr").nth(1).locator("td.address").hover()
        await page.click("tbody .cell-tool")
        assert.strictEqual(await clipboard(), "/activity")
        await page.locator("tbody tr").nth(1).locator("td.details").hover()
        await page.click("tbody .cell-tool")
        assert.strictEqual(await clipboard(), `${panel}/panel-log/${ids[1]}`)
        assert.match(page.url(), /\/panel-log\?url=/, "a click on the tool opens no row")
        await page.locator("tbody time").first().hover()
        assert.match(await page.locator(".peek").innerText(), /\n\d{4}-\d\d-\d\d .* UTC$/)

        await page.keyboard.press("?")
        await page.locator("[role=dialog] kbd").first().waitFor()
        const keys = await page.locator("[role=dialog] kbd").allInnerTexts()
        for (const key of ["/", "j", "k", "Enter", "Esc", "c", "l", "b", "v", "g", "p", "a", "s", "i", "m", "?"])
          assert.include(keys, key)
        await page.keyboard.press("Escape")
        await page.keyboard.press("g")
        await page.keyboard.press("s")
        await page.waitForURL(`${panel}/session-events`)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("is filtered by what its unit has, by what was asked lately, and in any time zone", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        const page = await openLog(anna, panel)
        const offered = (field: string) => page.locator(field).evaluate(optionsOf)
        const offers = async (field: string, text: string) => {
          for (let tries = 0; tries < 50; tries++) {
            if ((await offered(field)).includes(text)) return
            await page.waitForTimeout(100)
          }
          throw new Error(`${text} is not among ${(await offered(field)).join(", ")}`)
        }

        await page.keyboard.press("/")
        await page.keyboard.type("status:200 -email:AN")
        await offers("[data-find]", `status:200 -email:${email}`)
        await page.fill("[data-find]", "anna")
        await offers("[data-find]", `email:${email}`)
        assert.notInclude((await offered("[data-find]")).join(), stranger)
        await page.fill("[data-find]", `email:${email}`)
        await page.keyboard.press("Enter")
        await page.waitForURL(/\/panel-log\?email=anna%40spoor\.local$/)
        await page.locator(".chip", { hasText: email }).waitFor()

        await page.keyboard.press("/")
        await page.keyboard.press("Backspace")
        await page.waitForURL(`${panel}/panel-log`)
        await page.keyboard.press("Escape")
        await page.keyboard.press("/")
        await offers("[data-find]", `email:${email}`)
        assert.strictEqual((await offered("[data-find]"))[0], `email:${email}`, "what was asked last stands first")

        await page.fill("[data-find]", "status:9000")
        await page.keyboard.press("Enter")
        assert.match(await page.locator("#filter-problem").innerText(), /status/)
        assert.isTrue(await page.locator("[data-find][aria-invalid=true]").isVisible())

        await page.goto(`${panel}/panel-log`, { waitUntil: "networkidle" })
        await page.click("[popovertarget=range-menu]")
        await page.fill("input[name=from]", "2026-01-01T00:00")
        await page.fill("input[name=tz]", "Asia/Tokyo")
        await page.keyboard.press("Enter")
        await page.waitForURL(/from=2026-01-01T00%3A00/)
        assert.include(await page.locator("[popovertarget=range-menu]").innerText(), "2026-01-01 00:00 – …, Asia/Tokyo")
        assert.isAbove(await page.locator("tbody tr").count(), 0)
        await page.goto(`${panel}/panel-log?from=2026-01-01&tz=Mars/Olympus`)
        assert.match(await page.locator("#filter-problem").innerText(), /Mars/)

        const jan = await signedIn(browser, panel, stranger)
        for (const log of ["panel", "activity", "session-events", "api", "sms"]) {
          const answer = await jan.request.get(`${panel}/values/${log}?typed=anna`)
          assert.deepStrictEqual(await answer.json(), [], log)
        }
        const traces = await openLog(jan, panel)
        assert.notInclude(await traces.locator("tbody").innerText(), "/values/")
      })
    }).pipe(Effect.scoped)
  )

  it.effect("keeps questions under a name, shares them, and tells what changed", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        const ola = await signedIn(browser, panel, colleague, "en-GB")
        const page = await openLog(anna, panel, "?range=today&columns=createdAt,url,status")
        const button = page.locator("[data-views]")
        const save = async (name: string, isShared: boolean) => {
          await page.keyboard.press("b")
          await page.locator("#view-menu:popover-open").waitFor()
          const form = page.locator("#view-menu form:has(button[value=new])")
          await form.locator("input[name=name]").fill(name)
          if (isShared) await form.locator("input[name=shared]").check()
          await form.locator("input[name=name]").press("Enter")
        }
        await save("  Dzisiaj  ", true)
        await page.waitForURL(/[?&]view=\d+$/)
        assert.include(await button.innerText(), "Dzisiaj")
        assert.notInclude(await button.innerText(), "zmieniony")
        assert.deepStrictEqual(await headers(page), ["Utworzono", "URL", "Status", "Szczegóły"])

        await save("DZISIAJ", false)
        await page.getByRole("alert").waitFor()
        assert.include(await page.getByRole("alert").innerText(), "Masz już w tym logu widok o tej nazwie")

        await page.click("[data-layout]")
        await page.uncheck("#layout-menu input[value=status]")
        await page.click("#layout-menu button:not([name])")
        await page.locator("[data-views]", { hasText: "zmieniony" }).waitFor()
        assert.deepStrictEqual(await headers(page), ["Utworzono", "URL", "Szczegóły"])
        assert.strictEqual(await page.getByRole("alert").count(), 0, "what is wrong is said once")
        await button.click()
        await page.click("#view-menu button[value=again]")
        await page.locator("[data-views]", { hasText: "zmieniony" }).waitFor({ state: "detached" })
        const view = page.url()

        const plain = await withoutScripts(browser, ola)
        await plain.goto(`${panel}/panel-log`)
        await plain.click("[data-views]")
        await plain.click("#view-menu a:has-text('Dzisiaj')")
        assert.strictEqual(plain.url(), view)
        assert.lengthOf(await headers(plain), 3)
        await plain.click("[data-views]")
        assert.strictEqual(await plain.locator("#view-menu button[name=remove]").count(), 0)
        await plain.fill("#view-menu form:has(button[value=new]) input[name=name]", "Moje")
        await plain.click("#view-menu button[value=new]")
        assert.notStrictEqual(plain.url(), view)
        await plain.click("[data-views]")
        await plain.click("#view-menu summary")
        await plain.fill("#view-menu form:has(button[name=rename]) input[name=name]", "Moje dzisiaj")
        await plain.click("#view-menu button[name=rename]")
        assert.include(await plain.locator("[data-views]").innerText(), "Moje dzisiaj")
        const olas = plain.url().split("view=")[1]

        const send = async (context: BrowserContext, form: Record<string, string>) => {
          const next = "/panel-log"
          const headers = { origin: panel, accept: "application/json" }
          return (await context.request.post(`${panel}/views/panel`, { form: { next, ...form }, headers })).json()
        }
        const missing = { next: "/panel-log?problem=missing" }
        const jan = await signedIn(browser, panel, stranger)
        assert.deepStrictEqual(await send(anna, { id: olas!, rename: "yes", name: "Nie moje" }), missing)
        assert.deepStrictEqual(await send(anna, { id: olas!, remove: "yes" }), missing, "it is not shared")
        for (const id of [olas!, view.split("view=")[1]!]) {
          assert.deepStrictEqual(await send(jan, { id, remove: "yes" }), missing)
          assert.deepStrictEqual(await send(ola, { id, rename: "yes", name: " " }), {
            next: "/panel-log?problem=unnamed"
          })
        }
        const traces = await openLog(jan, panel)
        await traces.click("[data-views]")
        assert.notInclude(await traces.locator("#view-menu").innerText(), "Dzisiaj")

        await button.click()
        await page.click("#view-menu button[name=remove]")
        await page.locator("[data-views]", { hasText: "Widoki" }).waitFor()
        await plain.goto(`${panel}/panel-log`)
        await plain.click("[data-views]")
        assert.notMatch(await plain.locator("#view-menu").innerText(), /^Dzisiaj/m)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("shows a row as other programs get it, when asked, and to nobody else", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        await anna.grantPermissions(["clipboard-read", "clipboard-write"])
        const page = await openLog(anna, panel, `?method=GET&email=${encodeURIComponent(email)}`)
        await page.locator("tbody tr .open").first().click()
        await page.locator("[role=dialog]").waitFor()
        const id = /panel-log\/(\d+)/.exec(page.url())![1]!
        await page.locator("[role=dialog] summary", { hasText: "Wpis jako JSON" }).focus()
        await page.keyboard.press("Enter")
        await page.getByText('"createdAt"').waitFor()
        const text = await page.locator("[role=dialog] pre").innerText()
        assert.deepInclude(JSON.parse(text), { id, method: "GET", userEmail: email })
        assert.match(text, /^\{\n {2}"id": /)
        await page.locator("[role=dialog] details button").click()
        await page.locator("[role=dialog] details button", { hasText: "Skopiowano" }).waitFor()
        assert.strictEqual(await page.evaluate<string>("navigator.clipboard.readText()"), text)

        const raw = `${panel}/raw/panel/${id}`
        assert.strictEqual(await (await anna.request.get(raw)).text(), `${text}\n`)
        const jan = await signedIn(browser, panel, stranger)
        assert.strictEqual((await jan.request.get(raw)).status(), 404)
        assert.strictEqual((await anna.request.get(`${panel}/raw/panel/none`)).status(), 404)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("refuses a width that is none", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const anna = await signedIn(browser, panel)
        for (const width of ["7", "1e9", "wide", "50.5"]) {
          const answer = await anna.request.post(`${panel}/layouts/panel`, {
            form: { "width.url": width },
            headers: { origin: panel }
          })
          assert.strictEqual(answer.status(), 400, width)
        }
        const nowhere = await anna.request.post(`${panel}/layouts/none`, { form: {}, headers: { origin: panel } })
        assert.strictEqual(nowhere.status(), 404)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("has nothing serious for axe, with its menus open, in either scheme and language", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      const found = yield* Effect.promise(async () => {
        const serious: Array<string> = []
        for (const [person, locale, scheme] of [
          [email, "pl-PL", "light"],
          [colleague, "en-GB", "dark"]
        ] as const) {
          const page = await openLog(await signedIn(browser, panel, person, locale), panel, "?email=a*&range=today")
          const look = async (part: string) => serious.push(...(await Marketer.seriousIn(page, scheme, part)))
          for (const menu of ["#view-menu", "#layout-menu", "#range-menu"]) {
            await page.click(`[popovertarget=${menu.slice(1)}]`)
            await look(menu)
            await page.keyboard.press("Escape")
          }
          await page.locator("tbody .open").first().click()
          await page.locator("[role=dialog] summary").click()
          await page.getByText('"createdAt"').waitFor()
          await look("[role=dialog]")
        }
        return serious
      })
      assert.deepEqual(found, [])
    }).pipe(Effect.scoped)
  )
})
