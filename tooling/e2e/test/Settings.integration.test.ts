import { assert, layer } from "@effect/vitest"
import { hash } from "@node-rs/argon2"
import { Users } from "@spoor/postgres"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { createHmac } from "node:crypto"
import { readFile } from "node:fs/promises"
import { createServer } from "node:http"
import type { Browser, Page } from "playwright-core"
import { launch } from "../src/Browser.ts"
import { colleague, email, House, password, writeKey } from "../src/House.ts"
import { seriousHere, seriousOf, signIn, violationsHere } from "../src/Marketer.ts"
import * as Pages from "../src/Pages.ts"

const english = { locale: "en-GB", viewport: { width: 1440, height: 900 } }

/** A browser of somebody's own, in which they fill in the form. */
const signInByForm = async (browser: Browser, panel: string, as: string, secret: string): Promise<Page> => {
  const page = await (await browser.newContext(english)).newPage()
  await page.goto(`${panel}/sign-in`, { waitUntil: "networkidle" })
  await page.fill("input[name=email]", as)
  await page.fill("input[name=password]", secret)
  await page.keyboard.press("Enter")
  await Promise.race([page.waitForURL((url) => url.pathname !== "/sign-in"), page.getByRole("alert").waitFor()])
  return page
}

interface Taken {
  readonly body: string
  readonly headers: Record<string, string>
}

