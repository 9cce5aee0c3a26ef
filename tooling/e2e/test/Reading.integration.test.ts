import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { readFile } from "node:fs/promises"
import { connect, createServer, type Socket } from "node:net"
import { type Duplex, PassThrough, Transform } from "node:stream"
import type { Browser, Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { House } from "../src/House.ts"
import { open, seriousOf, signIn } from "../src/Marketer.ts"

/** The day on which the clocks of Warsaw showed the hour from two to three twice. */
const day = "/api-log?from=2026-10-25&to=2026-10-25"
/** An answer comes within this, also on a machine with much to do. *Units*: milliseconds. */
const soon = 10_000
/** A poll, a reconnection and a look at the session come within this. */
const patience = 20_000

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

/** What comes, in pieces with a pause after each, as over a slow line. */
const inPieces = () =>
  new Transform({
    transform: async function (chunk: Buffer, _, done) {
      for (let at = 0; at < chunk.length; at += 4096) {
        this.push(chunk.subarray(at, at + 4096))
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
      done()
    }
  })

/** A way to the panel that can be cut: every connection that goes through is lost then, new ones are not. */
const doorTo = async (panel: string, line: () => Duplex = () => new PassThrough()) => {
  const { hostname, port } = new URL(panel)
  const open = new Set<Socket>()
  const server = createServer((outer) => {
    const inner = connect(Number(port), hostname)
    for (const socket of [outer, inner]) {
      open.add(socket)
      socket.on("error", () => socket.destroy())
      socket.on("close", () => open.delete(socket) && (outer.destroy(), inner.destroy()))
    }
    outer.pipe(inner)
    inner.pipe(line()).pipe(outer)
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  const cut = () => open.forEach((socket) => socket.destroy())
  return {
    url: `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`,
    cut,
    close: () => (cut(), server.close())
  }
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
          for (let tries = 0; tries < 100; tries++) {
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

  it.effect("a page that comes in pieces is seen when all of it is there", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const browser = yield* launch
      yield* Effect.promise(async () => {
        const door = await doorTo(panel, inPieces)
        const page = await pageOf(browser, panel, { locale: "pl-PL" })
        for (const _ of [1, 2]) await page.goto(door.url + day, { waitUntil: "networkidle" })
        assert.isAbove(await rowCount(page), 5)
        assert.deepStrictEqual(await page.evaluate(layoutShifts), [])
        door.close()
      })
    }).pipe(Effect.scoped)
  )

  it.effect("what comes in appears by itself or waits, until the session ends", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { panel } = yield* House
      const browser = yield* launch
      const context = yield* Effect.context<never>()
      const write = (unit: number, url: string, count = 1) =>
        Effect.runPromiseWith(context)(sql`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
          select ${unit}::integer, gen_random_uuid()::text, now(), ${url}, 'PUT', 200, 'r', 1
          from generate_series(1, ${count}::integer) as i`)
      yield* Effect.promise(async () => {
        // A session of its own, to be ended.
        const door = await doorTo(panel)
        const page = await signIn(browser, door.url)
        await page.goto(`${door.url}/api-log?method=POST,PUT`)
        const before = await rowCount(page)
        const said = page.locator(".waiting")
        // What came in before there was a connection is told, too; and it waits: nothing moves unasked.
        await write(1, "/waits")
        await said.filter({ hasText: "1 nowy wpis" }).waitFor({ timeout: patience })
        await write(1, "/waits", 2)
        await said.filter({ hasText: "3 nowe wpisy" }).waitFor({ timeout: patience })
        assert.strictEqual(await rowCount(page), before)
        await said.click()
        await page.locator("tbody tr", { hasText: "/waits" }).nth(2).waitFor({ timeout: patience })
        assert.strictEqual(await rowCount(page), before + 3)

        const button = page.locator("button", { hasText: "Na żywo" })
        await button.click()
        assert.strictEqual(await button.getAttribute("aria-pressed"), "true")
        await write(2, "/theirs")
        await write(1, "/live")
        await page.locator("tbody tr").first().filter({ hasText: "/live" }).waitFor({ timeout: patience })
        assert.strictEqual(await page.locator("tbody tr", { hasText: "/theirs" }).count(), 0)

        // A lost connection is taken up where it was left.
        door.cut()
        await write(1, "/meanwhile")
        await page.locator("tbody tr", { hasText: "/meanwhile" }).waitFor({ timeout: patience })

        // One person may hold so many connections, and no more.
        const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ")
        const gate = new AbortController()
        const statuses: Array<number> = []
        for (let tries = 0; tries < 9; tries++) {
          const answer = await fetch(`${panel}/live/api?after=0`, { headers: { cookie }, signal: gate.signal })
          statuses.push(answer.status)
        }
        assert.deepStrictEqual(statuses, [200, 200, 200, 200, 200, 200, 200, 429, 429])
        gate.abort()

        // Whoever signs out in another tab is told nothing any more.
        await page.request.post(`${panel}/sign-out`, { headers: { origin: panel } })
        await page.waitForURL(/sign-in/, { timeout: patience })
        door.close()
      })
    }).pipe(Effect.scoped)
  )

  it.effect("the rows of a filter can be taken away as a file, with its progress, or not to the end", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const { panel } = yield* House
      const browser = yield* launch
      yield* sql`
        insert into sms_log (unit_id, item_id, occurred_at, gateway, phone, error_code, error_text, protocol, permanence, category)
        select 1, i::text, to_timestamp(1790000000 + i), 'G' || i % 2, '+48600700800', '1', '=1+1', 'http', 'temporary', 'unreachable'
        from generate_series(1, 40000) as i`
      yield* Effect.promise(async () => {
        const page = await pageOf(browser, panel, { locale: "en-GB" })
        await page.goto(`${panel}/sms-log?gateway=G1&to=2026-09-21T18:53:21`)
        const take = async (format: string) => {
          await page.locator("[popovertarget=export-menu]").click()
          const [file] = await Promise.all([
            page.waitForEvent("download"),
            page.locator("#export-menu button", { hasText: format }).click()
          ])
          const path = await file.path()
          await page.locator("[data-export=done]").waitFor({ timeout: patience })
          await page.keyboard.press("Escape")
          return { name: file.suggestedFilename(), text: await readFile(path, "utf8") }
        }
        const count = Number(
          /([\d,]+) (entry|entries)/.exec(await page.locator("main").innerText())?.[1]?.replace(",", "")
        )
        assert.isAbove(count, 500)
        const lines = await take("NDJSON")
        assert.match(lines.name, /^spoor-sms-\d{4}-\d\d-\d\d\.ndjson$/)
        assert.deepStrictEqual(lines.text.split("\n").slice(-2), [`{"rows":${count}}`, ""])
        assert.include(await page.locator("[data-export=done]").textContent(), "Done. Entries:")
        await page.reload()
        const table = (await take("CSV")).text.split("\r\n")
        assert.lengthOf(table, count + 3)
        assert.include(table[1], ",'+48600700800,1,'=1+1,")
        assert.match(table.at(-2) ?? "", new RegExp(`^#rows,${count},`))

        // Without a script the form does the same; and what it takes, is said in the panel log.
        const plain = await pageOf(browser, panel, { javaScriptEnabled: false })
        await plain.goto(`${panel}/sms-log?gateway=G1`)
        await plain.locator("[popovertarget=export-menu]").click()
        await plain.selectOption("#export-menu select", "plain")
        const [whole] = await Promise.all([
          plain.waitForEvent("download"),
          plain.locator("#export-menu button").first().click()
        ])
        const text = await readFile(await whole.path(), "utf8")
        assert.include(text, ",+48600700800,1,'=1+1,")
        assert.include(text, "#rows,20000,")
        const log = await pageOf(browser, panel)
        const isLogged = async () => {
          await log.goto(`${panel}/panel-log?url=*%2Fexport%2Fsms*`)
          return (await rowCount(log)) >= 3
        }
        for (let tries = 0; tries < 40 && !(await isLogged()); tries++) await log.waitForTimeout(250)
        assert.isAtLeast(await rowCount(log), 3)

        // A file that is cancelled has no last line, and its connection breaks.
        const cookie = (await page.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ")
        const id = crypto.randomUUID()
        const answer = await fetch(`${panel}/export/sms?format=csv&id=${id}`, { headers: { cookie } })
        const reader = answer.body!.getReader()
        await reader.read()
        const ended = await fetch(`${panel}/exports/${id}`, { method: "DELETE", headers: { cookie, origin: panel } })
        assert.strictEqual(ended.status, 204)
        const rest = async (): Promise<string> => {
          const { done } = await reader.read()
          return done ? "whole" : rest()
        }
        assert.strictEqual(await rest().catch(() => "cut"), "cut")
        const state = await fetch(`${panel}/exports/${id}`, { headers: { cookie } })
        assert.include(await state.text(), '"state":"cancelled"')
        assert.strictEqual((await fetch(`${panel}/exports/${id}`)).url.includes("/sign-in"), true)
        assert.strictEqual((await fetch(`${panel}/export/sms?format=xls`, { headers: { cookie } })).status, 400)
      })
    }).pipe(Effect.scoped)
  )
})
