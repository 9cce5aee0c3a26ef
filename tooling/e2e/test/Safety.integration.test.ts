import { assert, layer } from "@effect/vitest"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program } from "@spoor/testing"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { colleague, email, House, password, writeKey } from "../src/House.ts"
import { endpoints } from "../src/Routes.ts"
import { signIn, visitor } from "../src/Visitor.ts"

/** *Source*: OWASP ASVS 5.0.0; each test names the requirement that it is for. */

type Body = NonNullable<RequestInit["body"]>

const post = (panel: string, path: string, body: Body, headers: Record<string, string> = {}) =>
  fetch(panel + path, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { origin: panel, accept: "text/html", ...headers }
  })

const form = (fields: Record<string, string>) => new URLSearchParams(fields)

/** What a stored text could do, if it were more than text. */
const evil = [
  `<script>alert(1)</script>`,
  `"><img src=x onerror=alert(1)>`,
  `</script><script>alert(1)</script>`,
  `'><svg/onload=alert(1)>`,
  `javascript:alert(1)`,
  `<!--<script>`,
  `{{constructor.constructor('alert(1)')()}}`,
  `<iframe srcdoc="<script>alert(1)</script>">`,
  `</title><script>alert(1)</script>`
]

/** What would turn around, join or hide what stands beside it. */
const turned = "\u202Egnp.exe\u2066\u200B\u2067"

