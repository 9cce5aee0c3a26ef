import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import type { Browser, Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { House } from "../src/House.ts"
import { open, seriousOf, signIn } from "../src/Marketer.ts"

/** The day on which the clocks of Warsaw showed the hour from two to three twice. */
const day = "/api-log?from=2026-10-25&to=2026-10-25"
/** An answer comes within this. *Units*: milliseconds. */
const soon = 5_000

/** Requests at instants of UTC, of the first unit and of the other one. */
const furnish = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const requests = [
    [1, "2026-10-24T22:10:00Z", 201, 4],
    [1, "2026-10-25T00:35:00Z", 200, 3],
    [1, "2026-10-25T01:35:00Z", 404, 2],
    [1, "2026-10-25T22:59:59.999Z", 500, 1],
    [1, "2026-10-25T23:00:00Z", 200, 9],
    [2, "2026-10-25T00:35:00Z", 200, 50]
  ] as const
  for (const [unit, at, status, count] of requests) {
    yield* sql`
      insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
      select ${unit}::integer, ${at}::text || i, ${at}::text::timestamptz, '/orders', 'POST', ${status}::smallint, 'r', 1
      from generate_series(1, ${count}::integer) as i`
  }
})

const bars = (page: Page) => page.locator("[data-histogram=here] a")
const rowCount = (page: Page) => page.locator("tbody tr").count()
const queryOf = (page: Page) => Object.fromEntries(new URL(page.url()).searchParams)
const labels = (page: Page) => bars(page).evaluateAll((all) => all.map((bar) => bar.getAttribute("aria-label") ?? ""))

/** What has moved on the page since it was first painted; as text, because its types are the browser's. */
const layoutShifts = `new Promise((resolve) => {
  const name = ({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.textContent ?? "?"
  new PerformanceObserver((list) => resolve(list.getEntries().flatMap(({ sources }) => sources.map(name))))
    .observe({ type: "layout-shift", buffered: true })
  setTimeout(() => resolve([]), 500)
})`

/** From the middle of one bar to the middle of another. *Shape*: `by` says how the finger or the mouse is told. */
const drag = async (page: Page, from: number, to: number, by: "mouse" | "finger") => {
  const [begin, end] = [await bars(page).nth(from).boundingBox(), await bars(page).nth(to).boundingBox()]
  const y = (begin?.y ?? 0) + 10
  const [x, until] = [begin, end].map((box) => (box?.x ?? 0) + (box?.width ?? 0) / 2)
  if (by === "mouse") {
    await page.mouse.move(x!, y)
    await page.mouse.down()
    await page.mouse.move((x! + until!) / 2, y)
    await page.mouse.move(until!, y)
    await page.mouse.up()
    return
  }
  const finger = await page.context().newCDPSession(page)
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", at?: number) =>
    finger.send("Input.dispatchTouchEvent", { type, touchPoints: at === undefined ? [] : [{ x: at, y }] })
  await touch("touchStart", x)
  await touch("touchMove", (x! + until!) / 2)
  await touch("touchMove", until)
  await touch("touchEnd")
}

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("reading a log", (it) => {
  let states: Awaited<ReturnType<ReturnType<Page["context"]>["storageState"]>> | undefined

  /** A page of somebody who signed in once for the whole file. */
  const pageOf = async (browser: Browser, panel: string, options: Parameters<typeof open>[1] = {}): Promise<Page> => {
    states ??= await (await signIn(browser, panel)).context().storageState()
    // The language goes with the browser, not with the person.
    const cookies = states.cookies.filter(({ name }) => name !== "PARAGLIDE_LOCALE")
    return (await open(browser, { storageState: { ...states, cookies }, ...options })).newPage()
  }

  it.effect("the rows lie over time, and each bar is a way to its rows", () =>
    Effect.gen(function* () {
      yield* furnish
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const plain = await pageOf(browser, panel, { javaScriptEnabled: false })
        // Without a script there is no later: numbers that a machine under load is slow to count are left out.
        const read = async (address: string) => {
          for (let tries = 0; tries < 20; tries++) {
            await plain.goto(address)
            if ((await bars(plain).count()) > 0) return
          }
        }
        await read(panel + day)
        assert.deepStrictEqual(await labels(plain), [
          "25 paź 2026, 00:00 – 00:30: 4 wpisy\nSukces: 4",
          "25 paź 2026, 02:30 – 02:00: 3 wpisy\nSukces: 3",
          "25 paź 2026, 02:30 – 03:00: 2 wpisy\nBłąd klienta: 2",
          "25 paź 2026, 23:30 – 00:00: 1 wpis\nBłąd serwera: 1"
        ])
        // Every choice of a menu says how many rows it would show, whatever is chosen in that menu.
        const choices = ["2xx", "3xx", "4xx", "5xx", "200", "201", "404", "500"]
        const counts = async (names: ReadonlyArray<string>) => {
          const counted = plain.locator("#first-menu a:has([data-count])")
          const hrefs = await counted.evaluateAll((all) => all.map((one) => one.getAttribute("href") ?? ""))
          const texts = await counted.locator("[data-count]").allTextContents()
          return names.map((name) => texts[hrefs.findIndex((href) => href.includes(`status=${name}`))])
        }
        assert.deepStrictEqual(await counts(choices), ["7", "0", "2", "1", "3", "4", "2", "1"])
        await read(`${panel}${day}&status=404`)
        assert.strictEqual(await rowCount(plain), 2)
        assert.deepStrictEqual(await counts(choices), ["7", "0", "2", "1", "3", "4", "2", "1"])
        const methods = plain.locator("#more-menu a[href*='method=POST']")
        assert.match((await methods.textContent()) ?? "", /POST\s*2$/)
        await read(panel + day)
        await bars(plain).nth(2).click()
        assert.strictEqual(await rowCount(plain), 2)
        assert.deepStrictEqual(queryOf(plain), { from: "2026-10-25T01:30:00.000Z", to: "2026-10-25T03:00" })

        const english = await pageOf(browser, panel, { locale: "en-GB", reducedMotion: "reduce" })
        // Once for the fonts, whose coming is nothing of ours; then nothing moves.
        for (const _ of [1, 2]) await english.goto(panel + day, { waitUntil: "networkidle" })
        assert.strictEqual((await labels(english))[2], "25 Oct 2026, 02:30 – 03:00: 2 entries\nClient error: 2")
        assert.deepStrictEqual(await english.evaluate(layoutShifts), [])
        await drag(english, 1, 2, "mouse")
        await english.waitForURL(/T02%3A30/, { timeout: soon })
        assert.strictEqual(await rowCount(english), 5)
        await english.goBack()
        await bars(english).nth(3).waitFor()
        // One stop for the tab key, the arrows for the rest.
        await english.locator("[data-histogram=here] a[tabindex='0']").focus()
        for (const key of ["Home", "ArrowRight", "ArrowRight", "ArrowLeft", "Enter"]) await english.keyboard.press(key)
        await english.waitForURL(/T02%3A30/, { timeout: soon })
        assert.strictEqual(await rowCount(english), 3)

        const phone = await pageOf(browser, panel, {
          hasTouch: true,
          isMobile: true,
          viewport: { width: 390, height: 800 }
        })
        await phone.goto(panel + day, { waitUntil: "networkidle" })
        await drag(phone, 0, 1, "finger")
        await phone.waitForURL(/from=2026-10-25T00/, { timeout: soon })
        assert.strictEqual(await rowCount(phone), 7)
        assert.deepStrictEqual(await seriousOf(english, panel, [day]), [])
      })
    }).pipe(Effect.scoped)
  )
})
