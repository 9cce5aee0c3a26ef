import { Validator } from "@seriousme/openapi-schema-validator"
import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import openapiTS, { astToString } from "openapi-typescript"
import { execFile } from "node:child_process"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { launch } from "../src/Browser.ts"
import { House } from "../src/House.ts"

/** What someone writes who has nothing but the document: it compiles against the types and walks through a log. */
const program = `
import createClient from "openapi-fetch"
import type { components, paths } from "./spoor.ts"

const [origin = "", key = ""] = process.argv.slice(2)
const client = createClient<paths>({ baseUrl: origin, headers: { "x-api-key": key } })
const rows: Array<components["schemas"]["ApiLogRow"]> = []
let cursor: string | undefined
do {
  const query = { status: "4xx", "-url": "*secret*", limit: "2", ...(cursor !== undefined && { cursor }) }
  const { data, error } = await client.GET("/v1/logs/api", { params: { query } })
  if (error !== undefined) throw new Error(error.message)
  if (!("rows" in data)) throw new Error("These are no rows.")
  rows.push(...data.rows)
  cursor = data.nextCursor ?? undefined
} while (cursor !== undefined)
const wrong = await client.GET("/v1/logs/api", { params: { query: { status: "abc" } } })
const fault: components["schemas"]["Fault"] | undefined = wrong.error?.fault
const sent = await client.POST("/v1/events", {
  params: {},
  body: { writeKey: process.argv[4] ?? "", events: [{ id: "e1", visitorId: "v1", type: "VisitOnWebsite" }] }
})
console.log(JSON.stringify({ urls: rows.map((row) => row.url), fault: fault?.parameter, stored: sent.data?.stored }))
`

/** The same with a field that the document does not have: types that let this pass would be worth nothing. */
const mistaken = program.replace("row.url)", "row.adress)")

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
}

const compilerOptions = {
  target: "es2024",
  module: "nodenext",
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  allowImportingTsExtensions: true,
  skipLibCheck: true,
  types: ["node"]
}

const modules = join(import.meta.dirname, "../../../node_modules")
const openapiFetch = fileURLToPath(new URL("..", import.meta.resolve("openapi-fetch")))
const run = promisify(execFile)

const projectOf = (document: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const folder = await mkdtemp(join(tmpdir(), "spoor-openapi-"))
      await mkdir(join(folder, "node_modules"))
      await symlink(openapiFetch, join(folder, "node_modules/openapi-fetch"))
      await symlink(join(modules, "@types"), join(folder, "node_modules/@types"))
      await writeFile(join(folder, "package.json"), '{ "type": "module" }')
      await writeFile(join(folder, "spoor.ts"), astToString(await openapiTS(document)))
      await writeFile(join(folder, "program.ts"), program)
      await writeFile(join(folder, "mistaken.ts"), mistaken)
      for (const name of ["program", "mistaken"]) {
        await writeFile(join(folder, `${name}.json`), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }))
      }
      return folder
    }),
    (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
  )

const compile = (folder: string, name: string) =>
  Effect.promise(() =>
    run(process.execPath, [join(modules, "typescript/bin/tsc"), "-p", join(folder, `${name}.json`)]).then(
      () => "",
      (error: { readonly stdout: string }) => error.stdout
    )
  )

const get = (url: string) =>
  Effect.promise(async () => {
    const response = await fetch(url)
    return { status: response.status, type: response.headers.get("content-type"), text: await response.text() }
  })

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the OpenAPI document", (it) => {
  it.effect("is served, is one of OpenAPI 3.1, and has every API in it", () =>
    Effect.gen(function* () {
      const { origin } = yield* House
      const { status, type, text } = yield* get(`${origin}/v1/openapi.json`)
      assert.deepStrictEqual([status, type], [200, "application/json"])
      const validator = new Validator()
      const result = yield* Effect.promise(() => validator.validate(JSON.parse(text)))
      assert.isTrue(result.valid, JSON.stringify(result))
      assert.strictEqual(validator.version, "3.1")
      const { paths } = JSON.parse(text) as Document
      const expected = ["/v1/logs/activity", "/v1/logs/sms/{id}", "/v1/events", "/v1/counters", "/orders/{id}"]
      assert.includeMembers(Object.keys(paths), expected)
      // Whatever it names is there: who has no key is told so, or that nothing was sent, and never that nobody is at home.
      for (const [path, methods] of Object.entries(paths)) {
        for (const method of Object.keys(methods)) {
          const url = `${origin}${path.replace("{id}", "1")}`
          const { status } = yield* Effect.promise(() => fetch(url, { method: method.toUpperCase() }))
          assert.include([400, 401], status, `${method} ${path}`)
        }
      }
      // The validator finds what is wrong, too.
      const broken = { ...JSON.parse(text), paths: { "/v1/logs/api": { get: { responses: 1 } } } }
      assert.isFalse((yield* Effect.promise(() => new Validator().validate(broken))).valid)
    })
  )

  it.effect(
    "makes types that a program compiles against and reads a log with",
    () =>
      Effect.gen(function* () {
        const { origin, openShop } = yield* House
        const { place, apiKey, browserKey } = yield* openShop
        const sql = yield* SqlClient.SqlClient
        yield* sql`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
          select ${place.unitId}, 'i' || i, to_timestamp(1790000000 + i), case when i = 3 then '/secret' else '/orders/' || i end,
            'GET', case when i > 6 then 200 else 404 end, 'r', 1 from generate_series(1, 9) as i`
        const folder = yield* projectOf((yield* get(`${origin}/v1/openapi.json`)).text)
        assert.strictEqual(yield* compile(folder, "program"), "")
        assert.include(yield* compile(folder, "mistaken"), "adress")
        const { stdout } = yield* Effect.promise(() =>
          run(process.execPath, [join(folder, "program.ts"), origin, apiKey, browserKey])
        )
        assert.deepStrictEqual(JSON.parse(stdout), {
          urls: ["/orders/6", "/orders/5", "/orders/4", "/orders/2", "/orders/1"],
          fault: "status",
          stored: 1
        })
      }),
    120_000
  )

  it.effect(
    "is shown on a page that asks nobody else",
    () =>
      Effect.gen(function* () {
        const { origin } = yield* House
        const browser = yield* launch
        const asked = yield* Effect.promise(async () => {
          const page = await browser.newPage()
          const urls: Array<string> = []
          page.on("request", (request) => urls.push(request.url()))
          await page.goto(`${origin}/docs`)
          await page.getByText("/v1/logs/session-events", { exact: true }).first().waitFor()
          await page.waitForLoadState("networkidle")
          return urls.filter((url) => !url.startsWith("data:") && !url.startsWith("blob:"))
        })
        assert.deepStrictEqual(
          asked.filter((url) => !url.startsWith(origin)),
          []
        )
        assert.include(asked, `${origin}/docs`)
      }),
    60_000
  )
})