/** Texts with the element that they stand in; scripts and attributes turn nothing around. */
const textsOf = (page: string) => [
  ...page.replaceAll(/<script[^]*?<\/script>/g, "").matchAll(/<(\w+)(?:\s+[\w:-]+(?:="[^"]*")?)*\s*\/?>([^<]*)/g)
]

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the panel", (it) => {
  it.effect("gives another token at every sign-in, ended at once by signing out (V7.2.4, V7.4.1)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      yield* Effect.promise(async () => {
        const planted = "spoor=planted"
        const answer = await post(panel, "/sign-in", form({ email, password }), { cookie: planted })
        const [cookie = ""] = answer.headers.getSetCookie().filter((one) => one.startsWith("spoor="))
        assert.notInclude(cookie, "planted")
        assert.strictEqual((await visitor(panel, planted).ask("/")).status, 303)
        const first = cookie.split(";", 1)[0]!
        const again = await post(panel, "/sign-in", form({ email, password }), { cookie: first })
        assert.strictEqual(again.status, 303)
        assert.strictEqual((await visitor(panel, first).ask("/")).status, 303, "the former session ends")
        const second = await signIn(panel, email, password)
        assert.strictEqual((await visitor(panel, second).ask("/")).status, 200)
        const out = await post(panel, "/sign-out", "", { cookie: second })
        assert.include(out.headers.get("clear-site-data"), "storage")
        assert.strictEqual((await visitor(panel, second).ask("/")).status, 303)
        assert.strictEqual((await visitor(panel, second).ask("/sign-out")).status, 405)
      })
    })
  )

  it.effect("keeps its cookie from scripts, other sites and other hosts (V3.3, V7.2.3)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const { url } = yield* EmbeddedPostgres
      const port = yield* Program.freePort
      const home = yield* Effect.acquireRelease(
        Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-e2e-"))),
        (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
      )
      yield* Program.run({
        file: process.execPath,
        args: [join(import.meta.dirname, "../../../apps/panel/server.js")],
        env: {
          DATABASE_URL: Redacted.value(url),
          SPOOR_HOME: home,
          SPOOR_PANEL_PORT: String(port),
          SPOOR_PANEL_SECURE_COOKIES: "true"
        }
      })
      yield* Effect.promise(async () => {
        const answer = await post(panel, "/sign-in", form({ email, password }))
        const [cookie = ""] = answer.headers.getSetCookie().filter((one) => one.startsWith("spoor="))
        assert.match(cookie, /^spoor=[a-z0-9]+\.[\w-]{27}; Path=\/; HttpOnly; SameSite=Lax$/i)
        assert.notMatch(cookie, /domain|expires|max-age/i)

        const behindHttps = `http://127.0.0.1:${port}`
        for (let tries = 0; (await fetch(`${behindHttps}/readyz`).catch(() => undefined))?.status !== 200; tries++) {
          assert.isBelow(tries, 300, "the second panel does not answer")
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
        const secure = await post(behindHttps, "/sign-in", form({ email, password }))
        const [host = ""] = secure.headers.getSetCookie().filter((one) => one.startsWith("__Host-spoor="))
        assert.match(host, /Path=\/; HttpOnly; Secure; SameSite=Lax$/i)
      })
    }).pipe(Effect.scoped)
  )

  it.effect("refuses every form that another site sends (V3.5.1)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const sql = yield* SqlClient.SqlClient
      yield* Effect.promise(async () => {
        const cookie = await signIn(panel, email, password)
        const bodies: ReadonlyArray<() => Body> = [
          () => form({ email: colleague, name: "x", role: "administrator" }),
          () => {
            const data = new FormData()
            data.set("email", colleague)
            return data
          },
          () => new Blob([`email=${colleague}`], { type: "text/plain" })
        ]
        const paths = endpoints().flatMap((name) => (name.startsWith("POST ") ? [name.slice(5)] : []))
        assert.isAbove(paths.length, 20)
        for (const path of paths) {
          const address = path
            .replaceAll("[log]", "api")
            .replaceAll(/\[\w+\]/g, "x")
            .replace("?/default", "")
          for (const [index, body] of bodies.entries()) {
            for (const origin of ["https://evil.example", "null", `${panel}.evil.example`]) {
              const answer = await post(panel, address, body(), { cookie, origin })
              assert.strictEqual(answer.status, 403, `${address} ${index} ${origin}`)
              await answer.body?.cancel()
            }
          }
        }
        const { ask } = visitor(panel, cookie)
        assert.strictEqual((await ask("/")).status, 200, "nobody was signed out")
      })
      const disabled = yield* sql`select from panel_user where disabled_at is not null or role = 'developer'`
      assert.isEmpty(disabled)
    })
  )

  it.effect("takes one address and one password, of a bounded length, as text (V2.2.1)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      yield* Effect.promise(async () => {
        const bodies = [
          form({}),
          form({ email }),
          new URLSearchParams(`email=${email}&email=${email}&password=${password}`),
          new URLSearchParams(`email[]=${email}&password=${password}`),
          form({ email: `${email}\0`, password }),
          form({ email, password: "x".repeat(257) }),
          form({ email: `${"x".repeat(400)}@example.com`, password })
        ]
        for (const body of bodies) assert.strictEqual((await post(panel, "/sign-in", body)).status, 400, String(body))
        const huge = await post(panel, "/sign-in", form({ email, password: "x".repeat(1_048_576) }))
        assert.isTrue(huge.status === 400 || huge.status === 413, String(huge.status))
        const other = await post(panel, "/sign-in", form({ email: ` ${email.toUpperCase()} `, password }))
        assert.strictEqual(other.status, 303)
      })
    })
  )

  it.effect("goes on to its own pages only (V1.2.2)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      yield* Effect.promise(async () => {
        for (const next of [
          "//evil.example",
          "javascript:alert(1)",
          "\\\\evil.example",
          "/\\evil.example",
          "https://evil.example",
          "/%09/evil.example\t"
        ]) {
          const answer = await post(panel, `/sign-in?next=${encodeURIComponent(next)}`, form({ email, password }))
          const location = new URL(answer.headers.get("location") ?? "", panel)
          assert.strictEqual(location.origin, panel, next)
        }
        const own = await post(panel, "/sign-in?next=%2Fapi-log%3Fstatus%3D5xx", form({ email, password }))
        assert.strictEqual(own.headers.get("location"), "/api-log?status=5xx")
      })
    })
  )

  it.effect("shows stored texts as texts, also those that turn their neighbours around (V1.2.1, V1.2.2, V3.2.1)", () =>
    Effect.gen(function* () {
      const { ingest, panel } = yield* House
      const sql = yield* SqlClient.SqlClient
      const unit = sql`(select unit_id from panel_user where email = ${email})`
      for (const [index, text] of [...evil, turned].entries()) {
        const head = sql`${unit}, ${`evil${index}`}, now() - interval '1 minute'`
        // No door lets a space into an address; to HTML a slash is one.
        const address = `${text.replaceAll(" ", "/")}@example.com`
        yield* sql`
          insert into panel_log (unit_id, item_id, occurred_at, url, method, status, user_email, processing_ms, user_agent)
          values (${head}, ${text === turned ? `/p?q=${text}` : text}, 'GET', 200, ${address}, 1, ${text})`
        yield* sql`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, key_name, key_prefix, request_id, processing_ms, user_agent)
          values (${head}, ${text}, 'GET', 200, ${text}, ${text.slice(0, 32)}, ${text}, 1, ${text})`
        yield* sql`
          insert into sms_log (unit_id, item_id, occurred_at, gateway, sender, error_code, error_text, payload, raw_phone, protocol, permanence, category)
          values (${head}, ${text}, ${text}, ${text}, ${text}, ${text}, ${text}, 'http', 'permanent', 'unreachable')`
      }
      yield* sql`update site set name = ${evil[2]!} where id = 'outlet'`
      yield* sql`update business_unit set name = ${evil[2]!} where unit_id = ${unit}`
      yield* sql`insert into api_key (unit_id, name, prefix, key_sha256) values (${unit}, ${evil[2]!}, 'ak_x', 'x')`
      // By the door, and left in carts, so that sessions and outcomes say them, too.
      const texts = [...evil, turned]
      const sent = yield* Effect.promise(() =>
        fetch(`${ingest}/v1/events`, {
          method: "POST",
          body: JSON.stringify({
            writeKey,
            events: texts.map((text, index) => ({
              id: `evil${index}`,
              visitorId: text,
              type: "ModifyCart",
              at: Date.now() - 3_600_000,
              url: text,
              title: text,
              referrer: text,
              email: `${text.replaceAll(" ", "/")}@example.com`,
              product: { id: text, name: text },
              cart: { currency: "PLN", items: [{ id: text, name: text, quantity: 1, unitPrice: 100 }] }
            }))
          })
        })
      )
      assert.include(yield* Effect.promise(() => sent.json()), { stored: texts.length, rejected: 0 })
      const left = sql`select from session_event where key like 'cart:%:evil%'`
      for (let tries = 0; (yield* left).length < texts.length; tries++) {
        assert.isBelow(tries, 300, "the carts that were left are not told")
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
      }
      const rows = yield* sql<{ readonly path: string; readonly item: string }>`
        select '/activity/' || id as path, event_id as item from activity where event_id like 'evil%'
        union all select '/session-events/' || id, split_part(key, ':', 3) from session_event where key like 'cart:%:evil%'
        union all
        select '/panel-log/' || id as path, item_id as item from panel_log where item_id like 'evil%'
        union all select '/api-log/' || id, item_id from api_log where item_id like 'evil%'
        union all select '/sms-log/' || id, item_id from sms_log where item_id like 'evil%'`
      yield* Effect.promise(async () => {
        const cookie = await signIn(panel, email, password)
        const { ask, open } = visitor(panel, cookie)
        const turning = rows.flatMap(({ item, path }) => (item === `evil${evil.length}` ? [path] : []))
        assert.lengthOf(turning, 5)
        // Each list has all of them, so that neither kind hides the other.
        const both = ["/panel-log?status=2xx", "/api-log", "/sms-log", "/activity", "/session-events"]
        const turns = new Set([
          ...both,
          "/panel-log?url=*gnp.exe*",
          "/api-log?url=*gnp.exe*",
          "/sms-log?text=gnp",
          "/activity?text=gnp",
          ...turning
        ])
        const asked = evil.map((text) => `/api-log?text=${encodeURIComponent(`"${text.replaceAll('"', "")}"`)}`)
        const unknown = "/%3Cscript%3Ealert(1)%3C/script%3E"
        const others = [
          "/",
          "/settings/keys",
          "/settings/sites",
          ...texts.map((text) => `/person?email=${encodeURIComponent(`${text.replaceAll(" ", "/")}@example.com`)}`),
          `/person?find=${encodeURIComponent(evil[1]!)}`,
          unknown
        ]
        for (const path of [...turns, ...rows.map(({ path }) => path), ...asked, ...others]) {
          const { location, ...answer } = await ask(path)
          const { status, text } = location === null ? answer : await ask(location)
          assert.strictEqual(status, path === unknown ? 404 : 200, path)
          assert.notMatch(
            text,
            /<script>alert|<img[ /]src=x|<svg\/onload|<iframe[ /]srcdoc|href="javascript:|<!--<script>/i,
            path
          )
          const found = textsOf(text).filter(([, , shown = ""]) => /[\u202E\u2067]/.test(shown))
          if (turns.has(path)) assert.isNotEmpty(found, path)
          for (const [whole, element] of found) assert.strictEqual(element, "bdi", `${path} ${whole}`)
          if (both.includes(path)) assert.include(text, "&lt;iframe srcdoc=", path)
        }
        assert.include(
          (await ask(turning.find((path) => path.startsWith("/panel-log"))!)).text,
          `${turned}@example.com`
        )
        const json = await open(
          `/raw/api/${rows
            .find(({ path }) => path.startsWith("/api-log"))!
            .path.split("/")
            .at(-1)}`
        )
        assert.strictEqual(json.headers.get("content-type"), "application/json")
        assert.strictEqual(json.headers.get("x-content-type-options"), "nosniff")
        const page = await open("/api-log")
        const policy = page.headers.get("content-security-policy") ?? ""
        assert.include(policy, "default-src 'self'")
        assert.notMatch(policy, /unsafe-inline|unsafe-eval|https?:/)
        assert.strictEqual(page.headers.get("x-frame-options"), "DENY")
        // No other site may read it.
        const foreign = await fetch(`${panel}/api-log`, { headers: { cookie, origin: "https://evil.example" } })
        assert.isNull(foreign.headers.get("access-control-allow-origin"))
      })
    })
  )

  it.effect("makes one row of a request, whatever its address and names would break out of (V16.4.1)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const sql = yield* SqlClient.SqlClient
      const forged = '\r\n{"level":"error"}\u001B[31m\u2028'
      yield* Effect.promise(async () => {
        const cookie = await signIn(panel, colleague, password)
        await fetch(`${panel}/what-if?forged=${encodeURIComponent(forged)}`, {
          headers: { cookie, "user-agent": 'x","status":200}{"url":"forged' }
        }).then((answer) => answer.body?.cancel())
        await post(panel, "/sign-in", form({ email: `${colleague}${forged}`, password: "a guess" }))
      })
      const rows = sql<{ readonly url: string; readonly agent: string }>`
        select url, user_agent as agent from panel_log where url like '%forged%' or user_agent like '%forged%'`
      for (let tries = 0; (yield* rows).length === 0 && tries < 300; tries++) {
        yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
      }
      assert.deepEqual(
        [...(yield* rows)].map((row) => [row.url, row.agent]),
        [
          [
            `/what-if?forged=${new URLSearchParams({ f: forged }).toString().slice(2)}`,
            'x","status":200}{"url":"forged'
          ]
        ]
      )
      // Nor does what was typed as a name stand in a row of somebody else's.
      assert.isEmpty(yield* sql`select from panel_log where user_email like '%level%'`)
    })
  )

  it.effect("writes one entry of each failure into its own log, and nothing of what was sent (V16.2.5, V16.4.1)", () =>
    Effect.gen(function* () {
      const { panel, said } = yield* House
      const sql = yield* SqlClient.SqlClient
      const broken = '\r\n{"time":"2026","level":"info","message":"forged"}\u001B[31m\u2028'
      const session = yield* Effect.promise(() => signIn(panel, email, password))
      // The database refuses, and its words quote what it was given.
      yield* sql`alter table saved_view rename to saved_view_gone`
      yield* sql`
        create function refuse() returns trigger language plpgsql as $refuse$
        begin raise exception 'No room for %', new.subject using errcode = '53100'; end $refuse$`
      yield* sql`create trigger refuse before insert on sign_in_throttle for each row execute function refuse()`
      const failed = yield* Effect.promise(async () => {
        const asked = [
          fetch(`${panel}/api-log?text=${encodeURIComponent(`forged${broken}`)}&api-key=ak_very-secret`, {
            headers: { cookie: session, accept: "text/html", "user-agent": 'forged","level":"info"}{"x":"' }
          }),
          post(panel, "/sign-in", form({ email: `forged@example.com${broken}`, password: "a wrong password" })),
          post(
            panel,
            `/sign-in?next=${encodeURIComponent(broken)}`,
            form({ email: colleague, password: "a wrong password" })
          )
        ]
        const answers = await Promise.all(asked)
        for (const answer of answers) {
          assert.strictEqual(answer.status, 500)
          assert.notMatch(await answer.text(), /saved_view|refuse|No room/)
        }
        return answers.map((answer) => answer.headers.get("x-request-id")!)
      }).pipe(
        Effect.ensuring(
          Effect.orDie(
            sql`drop function refuse cascade`.pipe(
              Effect.andThen(sql`alter table saved_view_gone rename to saved_view`)
            )
          )
        )
      )
      yield* Effect.promise(async () => {
        for (let tries = 0; !failed.every((id) => said().includes(id)) && tries < 300; tries++) {
          await new Promise((resolve) => setTimeout(resolve, 100))
        }
      })
      const text = said()
      const entries = text.split("\n").filter((line) => line !== "")
      for (const entry of entries) assert.containsAllKeys(JSON.parse(entry), ["time", "level", "message"], entry)
      for (const id of failed) {
        const [entry, ...others] = entries.filter((line) => line.includes(id))
        assert.isEmpty(others)
        assert.deepInclude(JSON.parse(entry ?? "{}"), { level: "error", message: "A request failed", requestId: id })
      }
      assert.include(text, "No room for")
      // Of everything that this file has sent so far.
      for (const secret of [
        password,
        "a wrong password",
        session.slice("spoor=".length),
        "very-secret",
        email,
        colleague
      ]) {
        assert.notInclude(text, secret)
      }
      assert.notMatch(text, /forged@|klient|"message":"forged|gnp\.exe|onerror|[^\P{Cc}\n]|\u2028/u)
    })
  )

  it.effect("keeps its own refusals in the panel log, and no secrets (V16.2, V16.3, V16.4.2)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      const sql = yield* SqlClient.SqlClient
      yield* Effect.promise(async () => {
        const { ask } = visitor(panel, await signIn(panel, colleague, password))
        assert.strictEqual((await ask("/settings/people")).status, 403)
        await ask("/person?email=klient%40example.com&token=very-secret")
        await post(panel, "/sign-in", form({ email: colleague, password: "a wrong password" }))
      })
      const found = (status: number, path: string) =>
        Effect.gen(function* () {
          for (let tries = 0; tries < 300; tries++) {
            const rows = yield* sql<{ readonly url: string; readonly ip: string; readonly email: string }>`
              select url, ip, user_email as email from panel_log where status = ${status} and url like ${`${path}%`}
                and user_email = ${colleague}`
            if (rows[0] !== undefined) return rows[0]
            yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
          }
          return assert.fail(`no row of ${status} ${path}`)
        })
      assert.deepInclude(yield* found(403, "/settings/people"), { ip: "127.0.0.1", email: colleague })
      yield* found(401, "/sign-in")
      const asked = yield* found(200, "/person")
      assert.notMatch(asked.url, /klient|very-secret/)
      const all = JSON.stringify(yield* sql`select * from panel_log`)
      assert.notInclude(all, "a wrong password")
      assert.notInclude(all, password)
      const writers = endpoints().filter((name) => !name.startsWith("GET") && name.includes("panel-log"))
      assert.isEmpty(writers)
    })
  )

  it.effect("slows whoever guesses down, whatever address they claim to come from (V6.3.1, V4.1.3)", () =>
    Effect.gen(function* () {
      const { panel } = yield* House
      yield* Effect.promise(async () => {
        const statuses: Array<number> = []
        for (let tries = 0; tries < 9; tries++) {
          const headers = { "x-forwarded-for": `198.51.100.${tries}`, forwarded: `for=198.51.100.${tries}` }
          const guess = form({ email: `nobody${tries}@example.com`, password: "a guess" })
          statuses.push((await post(panel, "/sign-in", guess, headers)).status)
        }
        assert.include(statuses, 429)
        const slowed = await post(panel, "/sign-in", form({ email, password }))
        if (slowed.status === 429) assert.match(slowed.headers.get("retry-after") ?? "", /^\d+$/)
      })
    })
  )
})
