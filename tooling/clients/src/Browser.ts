import sparticuz from "@sparticuz/chromium"
import { Effect } from "effect"
import { existsSync, readFileSync } from "node:fs"
import { createServer } from "node:http"
import { fileURLToPath } from "node:url"
import { chromium } from "playwright-core"

const system = [process.env["SPOOR_CHROMIUM"], "/usr/bin/chromium"]

/** The bundles that a shop's page would load, from the packages themselves. */
const scripts = {
  "/segment.js": fileURLToPath(new URL("../umd/index.js", import.meta.resolve("@segment/analytics-next"))),
  "/rudder.js": fileURLToPath(import.meta.resolve("@rudderstack/analytics-js/bundled"))
} as const

const html = `<!doctype html><html lang="en"><head><title>Shop</title><link rel="icon" href="data:,">
<script src="/segment.js"></script>
<script type="module">import { RudderAnalytics } from "/rudder.js"; window.RudderAnalytics = RudderAnalytics</script>
</head><body><h1>Shop</h1></body></html>`

/** A shop's own server, on another origin than the doors. */
const shop = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = createServer((request, response) => {
      const path = (request.url ?? "").replace(/\?.*/, "")
      const script = path === "/segment.js" || path === "/rudder.js" ? scripts[path] : undefined
      response.setHeader("content-type", script === undefined ? "text/html; charset=utf-8" : "text/javascript")
      response.end(script === undefined ? html : readFileSync(script))
    })
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
    return server
  }),
  (server) =>
    Effect.sync(() => {
      server.closeAllConnections()
      server.close()
    })
)

/** A real Chromium: the machine's own if there is one, else the one that npm brings (ADR 0011). */
export const launch = Effect.acquireRelease(
  Effect.promise(async () => {
    const found = system.find((path) => path !== undefined && existsSync(path))
    const executablePath = found ?? (await sparticuz.executablePath())
    return chromium.launch({
      executablePath,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic"],
      headless: true
    })
  }),
  (browser) => Effect.promise(() => browser.close())
)

/** *Shape*: gives a new visitor's page of the shop, its scripts loaded; `path` may have a query. */
export const openPages = Effect.gen(function* () {
  const browser = yield* launch
  const address = (yield* shop).address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  return (path = "/") =>
    Effect.acquireRelease(
      Effect.promise(async () => {
        const page = await (await browser.newContext()).newPage()
        await page.goto(`http://127.0.0.1:${port}${path}`)
        await page.waitForFunction("window.AnalyticsNext && window.RudderAnalytics")
        return page
      }),
      (page) => Effect.promise(() => page.context().close())
    )
})
