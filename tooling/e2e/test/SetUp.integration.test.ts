import { assert, layer } from "@effect/vitest"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program, TestDatabase } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { launch } from "../src/Browser.ts"
import { seriousOf } from "../src/Marketer.ts"
import { visitor } from "../src/Visitor.ts"

const password = "a long enough password"

/** A panel on a database in which there is nobody. */
const emptyPanel = Effect.gen(function* () {
  const { url } = yield* EmbeddedPostgres
  const port = yield* Program.freePort
  const home = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-e2e-"))),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )
  const env = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: home, SPOOR_PANEL_PORT: String(port) }
  yield* Program.run({
    file: process.execPath,
    args: [join(import.meta.dirname, "../../../apps/panel/server.js")],
    env
  })
  const panel = `http://127.0.0.1:${port}`
  yield* Effect.promise(async () => {
    for (let tries = 0; tries < 300; tries++) {
      const answer = await fetch(`${panel}/readyz`).catch(() => undefined)
      if (answer?.status === 200) return
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error("The panel does not answer.")
  })
  return panel
})

layer(TestDatabase.layer, { timeout: "60 seconds", excludeTestServices: true })("the set-up", (it) => {
  it.effect(
    "makes the first administrator once, and closes for good",
    () =>
      Effect.gen(function* () {
        const panel = yield* emptyPanel
        const browser = yield* launch
        const sql = yield* SqlClient.SqlClient
        yield* Effect.promise(async () => {
          const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Berlin" })
          const page = await context.newPage()
          await page.goto(panel, { waitUntil: "networkidle" })
          assert.match(page.url(), /\/set-up$/)
          assert.deepEqual(await seriousOf(page, panel, ["/set-up"]), [])
          await page.waitForLoadState("networkidle")
          assert.strictEqual(await page.locator("select").inputValue(), "Europe/Berlin")
          await page.fill("input[name=name]", "Haus & Tee")
          await page.fill("input[name=email]", "Ada@Example.com")
          await page.fill("input[name=password]", password)

          // Meanwhile others try the same, all at once; nobody who is not well answered is counted.
          const { ask } = visitor(panel, null)
          const bad = await ask("/set-up", { name: "x", zone: "Mars/Olympus", email: "x@example.com", password })
          assert.strictEqual(bad.status, 400)
          const short = await ask("/set-up", { name: "x", zone: "UTC", email: "x@example.com", password: "short" })
          assert.strictEqual(short.status, 400)
          await page.getByRole("button", { name: "Create and sign in" }).click()
          await page.waitForURL(/\/settings\/sites$/)
          assert.include(await page.locator("header").innerText(), "Haus & Tee")

          const statuses = await Promise.all(
            Array.from({ length: 5 }, (_, index) =>
              ask("/set-up", { name: "x", zone: "UTC", email: `x${index}@example.com`, password })
            )
          )
          assert.deepEqual(
            statuses.map(({ status }) => status),
            [403, 403, 403, 403, 403]
          )
          const again = await ask("/set-up")
          assert.deepEqual([again.status, again.location], [303, "/sign-in"])
        })
        const people =
          yield* sql`select email, role, name, time_zone as zone from panel_user join business_unit using (unit_id)`
        assert.deepEqual(
          [...people],
          [{ email: "ada@example.com", role: "administrator", name: "Haus & Tee", zone: "Europe/Berlin" }]
        )
      }).pipe(Effect.scoped),
    120_000
  )

  it.effect(
    "lets one of many in who ask at once",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`truncate business_unit, set_up cascade`
        const panel = yield* emptyPanel
        const { ask } = visitor(panel, null)
        const answers = yield* Effect.promise(() =>
          Promise.all(
            Array.from({ length: 6 }, (_, index) =>
              ask("/set-up", { name: "x", zone: "UTC", email: `x${index}@example.com`, password })
            )
          )
        )
        assert.deepEqual(answers.map(({ status }) => status).toSorted(), [303, 403, 403, 403, 403, 403])
        assert.lengthOf(yield* sql`select from panel_user`, 1)
      }).pipe(Effect.scoped),
    120_000
  )
})
