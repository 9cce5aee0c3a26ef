import { assert, layer } from "@effect/vitest"
import { hash } from "@node-rs/argon2"
import { Users } from "@spoor/postgres"
import { Effect } from "effect"
import { createHmac } from "node:crypto"
import type { Browser, Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { colleague, email, House, password } from "../src/House.ts"
import { seriousOf } from "../src/Marketer.ts"

/** A browser of somebody's own, signed in. */
const signIn = async (browser: Browser, panel: string, as: string, secret: string, locale = "en-GB"): Promise<Page> => {
  const context = await browser.newContext({ locale, viewport: { width: 1440, height: 900 } })
  const page = await context.newPage()
  await page.goto(`${panel}/sign-in`, { waitUntil: "networkidle" })
  await page.fill("input[name=email]", as)
  await page.fill("input[name=password]", secret)
  await page.keyboard.press("Enter")
  await Promise.race([page.waitForURL((url) => url.pathname !== "/sign-in"), page.getByRole("alert").waitFor()])
  return page
}

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the settings", (it) => {
  it.effect(
    "let an administrator bring somebody in, change what they may, and lock them out at once",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, email, password)
          await page.goto(`${panel}/settings/people`, { waitUntil: "networkidle" })
          await page.fill("input[type=email]", "Nowa@Example.pl")
          await page.selectOption("form[action='?/add'] select", "developer")
          await page.getByRole("button", { name: "Add", exact: true }).click()
          const secret = await page.locator("section[role=status] code").innerText()
          assert.match(secret, /^[\w-]{20}$/)

          const nowa = await signIn(browser, panel, "nowa@example.pl", secret)
          await nowa.goto(`${panel}/settings`, { waitUntil: "networkidle" })
          assert.match(nowa.url(), /\/settings\/keys$/)
          assert.deepEqual(await nowa.locator("nav.tabs a").allInnerTexts(), ["Keys", "Rejected items", "My account"])
          for (const hidden of ["people", "sites", "sites/sklep"]) {
            assert.strictEqual((await nowa.goto(`${panel}/settings/${hidden}`))?.status(), 403)
          }
          await nowa.goto(`${panel}/settings/keys`)

          await Promise.all([
            page.waitForResponse((answer) => answer.request().method() === "POST"),
            page.getByLabel("Role of nowa@example.pl").selectOption("marketer")
          ])
          // Whatever is changed of an account ends its sessions.
          await nowa.reload({ waitUntil: "networkidle" })
          assert.match(nowa.url(), /\/sign-in/)

          const row = page.locator("tr", { hasText: "nowa@example.pl" })
          await row.getByRole("button", { name: "Lock out" }).click()
          await row.getByText("cannot sign in").waitFor()
          const locked = await signIn(browser, panel, "nowa@example.pl", secret)
          assert.match(locked.url(), /\/sign-in/)
          // Nobody locks themselves out.
          assert.strictEqual(await page.locator("tr", { hasText: email }).getByRole("button").count(), 0)
          const parts = ["people", "keys", "rejected", "sites", "sites/sklep", "account"].map(
            (part) => `/settings/${part}`
          )
          assert.deepEqual(await seriousOf(page, panel, parts), [])
        })
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "make a key that is shown once, and revoke it",
    () =>
      Effect.gen(function* () {
        const { panel, ingest } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, email, password)
          await page.goto(`${panel}/settings/keys`, { waitUntil: "networkidle" })
          await page.fill("input[name=name]", "ERP")
          await page.getByRole("button", { name: "Make" }).click()
          const key = await page.locator("section[role=status] code").innerText()
          assert.match(key, /^ak_/)
          const ask = async () => {
            const answer = await fetch(`${ingest}/v1/logs/api`, { headers: { "x-api-key": key } })
            await answer.text()
            return answer.status
          }
          // The API looks for a key that it does not know at most twice a second.
          for (let tries = 0; (await ask()) !== 200; tries++) {
            assert.isBelow(tries, 50, "the new key opens nothing")
            await page.waitForTimeout(100)
          }
          await page.reload({ waitUntil: "networkidle" })
          assert.notInclude(await page.content(), key)
          page.on("dialog", (dialog) => void dialog.accept())
          await page.getByRole("button", { name: "Revoke the key ERP" }).click()
          await page.locator("tr[data-off=true]", { hasText: "ERP" }).waitFor()
          for (let tries = 0; (await ask()) !== 401; tries++) {
            assert.isBelow(tries, 50, "a revoked key still opens the API")
            await page.waitForTimeout(100)
          }
        })
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "set a site up from nothing, with a tick for each kind of page as it reports",
    () =>
      Effect.gen(function* () {
        const { panel, ingest } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, email, password, "pl-PL")
          await page.goto(`${panel}/settings/sites`, { waitUntil: "networkidle" })
          await page.fill("input[name=name]", "Nowy sklep")
          await page.fill("input[name=id]", "sklep")
          await page.fill("input[name=url]", "https://nowy.example")
          await page.getByRole("button", { name: "Dodaj i skonfiguruj" }).click()
          await page.getByText("już istnieje").waitFor()
          assert.strictEqual(await page.inputValue("input[name=name]"), "Nowy sklep")
          await page.fill("input[name=id]", "nowy")
          await page.getByRole("button", { name: "Dodaj i skonfiguruj" }).click()
          await page.waitForURL(/\/settings\/sites\/nowy$/)
          const snippet = await page.locator("pre code").innerText()
          const key = /data-write-key="(wk_[\w-]+)"/.exec(snippet)?.[1] ?? ""
          assert.strictEqual(await page.locator("li[data-seen=true]").count(), 0)

          const types = [
            "VisitOnWebsite",
            "VisitOnProductPage",
            "VisitOnCartListPage",
            "VisitOnLoginPage",
            "VisitOnSalePage"
          ]
          const events = types.map((type) => ({ id: type, visitorId: "v", type, url: "https://nowy.example/" }))
          const send = async () => {
            const headers = { "content-type": "application/json", authorization: `Bearer ${key}` }
            return (await fetch(`${ingest}/v1/events`, { method: "POST", headers, body: JSON.stringify({ events }) }))
              .status
          }
          // A door looks for a key that it does not know at most twice a second.
          for (let tries = 0; (await send()) !== 200; tries++) {
            assert.isBelow(tries, 50, "the new key opens no door")
            await page.waitForTimeout(100)
          }
          await page.getByText("Web Tracking jest skonfigurowany").waitFor({ timeout: 20_000 })
          assert.strictEqual(await page.locator("li[data-seen=true]").count(), 5)
        })
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "let somebody change their password, which ends their other sessions",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const [page, elsewhere] = [
            await signIn(browser, panel, colleague, password),
            await signIn(browser, panel, colleague, password)
          ]
          await page.goto(`${panel}/settings/account`, { waitUntil: "networkidle" })
          const submit = async (current: string, next: string) => {
            await page.fill("input[autocomplete=current-password]", current)
            await page.fill("input[autocomplete=new-password]", next)
            await page.getByRole("button", { name: "Change password" }).click()
          }
          await submit("wrong", "a much better password")
          await page.getByRole("alert").waitFor()
          await page.waitForTimeout(1_500)
          await submit(password, "a much better password")
          await page.getByText("Your password is changed").waitFor()
          await page.reload({ waitUntil: "networkidle" })
          assert.match(page.url(), /\/settings\/account/)
          await elsewhere.reload({ waitUntil: "networkidle" })
          assert.match(elsewhere.url(), /\/sign-in/)
        })
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "turn a second factor on, ask for it, and let an administrator turn it off",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        const users = yield* Users
        const ewa = "ewa@spoor.local"
        const passwordHash = yield* Effect.promise(() => hash(password))
        const unitId = (yield* users.findByEmail(email))!.unitId
        yield* users.create({ unitId, id: "ewa", email: ewa, role: "developer" }, passwordHash)
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, ewa, password)
          await page.goto(`${panel}/settings/account`, { waitUntil: "networkidle" })
          const form = page.locator("form", { has: page.getByRole("button", { name: "Set up" }) })
          await form.locator("input").fill(password)
          await form.getByRole("button", { name: "Set up" }).click()
          await page.getByRole("img", { name: "QR code with the secret for the app" }).waitFor()
          const secret = await page.locator("ol code").innerText()
          await page.fill("input[name=code]", "000000")
          await page.getByRole("button", { name: "Turn on" }).click()
          await page.getByRole("alert").waitFor()
          await page.fill("input[name=code]", codeOf(secret))
          await page.getByRole("button", { name: "Turn on" }).click()
          const codes = (await page.locator("section[role=status] code").innerText()).split("\n")
          assert.lengthOf(codes, 10)
          assert.deepEqual(await seriousOf(page, panel, ["/settings/account"]), [])
          await page.getByText("10 recovery codes are left").waitFor()

          const again = await signIn(browser, panel, ewa, password)
          assert.match(again.url(), /\/sign-in\/code/)
          assert.strictEqual((await again.request.get(`${panel}/api-log`, { maxRedirects: 0 })).status(), 303)
          assert.deepEqual(await seriousOf(again, panel, ["/sign-in/code"]), [])
          await again.fill("input[name=code]", codes[3]!)
          await again.keyboard.press("Enter")
          await again.waitForURL(/\/api-log$/)

          const anna = await signIn(browser, panel, email, password)
          await anna.goto(`${panel}/settings/people`, { waitUntil: "networkidle" })
          const row = anna.locator("tr", { hasText: ewa })
          await row.getByRole("button", { name: "Turn second factor off" }).click()
          await row.getByRole("button", { name: "Turn second factor off" }).waitFor({ state: "detached" })
          const back = await signIn(browser, panel, ewa, password)
          await back.waitForURL(/\/api-log$/)
        })
      }).pipe(Effect.provide(Users.layer), Effect.scoped),
    120_000
  )
})

/** What an app shows now for a secret. *Source*: RFC 6238, RFC 4226 section 5.3. */
const codeOf = (secret: string): string => {
  const bits = [...secret.replaceAll(/\s/g, "")].map((letter) =>
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0")
  )
  const key = Buffer.from(
    bits
      .join("")
      .match(/.{8}/g)!
      .map((byte) => Number.parseInt(byte, 2))
  )
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const digest = createHmac("sha1", key).update(step).digest()
  const cut = digest.readUInt32BE(digest.at(-1)! & 15) & 0x7f_ff_ff_ff
  return String(cut % 1_000_000).padStart(6, "0")
}