/** A server that takes whatever it is sent. */
const receiver = Effect.acquireRelease(
  Effect.promise(async () => {
    const taken: Array<Taken> = []
    const server = createServer(async (request, response) => {
      let body = ""
      for await (const part of request) body += String(part)
      const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
      taken.push({ body, headers: Object.fromEntries(headers) })
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const address = server.address()
    const port = typeof address === "object" ? address?.port : undefined
    return { url: `http://127.0.0.1:${port}/hook`, taken, server }
  }),
  ({ server }) => Effect.promise(() => new Promise<void>((resolve) => void server.close(() => resolve())))
)

/** *Source*: Standard Webhooks 1.0.0, "Signature scheme". */
const isSignedBy = (secret: string, { body, headers }: Taken): boolean => {
  const told = `${headers["webhook-id"]}.${headers["webhook-timestamp"]}.${body}`
  const key = Buffer.from(secret.slice("whsec_".length), "base64")
  return headers["webhook-signature"] === `v1,${createHmac("sha256", key).update(told).digest("base64")}`
}

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the settings", (it) => {
  it.effect(
    "let an administrator bring people in, lock them out at once, rename the unit, and say how long logs are kept",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        const unitId = (yield* (yield* Users).findByEmail(email))!.unitId
        yield* sql`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
          select ${unitId}, 'old' || i, now() - i * interval '1 day', '/old', 'GET', 200, 'r', 1 from generate_series(41, 43) as i`
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, english, "/settings/people")
          await page.fill("input[type=email]", "Nowa@Example.pl")
          await page.selectOption("form[action='?/add'] select", "developer")
          await page.getByRole("button", { name: "Add", exact: true }).click()
          const secret = await page.locator("section[role=status] code").innerText()
          const own = "a password of my own"
          assert.match(secret, /^[\w-]{20}$/)

          const nowa = await signInByForm(browser, panel, "nowa@example.pl", secret)
          // Somebody else knows this password: nothing opens before there is another.
          for (const path of ["/settings/keys", "/api-log", "/export/api?format=csv"]) {
            assert.strictEqual((await nowa.request.get(panel + path, { maxRedirects: 0 })).status(), 303, path)
          }
          await nowa.goto(`${panel}/settings/keys`, { waitUntil: "networkidle" })
          assert.match(nowa.url(), /\/new-password\?next=/)
          assert.deepEqual(await violationsHere(nowa), [])
          await nowa.fill("input[name=password]", secret)
          await nowa.keyboard.press("Enter")
          await nowa.getByText("This is the password that you were given").waitFor()
          await nowa.fill("input[name=password]", own)
          await nowa.keyboard.press("Enter")
          await nowa.waitForURL(/\/settings\/keys$/)
          await nowa.goto(`${panel}/settings`, { waitUntil: "networkidle" })
          assert.match(nowa.url(), /\/settings\/keys$/)
          assert.deepEqual(await nowa.locator("nav.tabs a").allInnerTexts(), ["Keys", "Rejected items", "My account"])
          for (const hidden of ["people", "rights", "sites", "sites/sklep"]) {
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
          const locked = await signInByForm(browser, panel, "nowa@example.pl", own)
          assert.match(locked.url(), /\/sign-in/)
          // Nobody locks themselves out.
          assert.strictEqual(await page.locator("tr", { hasText: email }).getByRole("button").count(), 0)
          assert.deepEqual(await seriousHere(page), [])

          await page.goto(`${panel}/settings/units`, { waitUntil: "networkidle" })
          await page.locator("form[action='?/save'] input[name=name]").fill("Dom i Kawa")
          await page.locator("form[action='?/save'] button").click()
          await page.locator("header").getByText("Dom i Kawa", { exact: true }).waitFor()
          const add = page.locator("form[action='?/add']")
          await add.locator("input[name=name]").fill("Druga firma")
          await add.locator("input[name=email]").fill(email)
          await add.locator("button").click()
          await page.getByRole("alert").waitFor()
          assert.strictEqual(await add.locator("input[name=name]").inputValue(), "Druga firma")
          await add.locator("input[name=email]").fill("druga@example.pl")
          await add.locator("button").click()
          const first = await page.locator("section[role=status] code").innerText()
          assert.deepEqual(await seriousHere(page), [])
          const other = await signInByForm(browser, panel, "druga@example.pl", first)
          await other.fill("input[name=password]", "a password of my own")
          await other.keyboard.press("Enter")
          await other.locator("header").getByText("Druga firma", { exact: true }).waitFor()
          assert.notInclude(await other.content(), "Dom i Kawa")
          await other.goto(`${panel}/settings/units`, { waitUntil: "networkidle" })
          const close = other.locator("form[action='?/close']")
          await close.locator("input").fill("Dom i Kawa")
          await close.getByRole("button").click()
          await other.getByText("You typed something else").waitFor()
          await close.locator("input").fill("Druga firma")
          await close.getByRole("button").click()
          await other.waitForURL(/\/sign-in\?out$/)
          const back = await signInByForm(browser, panel, "druga@example.pl", "a password of my own")
          assert.match(back.url(), /\/sign-in/)
          // Nobody else's unit is closed with it.
          assert.strictEqual((await page.goto(`${panel}/settings/people`))?.status(), 200)

          await page.goto(`${panel}/settings/retention`, { waitUntil: "networkidle" })
          page.on("dialog", (dialog) => void dialog.accept())
          const log = page.locator("tr", { hasText: "API log" })
          assert.strictEqual(await log.getByRole("spinbutton").inputValue(), "180")
          assert.include(await log.innerText(), "nothing")
          await log.getByRole("spinbutton").fill("42")
          await page.getByRole("button", { name: "Save" }).click()
          await log.getByText(/about [12] row/).waitFor()
          await page.getByText("goes within the hour").waitFor()
          const others = [
            "people",
            "units",
            "retention",
            "rights",
            "keys",
            "rejected",
            "sites",
            "sites/sklep",
            "account"
          ]
          const paths = others.map((part) => `/settings/${part}`)
          assert.deepEqual(await seriousOf(page, panel, paths), [])
        })
        const kept = yield* sql<{ readonly days: number }>`
          select days from retention where unit_id = ${unitId} and log = 'api'`
        assert.deepEqual(kept[0], { days: 42 })
      }).pipe(Effect.provide(Users.layer), Effect.scoped),
    240_000
  )

  it.effect(
    "make a key that is shown once, and revoke it",
    () =>
      Effect.gen(function* () {
        const { panel, ingest } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, english, "/settings/keys")
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
        const { panel } = yield* House
        const browser = yield* launch
        const { page, snippet } = yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, {}, "/settings/sites")
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
          assert.strictEqual(await page.locator("li[data-seen=true]").count(), 0)
          return { page, snippet }
        })
        // What the page says: the snippet into every page, and a visit to each of them.
        const shop = yield* Pages.serve(snippet)
        yield* Effect.promise(async () => {
          const visitor = await (await browser.newContext()).newPage()
          const [types, seen] = [page.locator("li[data-seen]"), page.locator("li[data-seen=true]")]
          assert.strictEqual(await types.count(), Pages.paths.length)
          for (const [index, path] of Pages.paths.entries()) {
            // A door looks for a key that it does not know at most twice a second, and the tracker sends again.
            await visitor.goto(shop.url + path)
            await seen.nth(index).waitFor({ timeout: 60_000 })
          }
          await page.getByText("Web Tracking jest skonfigurowany").waitFor({ timeout: 20_000 })
          assert.strictEqual(await page.locator("li[data-seen=true]").count(), 5)
        })
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "show what could not be written, and put it back into the queue, also without a script",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        const unitId = (yield* (yield* Users).findByEmail(email))!.unitId
        const put = (name: string) => {
          const details = { requestId: name, processingMs: 1, userAgent: null }
          const request = { url: `/${name}`, method: "GET", status: 200, ip: null, apiKey: null, details }
          const entries = [{ itemId: name, occurredAt: 1_795_000_000_000, ...request }]
          const body = Buffer.from(JSON.stringify({ log: "api", unitId, books: null, entries }))
          return sql`
            insert into dead_letter (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
            values (${unitId}, 'log', ${name}, ${body}::bytea, 'ConstraintError: no such unit', 5, true,
              now() - interval '5 minutes', now())`
        }
        yield* put("letter-1")
        yield* put("letter-2")
        yield* put("letter-3")
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, english, "/settings/dead-letters")
          assert.deepEqual(await seriousHere(page), [])
          await page.getByRole("link", { name: "Log entries" }).first().click()
          await page.getByText("letter-3").first().waitFor()
          await page.getByText("The database refused its content").waitFor()
          assert.deepEqual(await seriousHere(page), [])
          await page.getByRole("button", { name: "Replay", exact: true }).click()
          await page.getByText("1 message is in the queue again").waitFor()
          await page.getByRole("button", { name: "Replay all" }).click()
          await page.getByText("2 messages are in the queue again").waitFor()
          await page.getByText("Nothing was left unwritten").waitFor()
        })
        const written = sql`select from api_log where unit_id = ${unitId} and item_id like 'letter-_'`
        for (let tries = 0; (yield* written).length < 3; tries++) {
          assert.isBelow(tries, 300, "what was replayed is not written")
          yield* Effect.sleep("100 millis")
        }
        yield* put("letter-4")
        yield* Effect.promise(async () => {
          const plain = await signIn(
            browser,
            panel,
            { ...english, javaScriptEnabled: false },
            "/settings/dead-letters?topic=log"
          )
          await plain.getByRole("button", { name: "Replay all of these" }).click()
          await plain.getByText("1 message is in the queue again").waitFor()
        })
      }).pipe(Effect.provide(Users.layer), Effect.scoped),
    120_000
  )

  it.effect(
    "add a webhook, see what becomes of its messages, and send them again",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        const { url, taken } = yield* receiver
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, english, "/settings/webhooks")
          const add = async (address: string) => {
            await page.fill("input[name=url]", address)
            await Promise.all([
              page.waitForResponse((answer) => answer.request().method() === "POST"),
              page.getByRole("button", { name: "Add and show the secret" }).click()
            ])
          }
          for (const [address, why] of [
            ["https://0xa000001/x", "leads to 10.0.0.1"],
            ["http://[::ffff:169.254.169.254]/", "inside a network"],
            ["http://1.1.1.1/", "begins with https"],
            ["https://name.invalid/", "Nobody knows this name"]
          ] as const) {
            await add(address)
            await page.locator("#url-problem").getByText(why).waitFor()
            assert.strictEqual(await page.inputValue("input[name=url]"), address)
          }
          await add(url)
          const secret = await page.locator("section[role=status] code").innerText()
          assert.match(secret, /^whsec_.{44}$/)
          assert.deepEqual(await seriousHere(page), [])
          await page.getByRole("link", { name: url }).click()
          await page.getByText("Nothing has been sent yet").waitFor()
          await page.getByRole("button", { name: "Send a test" }).click()
          await page.locator("td").getByText("Delivered").waitFor()
          assert.isTrue(isSignedBy(secret, taken[0]!))
          await page.getByRole("button", { name: /^Send again: delivery/ }).click()
          await page.getByText("1 delivery is sent again").waitFor()
          await page.fill("input[name=since]", "2026-01-01T00:00")
          page.on("dialog", (dialog) => void dialog.accept())
          await page.getByRole("button", { name: "Make a new secret" }).click()
          const next = await page.locator("section[role=status] code").innerText()
          assert.notStrictEqual(next, secret)
          for (let tries = 0; taken.length < 2; tries++) {
            assert.isBelow(tries, 300, "the message did not come again")
            await page.waitForTimeout(100)
          }
          await page.locator("td").getByText("Delivered").waitFor()
          await page.getByRole("button", { name: "Send all since then again" }).click()
          await page.getByText("1 delivery is sent again").waitFor()
          for (let tries = 0; taken.length < 3; tries++) {
            assert.isBelow(tries, 300, "the message did not come a third time")
            await page.waitForTimeout(100)
          }
          assert.isTrue(isSignedBy(next, taken[2]!))
          assert.strictEqual(taken[2]!.headers["webhook-id"], taken[0]!.headers["webhook-id"])
          assert.deepEqual(await seriousHere(page), [])
          await page.getByRole("button", { name: "Disable" }).click()
          await page.getByText("The webhook is disabled").waitFor()
          await page.reload({ waitUntil: "networkidle" })
          assert.notInclude(await page.content(), next)
          await page.getByRole("button", { name: "Remove" }).click()
          await page.getByText("There is no webhook yet").waitFor()
        })
        const told = yield* sql<{ readonly url: string }>`
          select url || coalesce(user_agent, '') as url from panel_log where url like '%whsec_%'`
        assert.isEmpty(told)
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "have what a door refused read again: one, and all of a reason",
    () =>
      Effect.gen(function* () {
        const { panel, ingest } = yield* House
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        const event = (id: string, type = "Ping") => ({ id, visitorId: "again", type, url: "http://127.0.0.1/" })
        const events = ["again-1", "again-2", "again-3", "again-4"].map((id) => event(id))
        yield* Effect.promise(() =>
          fetch(`${ingest}/v1/events`, { method: "POST", body: JSON.stringify({ writeKey, events }) })
        )
        const refused = sql<{ readonly id: number }>`
          select id::float8 as id from rejected_item where item like '%again-_%' order by id`
        for (let tries = 0; (yield* refused).length < 4; tries++) {
          assert.isBelow(tries, 300, "nothing was refused")
          yield* Effect.sleep("100 millis")
        }
        const [first, second, third] = yield* refused
        // As if the sender, or the rule, had been mended.
        const mend = (id: number, json: object) =>
          sql`update rejected_item set item = ${JSON.stringify(json)} where id = ${id}`
        yield* mend(first!.id, event("again-1", "VisitOnWebsite"))
        yield* mend(second!.id, event("again-2", "VisitOnWebsite"))
        yield* mend(third!.id, event("again-1", "VisitOnWebsite"))
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, english, "/settings/rejected")
          const told = page.locator("main [role=status]")
          await page.getByRole("button", { name: `Replay item ${first!.id}` }).click()
          await told.getByText("Stored 1").waitFor()
          await page.selectOption("select[name=reason]", "unknown-type")
          await page.waitForURL(/reason=unknown-type/)
          await page.getByRole("button", { name: "Replay all of these" }).click()
          await told.getByText("Still refused 1").waitFor()
          assert.deepEqual(await seriousHere(page), [])
          assert.include((await told.innerText()).replaceAll(/\s+/g, " "), "Stored 1 Already there 1 Still refused 1")
          assert.strictEqual(await page.locator("main tbody tr.about").count(), 1)
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
            await signIn(browser, panel, { ...english, as: colleague }, "/settings/account"),
            await signIn(browser, panel, { ...english, as: colleague }, "/settings/account")
          ]
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
          const page = await signIn(browser, panel, { ...english, as: ewa }, "/settings/account")
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
          await page.reload()
          assert.deepEqual(await seriousHere(page), [])
          await page.getByText("10 recovery codes are left").waitFor()

          const again = await signInByForm(browser, panel, ewa, password)
          assert.match(again.url(), /\/sign-in\/code/)
          assert.strictEqual((await again.request.get(`${panel}/api-log`, { maxRedirects: 0 })).status(), 303)
          assert.deepEqual(await seriousHere(again), [])
          await again.fill("input[name=code]", codes[3]!)
          await again.keyboard.press("Enter")
          await again.waitForURL(/\/api-log$/)

          const anna = await signIn(browser, panel, english, "/settings/people")
          const row = anna.locator("tr", { hasText: ewa })
          await row.getByRole("button", { name: "Turn second factor off" }).click()
          await row.getByRole("button", { name: "Turn second factor off" }).waitFor({ state: "detached" })
          const back = await signInByForm(browser, panel, ewa, password)
          await back.waitForURL(/\/api-log$/)
        })
      }).pipe(Effect.provide(Users.layer), Effect.scoped),
    120_000
  )

  it.effect(
    "show what is known of a person, hand it over, and forget them, also without a script",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        const who = "zofia@example.pl"
        const unitId = (yield* (yield* Users).findByEmail(email))!.unitId
        yield* sql`
          insert into customer (unit_id, id, email, phone, created_at, updated_at)
          values (${unitId}, 'c-1', ${who}, '+48501234567', now(), now())`
        yield* sql`
          insert into sms_log (unit_id, item_id, occurred_at, gateway, phone, error_code, error_text, protocol, permanence, category)
          values (${unitId}, 'zofia', now(), 'kannel', '+48501234567', '1', 'Absent', 'http', 'unknown', 'unknown')`
        const page = yield* Effect.promise(() => signIn(browser, panel, english, "/settings/rights"))
        const stored = yield* Effect.promise(async () => {
          await page.fill("input[name=person]", "zofia @example.pl")
          await page.keyboard.press("Enter")
          await page.getByRole("alert").waitFor()
          await page.fill("input[name=person]", " Zofia@example.pl ")
          await page.keyboard.press("Enter")
          await page.getByRole("heading", { name: who }).waitFor()
          assert.deepEqual(await page.locator("main tbody tr").allInnerTexts(), [
            "Customer in the API\t1",
            "SMS log\t1"
          ])
          for (const colorScheme of ["light", "dark"] as const) {
            await page.emulateMedia({ colorScheme, reducedMotion: "reduce" })
            assert.deepEqual(await violationsHere(page), [])
          }
          const [file] = await Promise.all([
            page.waitForEvent("download"),
            page.getByRole("button", { name: "Download everything" }).click()
          ])
          const lines = (await readFile(await file.path(), "utf8")).trim().split("\n")
          await page.fill("input[name=again]", "sofia@example.pl")
          await page.getByRole("button", { name: "Erase for good" }).click()
          await page.getByText("You typed something else").waitFor()
          return lines.map((text) => JSON.parse(text))
        })
        assert.deepEqual(
          stored.map(({ kind, table, rows }) => [kind, table, rows]),
          [
            ["row", "customer", undefined],
            ["row", "sms_log", undefined],
            ["end", undefined, 2]
          ]
        )
        assert.lengthOf(yield* sql`select from customer where email = ${who}`, 1)

        const text = yield* Effect.promise(async () => {
          const cookies = await page.context().cookies()
          const context = await browser.newContext({ javaScriptEnabled: false, locale: "en-GB" })
          await context.addCookies(cookies)
          const plain = await context.newPage()
          await plain.goto(`${panel}/settings/rights`)
          await plain.fill("input[name=person]", who)
          await plain.getByRole("button", { name: "Look" }).click()
          await plain.fill("input[name=again]", who.toUpperCase())
          await plain.getByRole("button", { name: "Erase for good" }).click()
          await plain.getByRole("heading", { name: "The person is erased" }).waitFor({ timeout: 60_000 })
          assert.deepEqual(await plain.locator("main tbody tr").allInnerTexts(), [
            "Customer in the API\t1\t0",
            "SMS log\t0\t1"
          ])
          const [file] = await Promise.all([
            plain.waitForEvent("download"),
            plain.getByRole("link", { name: "Download the receipt" }).click()
          ])
          return readFile(await file.path(), "utf8")
        })
        assert.notInclude(text, "zofia")
        assert.deepInclude(JSON.parse(text), {
          kind: "erasure",
          unitId,
          tables: [
            { table: "customer", removed: 1, blanked: 0 },
            { table: "sms_log", removed: 0, blanked: 1 }
          ]
        })
        assert.isEmpty(yield* sql`select from customer where email = ${who}`)
        // Every request was recorded, and none with the person.
        const asked = sql<{ readonly url: string }>`
          select distinct url from panel_log where unit_id = ${unitId} and url ^@ '/settings/rights' order by url`
        const wanted = ["", "/file", "?/erase", "?/look"].map((rest) => `/settings/rights${rest}`)
        const isWritten = Effect.map(asked, (rows) => rows.length >= wanted.length)
        for (let tries = 0; !(yield* isWritten) && tries < 300; tries++) {
          yield* Effect.promise(() => page.waitForTimeout(100))
        }
        assert.sameMembers(
          (yield* asked).map(({ url }) => url),
          wanted
        )
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
