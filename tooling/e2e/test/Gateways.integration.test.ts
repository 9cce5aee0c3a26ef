import { assert, layer } from "@effect/vitest"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { launch } from "../src/Browser.ts"
import { House } from "../src/House.ts"
import { seriousOf, signIn } from "../src/Marketer.ts"

/** The SMS adapter as it runs in production, on the house's database, with a queue of its own that nobody empties. */
const adapter = Effect.gen(function* () {
  const { url } = yield* EmbeddedPostgres
  const home = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-gateways-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const port = yield* Program.freePort
  const env = {
    DATABASE_URL: Redacted.value(url),
    SPOOR_HOME: home,
    SPOOR_SMS_PORT: String(port),
    SPOOR_QUEUE_SIZE: "1 MiB"
  }
  return { ...(yield* Program.run(Program.sms(env))), origin: `http://127.0.0.1:${port}` }
})

const sample = JSON.stringify({ events: [{ uuid: "a", msisdn: "48500100200", state: "bad", why: "Absent" }] })

const report = { method: "POST", body: sample }

/** Ten reports that take more than half of the adapter's queue. */
const flood = {
  method: "POST",
  body: JSON.stringify({
    events: Array.from({ length: 10 }, (_, index) => ({ uuid: `b${index}`, state: "bad", note: "x".repeat(27_000) }))
  })
}

/** Waits for an address to be answered so, for half a minute. */
const answered = async (address: string, status: number, call: RequestInit = {}): Promise<void> => {
  for (let attempt = 0; attempt < 300; attempt++) {
    const answer = await fetch(address, call).catch(() => undefined)
    if (answer?.status === status) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${address} is not answered ${status}.`)
}

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the gateways of an administrator", (it) => {
  it.effect(
    "are tried, added with an address that is shown once, watched and removed",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const { origin } = yield* adapter
        const browser = yield* launch
        yield* Effect.promise(async () => {
          await answered(`${origin}/readyz`, 200)
          const page = await signIn(browser, panel, { locale: "en-GB" })
          await page.goto(`${panel}/settings/gateways`, { waitUntil: "networkidle" })
          await page.getByText("There is no gateway yet.").waitFor()

          await page.getByLabel("Vendor or protocol").selectOption("generic")
          await page.getByLabel("Short name").fill("own")
          await page.getByLabel("Name in the log").fill("Our operator")
          await page.getByLabel("List of reports").fill("events")
          await page.getByLabel("Message ID").fill("uuid")
          await page.getByLabel("Customer's phone").fill("msisdn")
          await page.getByLabel("Status or code").fill("state")
          await page.getByLabel("Error text").fill("why")
          await page.getByLabel("Statuses: failed").fill("bad")
          await page.getByLabel("Try a sample").fill(sample)
          await page.getByRole("button", { name: "Try it" }).click()
          const tried = page.locator("section", { hasText: "What would be understood" })
          await tried.getByText("+48500100200").waitFor()
          assert.match(await tried.innerText(), /failed[^]*bad[^]*Absent/u)
          // What was typed is still there.
          await page.getByRole("button", { name: "Add", exact: true }).click()
          const address = await page.locator("section[role=status] code").innerText()
          assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/sms\/v1\/dlr\/own\/[\w-]{32}$/u)

          await page.getByRole("link", { name: "Our operator" }).click()
          await page.getByText("No report yet").waitFor({ timeout: 30_000 })
          assert.notInclude(await page.content(), address.split("/").at(-1)!)
          await page.getByRole("button", { name: "Show for 15 minutes" }).click()
          await page.getByText("Waiting for the first line").waitFor()
          await answered(address, 200, report)
          // It is traced as soon as the adapter knows: until then it is told again.
          const lines = page.locator("pre", { hasText: "POST failed status:bad" })
          for (let attempt = 0; (await lines.count()) === 0 && attempt < 30; attempt++) {
            await answered(address, 200, report)
            await page.waitForTimeout(1_000)
          }
          const traced = await lines.innerText()
          assert.include(traced, '"msisdn":"48*******00"')
          assert.notInclude(traced, "48500100200")

          await answered(address, 200, flood)
          await page.goto(`${panel}/settings/gateways`, { waitUntil: "networkidle" })
          await page.getByRole("alert").getByText("The queue is filling up").waitFor({ timeout: 30_000 })
          await page.getByText(/Last minute: \d+/u).waitFor()
          await page.goto(panel)
          await page.getByText(/The queue is filling up: [5-8]\d% of its room is used/u).waitFor()
          assert.deepEqual(
            await seriousOf(page, panel, [
              "/settings/gateways?plugin=generic",
              "/settings/gateways/own",
              "/settings/gateways/unknown_codes"
            ]),
            []
          )
          assert.strictEqual((await page.goto(`${panel}/settings/gateways/nobody`))?.status(), 404)

          await page.goto(`${panel}/settings/gateways/own`, { waitUntil: "networkidle" })
          page.once("dialog", (dialog) => void dialog.accept())
          await page.getByRole("button", { name: "Remove", exact: true }).click()
          await page.getByText("The gateway own is gone").waitFor()
          await answered(address, 404)
        })
      }).pipe(Effect.scoped),
    150_000
  )

  it.effect(
    "are said to be cut off when no adapter runs, and wrong settings are named",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const browser = yield* launch
        yield* Effect.promise(async () => {
          const page = await signIn(browser, panel, { locale: "en-GB" })
          await page.goto(`${panel}/settings/gateways?plugin=smpp`, { waitUntil: "networkidle" })
          const fields = { "Short name": "smsc", Host: "127.0.0.1", Port: "2", "System ID (login)": "spoor" }
          for (const [label, value] of Object.entries(fields)) await page.getByLabel(label).fill(value)
          await page.getByLabel("Name of its password").fill("lower case")
          await page.getByRole("button", { name: "Add", exact: true }).click()
          await page.getByRole("alert").getByText("These settings cannot be used").waitFor()
          await page.getByLabel("Name of its password").fill("SMSC")
          await page.getByRole("button", { name: "Add", exact: true }).click()
          await page.getByText("It is bound to within seconds").waitFor()
          await page.getByRole("row", { name: /smsc/u }).getByText("Adapter does not answer").waitFor()
          await page.goto(panel)
          await page.getByText("No SMS adapter looks after the gateway smsc.").waitFor()
        })
      }).pipe(Effect.scoped),
    120_000
  )
})
