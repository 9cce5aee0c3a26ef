import { assert, layer } from "@effect/vitest"
import { hash } from "@node-rs/argon2"
import { Ids, Log, Rules } from "@spoor/domain"
import { ApiKeys, type Role, roles, Sites, Users, WriteKeys } from "@spoor/postgres"
import { Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { colleague, email, House, password, stranger, writeKey } from "../src/House.ts"
import { endpoints } from "../src/Routes.ts"
import { signIn, type Visitor, visitor } from "../src/Visitor.ts"

/**
 * Who may what: every role at every route, endpoint and action of a form, with rows of the own and of another unit.
 *
 * *Source*: OWASP ASVS 5.0.0 V8.2 and V8.4, V14.2.6.
 */

const analyst = "iga@spoor.local"
const developer = "dawid@spoor.local"
const otherKey = "wk_e2e_other"
const nothing = crypto.randomUUID()

/** What the rows of a unit hold. *Shape*: `personal` are parts of what an analyst never sees. */
const secretsOf = (word: string, number: string) => ({
  word,
  emails: { api: `klient.${word}@example.com`, sms: `sms.${word}@example.com`, activity: `zakupy.${word}@example.com` },
  phone: `+48600${number}`,
  ip: `203.0.113.${number.slice(0, 2)}`,
  key: { name: `Klucz ${word}`, prefix: `ak_${word}1` },
  personal: [word, `600${number}`, `203.0.113.${number.slice(0, 2)}`, "@spoor.local"]
})
const ours = secretsOf("sekret", "771122")
const theirs = secretsOf("obcy", "883344")

interface Unit {
  readonly unitId: number
  readonly rows: { readonly [L in Log.Log]: number }
  readonly visitorId: string
  readonly sessionId: string
  readonly siteId: string
  readonly person: string
  readonly keyPrefix: string
  readonly gatewayKey: string
  readonly letterId: number
  readonly webhookId: number
  readonly decisionId: number
}

/** What is asked at an endpoint, and the status for those who may. *Shape*: a form where it is a POST. */
type Request = readonly [path: string, status: number, form?: Readonly<Record<string, string>>]

interface Decision {
  readonly may: ReadonlyArray<Role> | "anyone"
  readonly requests: (own: Unit, other: Unit) => ReadonlyArray<Request>
}

const may = (who: Decision["may"], requests: Decision["requests"]): Decision => ({ may: who, requests })
const readers: ReadonlyArray<Role> = ["administrator", "marketer", "analyst"]
const administrators: ReadonlyArray<Role> = ["administrator"]
const keyHolders: ReadonlyArray<Role> = ["administrator", "developer"]

/** A page of a log, also with everything that an address may say, and one row of it. */
const logPages = (path: string, log: Log.Log): Record<string, Decision> => ({
  [`GET ${path}`]: may(mayRead(log), (_, other) => [
    [path, 200],
    [`${path}?range=last-7d&text=example&columns=details`, 200],
    // A place of another unit leads nowhere else.
    [`${path}?older=9999999999999.${other.rows[log]}`, 200]
  ]),
  [`GET ${path}/[id]`]: may(mayRead(log), (own, other) => [
    [`${path}/${own.rows[log]}`, 200],
    [`${path}/${other.rows[log]}`, 404]
  ])
})
const mayRead = (log: Log.Log): ReadonlyArray<Role> => (log === "api" ? roles : readers)

/** The same for each log by its name. */
const ofLogs = (name: string, requests: (log: Log.Log, own: Unit, other: Unit) => ReadonlyArray<Request>) =>
  Log.Log.literals.map((log): readonly [string, Decision] => [
    name,
    may(mayRead(log), (own, other) => requests(log, own, other))
  ])

const decisions: ReadonlyArray<readonly [string, Decision]> = [
  ...Object.entries({
    "GET /healthz": may("anyone", () => [["/healthz", 200]]),
    "GET /readyz": may("anyone", () => [["/readyz", 200]]),
    "POST /preferences": may("anyone", () => [["/preferences", 303, { theme: "dark" }]]),
    // How one comes in and goes is for tests of their own.
    "GET /session": may("anyone", () => []),
    "GET /set-up": may("anyone", () => [["/set-up", 303]]),
    "POST /set-up?/default": may("anyone", () => [["/set-up", 403, { name: "x", email: "x@example.com" }]]),
    "GET /sign-in": may("anyone", () => []),
    "POST /sign-in?/default": may("anyone", () => []),
    "GET /sign-in/code": may("anyone", () => [["/sign-in/code", 303]]),
    "POST /sign-in/code?/default": may("anyone", () => [["/sign-in/code", 303, { code: "000000" }]]),
    "POST /sign-out": may("anyone", () => []),
    "GET /": may(readers, () => [
      ["/", 200],
      ["/?range=today", 200]
    ]),
    ...logPages("/panel-log", "panel"),
    ...logPages("/activity", "activity"),
    ...logPages("/session-events", "session-events"),
    ...logPages("/api-log", "api"),
    ...logPages("/sms-log", "sms"),
    "GET /person": may(readers, (own, other) => [
      [`/person?visitor=${own.visitorId}`, 200],
      [`/person?visitor=${other.visitorId}`, 200],
      [`/person?session=${encodeURIComponent(own.sessionId)}`, 303],
      [`/person?session=${encodeURIComponent(other.sessionId)}`, 200]
    ]),
    "POST /person?/unlink": may(administrators, (own, other) => {
      const form = { email: ours.emails.activity, scope: "session", session: other.sessionId, reason: "" }
      return [
        ["/person?/unlink", 400, { ...form, site: own.siteId, visitor: other.visitorId }],
        ["/person?/unlink", 400, { ...form, site: other.siteId, visitor: other.visitorId, unitId: `${other.unitId}` }],
        ["/person?/unlink", 400, { ...form, site: other.siteId, visitor: own.visitorId, scope: "browser" }]
      ]
    }),
    "POST /person?/relink": may(administrators, (_, other) => [
      ["/person?/relink", 400, { id: `${other.decisionId}`, unitId: `${other.unitId}` }]
    ]),
    "GET /what-if": may(readers, (own, other) => [
      [`/what-if?site=${own.siteId}&inactivity=5`, 200],
      [`/what-if?site=${other.siteId}&inactivity=5`, 200]
    ]),
    "POST /what-if?/save": may(administrators, (_, other) => [
      ["/what-if?/save", 400, { site: other.siteId, inactivity: "5", version: "1" }]
    ]),
    "GET /exports/[id]": may(roles, () => [[`/exports/${nothing}`, 404]]),
    "DELETE /exports/[id]": may(roles, () => [[`/exports/${nothing}`, 404]]),
    "GET /settings": may(roles, () => [["/settings", 303]]),
    "GET /settings/account": may(roles, () => [["/settings/account", 200]]),
    ...Object.fromEntries(
      ["password", "prepareFactor", "enableFactor", "newCodes", "removeFactor"].map((name) => [
        `POST /settings/account?/${name}`,
        may(roles, () => [[`/settings/account?/${name}`, 400, {}]])
      ])
    ),
    "GET /settings/keys": may(keyHolders, () => [["/settings/keys", 200]]),
    "POST /settings/keys?/add": may(keyHolders, (_, other) => [
      ["/settings/keys?/add", 400, { name: "n", kind: "server", site: other.siteId }]
    ]),
    "POST /settings/keys?/revoke": may(keyHolders, (_, other) => [
      ["/settings/keys?/revoke", 400, { prefix: other.keyPrefix }]
    ]),
    "GET /settings/rejected": may(keyHolders, (_, other) => [
      ["/settings/rejected", 200],
      [`/settings/rejected?site=${other.siteId}&reason=invalid`, 200],
      ["/settings/rejected?older=9999999999999.999999999", 200]
    ]),
    "GET /settings/webhooks": may(administrators, () => [["/settings/webhooks", 200]]),
    "POST /settings/webhooks?/add": may(administrators, () => [
      ["/settings/webhooks?/add", 400, { url: "https://10.0.0.1/x", types: "AbandonedCart", unitId: "2" }]
    ]),
    "GET /settings/webhooks/[id]": may(administrators, (own, other) => [
      [`/settings/webhooks/${own.webhookId}`, 200],
      [`/settings/webhooks/${own.webhookId}?state=failed&older=999999`, 200],
      [`/settings/webhooks/${other.webhookId}`, 404]
    ]),
    ...Object.fromEntries(
      ["enable", "disable", "rotate", "test", "replay"].map((name) => [
        `POST /settings/webhooks/[id]?/${name}`,
        may(administrators, (_, other) => [
          [`/settings/webhooks/${other.webhookId}?/${name}`, 404, { failed: "on", unitId: `${other.unitId}` }]
        ])
      ])
    ),
    "POST /settings/webhooks/[id]?/remove": may(administrators, (_, other) => [
      [`/settings/webhooks/${other.webhookId}?/remove`, 404, {}]
    ]),
    "GET /new-password": may(roles, () => [["/new-password", 303]]),
    "POST /new-password?/default": may(roles, () => [["/new-password", 303, { password: "a password of my own" }]]),
    "GET /settings/units": may(administrators, () => [["/settings/units", 200]]),
    "POST /settings/units?/save": may(administrators, (_, other) => [
      ["/settings/units?/save", 400, { name: "", unitId: `${other.unitId}` }]
    ]),
    "POST /settings/units?/add": may(administrators, (_, other) => [
      ["/settings/units?/add", 400, { name: "x", zone: "UTC", email: other.person }]
    ]),
    "POST /settings/units?/close": may(administrators, (_, other) => [
      ["/settings/units?/close", 400, { again: "x", unitId: `${other.unitId}` }]
    ]),
    "GET /settings/retention": may(administrators, () => [["/settings/retention", 200]]),
    "POST /settings/retention?/save": may(administrators, (_, other) => [
      ["/settings/retention?/save", 400, { panel: "1", unitId: `${other.unitId}` }]
    ]),
    "POST /settings/rejected?/replay": may(keyHolders, (_, other) => [
      ["/settings/rejected?/replay", 400, { site: other.siteId, unitId: `${other.unitId}` }],
      ["/settings/rejected?/replay", 400, { id: "999999999" }]
    ]),
    "GET /settings/dead-letters": may(administrators, () => [
      ["/settings/dead-letters", 200],
      ["/settings/dead-letters?topic=log&older=999999999", 200]
    ]),
    "POST /settings/dead-letters?/replay": may(administrators, (_, other) => [
      ["/settings/dead-letters?/replay", 400, { id: `${other.letterId}` }],
      ["/settings/dead-letters?/replay", 200, { topic: "sms", unitId: `${other.unitId}` }]
    ]),
    "GET /settings/dead-letters/[id]": may(administrators, (own, other) => [
      [`/settings/dead-letters/${own.letterId}`, 200],
      [`/settings/dead-letters/${other.letterId}`, 404]
    ]),
    "GET /settings/sites": may(administrators, () => [["/settings/sites", 200]]),
    "POST /settings/sites?/add": may(administrators, () => [["/settings/sites?/add", 400, { name: "x" }]]),
    "GET /settings/sites/[id]": may(administrators, (own, other) => [
      [`/settings/sites/${own.siteId}`, 200],
      [`/settings/sites/${other.siteId}`, 404]
    ]),
    "GET /settings/gateways": may(administrators, () => [["/settings/gateways", 200]]),
    "GET /settings/gateways/unknown_codes": may(administrators, () => [["/settings/gateways/unknown_codes", 200]]),
    "POST /settings/gateways?/add": may(administrators, () => [
      ["/settings/gateways?/add", 400, { plugin: "kannel", key: "No key", unitId: "2" }]
    ]),
    "POST /settings/gateways?/try": may(administrators, () => [["/settings/gateways?/try", 400, { plugin: "kannel" }]]),
    "GET /settings/gateways/[key]": may(administrators, (own, other) => [
      [`/settings/gateways/${own.gatewayKey}`, 200],
      [`/settings/gateways/${other.gatewayKey}`, 404]
    ]),
    ...Object.fromEntries(
      ["trace", "untrace", "remove"].map((name) => [
        `POST /settings/gateways/[key]?/${name}`,
        may(administrators, (own, other) => [
          [`/settings/gateways/${own.gatewayKey}?/${name}`, 400, { key: other.gatewayKey }]
        ])
      ])
    ),
    "GET /settings/rights": may(administrators, () => [["/settings/rights", 200]]),
    // A person of another unit is nobody here: nothing is found, and `kept` sees that nothing goes.
    "POST /settings/rights?/look": may(administrators, (_, other) => [
      ["/settings/rights?/look", 400, { person: "no one@example" }],
      ["/settings/rights?/look", 200, { person: other.visitorId, unitId: "2" }]
    ]),
    "POST /settings/rights?/erase": may(administrators, (_, other) => [
      ["/settings/rights?/erase", 400, { person: other.person, again: "somebody@example.com" }]
    ]),
    "POST /settings/rights/file": may(administrators, (_, other) => [
      ["/settings/rights/file", 400, {}],
      ["/settings/rights/file", 200, { person: other.visitorId }]
    ]),
    "GET /settings/people": may(administrators, () => [["/settings/people", 200]]),
    "POST /settings/people?/add": may(administrators, () => [
      ["/settings/people?/add", 400, { email: "x", role: "administrator", unitId: "2" }]
    ]),
    ...Object.fromEntries(
      ["password", "role", "factor", "disable", "enable"].map((name) => [
        `POST /settings/people?/${name}`,
        may(administrators, (_, other) => [
          [`/settings/people?/${name}`, 400, { email: other.person, role: "administrator" }]
        ])
      ])
    )
  }),
  ...ofLogs("GET /raw/[log]/[id]", (log, own, other) => [
    [`/raw/${log}/${own.rows[log]}`, 200],
    [`/raw/${log}/${other.rows[log]}`, 404]
  ]),
  ...ofLogs("GET /values/[log]", (log) => [[`/values/${log}?typed=e`, 200]]),
  ...ofLogs("GET /live/[log]", (log) => [[`/live/${log}?after=0`, 200]]),
  ...ofLogs("GET /export/[log]", (log) => [
    [`/export/${log}?format=csv`, 200],
    [`/export/${log}?format=ndjson`, 200]
  ]),
  ...ofLogs("POST /layouts/[log]", (log) => [[`/layouts/${log}`, 303, { reset: "" }]]),
  ...ofLogs("POST /views/[log]", (log) => [[`/views/${log}`, 303, { remove: "", id: "1" }]])
]

layer(House.layer, { timeout: "60 seconds", excludeTestServices: true })("the panel", (it) => {
  it.effect(
    "decides of every route for every role, and tells nobody of another unit",
    () =>
      Effect.gen(function* () {
        assert.deepEqual([...new Set(decisions.map(([name]) => name))].toSorted(), endpoints())
        const { panel } = yield* House
        const { own, other } = yield* furnish
        const before = yield* kept(other)
        yield* Effect.promise(async () => {
          const people: ReadonlyArray<readonly [Role, Visitor]> = [
            ["administrator", visitor(panel, await signIn(panel, email, password))],
            ["marketer", visitor(panel, await signIn(panel, colleague, password))],
            ["analyst", visitor(panel, await signIn(panel, analyst, password))],
            ["developer", visitor(panel, await signIn(panel, developer, password))]
          ]
          const wrong: Array<string> = []
          const said = new Map<Role, Array<string>>()
          const cases = decisions.flatMap(([name, decision]) =>
            decision.requests(own, other).map((request) => [name.split(" ", 1)[0]!, decision.may, request] as const)
          )
          const nobody = visitor(panel, null)
          for (const [method, allowed, [path, status, form]] of cases) {
            const { location, status: answered } = await nobody.ask(path, form, method)
            const isRight =
              allowed === "anyone" ? answered === status : answered === 303 && location?.startsWith("/sign-in")
            if (!isRight) wrong.push(`nobody ${method} ${path}: ${answered}`)
          }
          await Promise.all(
            people.map(async ([role, { ask }]) => {
              const texts: Array<string> = []
              said.set(role, texts)
              for (const [method, allowed, [path, status, form]] of cases) {
                const isAllowed = allowed === "anyone" || allowed.includes(role)
                const answer = await ask(path, form, method)
                texts.push(`${method} ${path}\n${answer.location}\n${answer.text}`)
                // The start page of whoever may not look at all of it is a part that they may.
                const denied = path.startsWith("/?") || path === "/" ? 303 : 403
                if (answer.status !== (isAllowed ? status : denied)) {
                  wrong.push(`${role} ${method} ${path}: ${answer.status}`)
                }
                // What a page is made of is asked for by itself when somebody goes on by a link.
                const isLess = role === "analyst" || role === "developer"
                if (isLess && form === undefined && answer.text.startsWith("<!")) {
                  const [page, search = ""] = path.split("?", 2)
                  const data = await ask(`${page === "/" ? "" : page}/__data.json?${search}`)
                  texts.push(`data of ${path}\n${data.text}`)
                }
              }
            })
          )
          assert.deepEqual(wrong, [])
          const found = (role: Role, secrets: ReadonlyArray<string>) =>
            said
              .get(role)!
              .flatMap((text) =>
                secrets.filter((one) => text.includes(one)).map((one) => `${one}: ${text.slice(0, 80)}`)
              )
          for (const [role] of people) assert.deepEqual(found(role, theirs.personal.slice(0, 3)), [])
          // What is hidden is there to be seen.
          for (const secret of ours.personal) {
            assert.isNotEmpty(found("marketer", [secret]), secret)
          }
          // Their own address stands above every page.
          said.set(
            "analyst",
            said.get("analyst")!.map((text) => text.replaceAll(analyst, ""))
          )
          assert.deepEqual(found("analyst", [...ours.personal, ours.key.prefix]), [])
          assert.deepEqual(found("developer", [`600771122`, ours.emails.sms, ours.emails.activity]), [])
        })
        assert.deepEqual(yield* kept(other), before)
      }),
    120_000
  )

  it.effect(
    "lets an analyst find nothing out by asking",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        yield* Effect.promise(async () => {
          const { ask } = visitor(panel, await signIn(panel, analyst, password))
          const marketer = visitor(panel, await signIn(panel, colleague, password))
          const rowsOf = async (who: Visitor, path: string) =>
            (await who.ask(`/export/${path}&format=ndjson`)).text.trim().split("\n").length - 1
          const questions = [
            `api?url=*${ours.word}*`,
            `api?url=/customers/klient.s*`,
            `api?text=${ours.word}`,
            `activity?url=*${ours.word}*`,
            `sms?text=${ours.phone.slice(3)}`
          ]
          for (const question of questions) {
            assert.strictEqual(await rowsOf({ ask } as Visitor, question), 0, question)
            assert.isAbove(await rowsOf(marketer, question), 0, question)
          }
          const hidden = [
            ["panel", "/panel-log", "email=a*"],
            ["panel", "/panel-log", "ip=127.0.0.1"],
            ["activity", "/activity", "email=zakupy*"],
            ["activity", "/activity", "-email=zakupy*"],
            ["session-events", "/session-events", "email=zakupy*"],
            ["api", "/api-log", `key=${ours.key.prefix}`],
            ["api", "/api-log", `ip=${ours.ip}`],
            ["sms", "/sms-log", `phone=${encodeURIComponent(ours.phone)}`]
          ] as const
          for (const [log, path, query] of hidden) {
            assert.strictEqual((await ask(`/export/${log}?format=csv&${query}`)).status, 400, query)
            assert.include((await ask(`${path}?${query}`)).text, "Your role does not see these data", query)
            const field = query.replace("-", "").split("=", 1)[0]!
            assert.strictEqual((await ask(`/values/${log}?field=${field}&typed=`)).text, "[]", query)
            assert.strictEqual((await ask(`/values/${log}?typed=${field}:a`)).text, "[]", query)
          }
          assert.strictEqual((await ask(`/values/api?typed=${ours.word}`)).text, "[]")
          for (const query of [`email=${ours.emails.activity}`, `phone=${encodeURIComponent(ours.phone)}`]) {
            assert.include((await ask(`/person?${query}`)).text, "it cannot look for them either", query)
          }
        })
      }),
    60_000
  )

  it.effect(
    "ends what somebody has open when their rights change",
    () =>
      Effect.gen(function* () {
        const { panel } = yield* House
        const users = yield* Users
        const leaving = "leaving@spoor.local"
        const passwordHash = yield* Effect.promise(() => hash(password))
        const unitId = (yield* users.findByEmail(email))!.unitId
        yield* users.create({ unitId, id: "leaving", email: leaving, role: "marketer" }, passwordHash)
        const sql = yield* SqlClient.SqlClient
        // More than a connection holds, so that the file is not written before anybody reads it.
        yield* sql`
          insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
          select ${unitId}, 'many' || i, now() - i * interval '1 second', '/' || repeat('x', 1000), 'GET', 200, 'r', 1
          from generate_series(1, 40000) as i`
        const asker = visitor(panel, yield* Effect.promise(() => signIn(panel, leaving, password)))
        const tail = yield* Effect.promise(() => asker.open("/live/api?after=999999999"))
        const file = yield* Effect.promise(() => asker.open("/export/api?format=ndjson"))
        const page = Effect.promise(() => asker.ask("/session"))
        assert.deepEqual([tail.status, file.status, (yield* page).status], [200, 200, 204])
        yield* users.change(unitId, leaving, { role: "developer" })
        const begun = performance.now()
        // What an open page asks every few seconds, and then goes.
        assert.strictEqual((yield* page).status, 401)
        assert.strictEqual((yield* Effect.promise(() => asker.ask("/api-log"))).status, 303)
        assert.include(yield* Effect.promise(() => tail.text()), "event: end")
        const took = performance.now() - begun
        const isWhole = yield* Effect.promise(() =>
          file.text().then(
            (text) => text.includes('{"rows":'),
            () => false
          )
        )
        assert.isFalse(isWhole)
        assert.isBelow(took, 30_000)
      }).pipe(Effect.provide(Users.layer)),
    60_000
  )
})

/** The same rows in both units, as their doors and gateways would have brought them. */
const furnish = Effect.gen(function* () {
  const { ingest } = yield* House
  const sql = yield* SqlClient.SqlClient
  const users = yield* Users
  const passwordHash = yield* Effect.promise(() => hash(password))
  const unitId = (yield* users.findByEmail(email))!.unitId
  const otherId = (yield* users.findByEmail(stranger))!.unitId
  yield* users.create({ unitId, id: "iga", email: analyst, role: "analyst" }, passwordHash)
  yield* users.create({ unitId, id: "dawid", email: developer, role: "developer" }, passwordHash)
  const place = { unitId: otherId, siteId: Ids.SiteId.make("inny") }
  yield* (yield* Sites).add({ ...place, name: theirs.word, url: "https://inny.example" }, Rules.defaults)
  const sha256 = createHash("sha256").update(otherKey).digest("hex")
  const keys = yield* WriteKeys
  yield* keys.add({ ...place, sha256, kind: "browser", name: theirs.word, prefix: otherKey, publicKey: otherKey })
  const own = yield* fill({ unitId, siteId: "sklep", person: colleague, writeKey, ingest }, ours)
  const other = yield* fill({ unitId: otherId, siteId: "inny", person: stranger, writeKey: otherKey, ingest }, theirs)
  yield* sql`insert into saved_view (unit_id, log, owner_id, name, is_shared, query)
    values (${unitId}, 'activity', 'anna', ${ours.emails.activity}, true, 'text=mug'),
      (${unitId}, 'activity', 'anna', 'One', true, ${`email=${encodeURIComponent(ours.emails.activity)}`}),
      (${otherId}, 'activity', 'jan', ${theirs.word}, true, 'text=mug')`
  return { own, other }
}).pipe(Effect.provide(Layer.mergeAll(ApiKeys.layer, Sites.layer, Users.layer, WriteKeys.layer)))

const fill = Effect.fnUntraced(function* (
  unit: { unitId: number; siteId: string; person: string; writeKey: string; ingest: string },
  { word, emails, phone, ip, key }: typeof ours
) {
  const sql = yield* SqlClient.SqlClient
  const { unitId, siteId, person } = unit
  const visitorId = `visitor-${siteId}`
  const events = ["VisitOnProductPage", "VisitOnSalePage"].map((type) => ({
    id: `${siteId}-${type}`,
    visitorId,
    type,
    url: `https://shop.example/${type}?of=${emails.activity}`,
    email: emails.activity,
    title: `For ${emails.activity} from ${ip}`,
    ...(type === "VisitOnProductPage"
      ? { product: { id: "mug", name: "Mug", price: 100, currency: "PLN" } }
      : { order: { id: `order-${siteId}`, value: 100, currency: "PLN" } })
  }))
  const answer = yield* Effect.promise(async () => {
    const headers = { "content-type": "application/json", authorization: `Bearer ${unit.writeKey}` }
    for (let tries = 0; ; tries++) {
      const body = JSON.stringify({ events })
      const response = await fetch(`${unit.ingest}/v1/events`, { method: "POST", headers, body })
      if (response.status === 200 || tries > 50) return [response.status, await response.text()]
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })
  assert.strictEqual(answer[0], 200, String(answer[1]))
  const head = sql`${unitId}, 'i', now() - interval '1 minute'`
  yield* sql`
    insert into panel_log (unit_id, item_id, occurred_at, url, method, status, user_email, ip, processing_ms, user_agent)
    values (${head}, ${`/person?find=${emails.sms}&by=${phone}&from=${ip}`}, 'GET', 200, ${person}, ${ip}, 1, 'Firefox')`
  yield* sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, key_name, key_prefix, ip, request_id,
      processing_ms, user_agent)
    values (${head}, ${`/customers/${emails.api}`}, 'GET', 200, ${key.name}, ${key.prefix}, ${ip}, 'r', 1, ${`x ${emails.api}`})`
  yield* sql`
    insert into sms_log (unit_id, item_id, occurred_at, gateway, sender, phone, error_code, error_text, payload, raw_phone,
      protocol, permanence, category)
    values (${head}, 'SMSAPI', 'Shop', ${phone}, '1', ${`no ${phone.slice(1)} of ${emails.sms}`}, ${`to=${phone.slice(1)}`},
      ${phone.slice(3)}, 'http', 'permanent', 'unreachable')`
  yield* sql`
    insert into rejected_item (unit_id, site_id, door, batch_id, place, reason, pointer, item, received_at)
    values (${unitId}, ${siteId}, 'native', 'b', 0, 'invalid', '/at', ${JSON.stringify({ email: emails.api, word })}, now())`
  yield* sql`insert into api_key (unit_id, name, prefix, key_sha256)
    values (${unitId}, ${key.name}, ${key.prefix}, ${word})`
  const ids = { activity: 0, "session-events": 0, panel: 0, api: 0, sms: 0 }
  const tables = {
    activity: "activity",
    "session-events": "session_event",
    panel: "panel_log",
    api: "api_log",
    sms: "sms_log"
  }
  for (const log of Log.Log.literals) {
    for (let tries = 0; ids[log] === 0; tries++) {
      const rows = yield* sql<{ readonly id: number }>`
        select id::float8 as id from ${sql.literal(tables[log])} where unit_id = ${unitId} order by id limit 1`
      ids[log] = rows[0]?.id ?? 0
      assert.isBelow(tries, 300, `no row in ${log}`)
      if (ids[log] === 0) yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
    }
  }
  const gatewayKey = `kannel-${siteId}`
  // An analyst may know what a gateway is called.
  yield* sql`
    insert into sms_gateway (unit_id, key, name, plugin, settings, created_at)
    values (${unitId}, ${gatewayKey}, ${siteId === "inny" ? word : "Kannel"}, 'kannel', '{}', now())`
  const [letter] = yield* sql<{ readonly id: number }>`
    insert into dead_letter (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
    values (${unitId}, 'activity', 'm', ${Buffer.from(JSON.stringify({ unitId, word, of: emails.api }))}::bytea, 'SchemaError: x',
      5, true, now(), now())
    returning id::float8 as id`
  const [webhook] = yield* sql<{ readonly id: number }>`
    insert into webhook (unit_id, url, secret, outcome_types, is_enabled, disabled_reason, created_at)
    values (${unitId}, ${`https://${word}.example/hook`}, ${`whsec_${word}`}, '{AbandonedCart}', false, 'Disabled by hand.', now())
    returning id`
  const [decision] = yield* sql<{ readonly id: number }>`
    insert into unlinking (unit_id, site_id, visitor_id, email, reason, decided_at)
    values (${unitId}, ${siteId}, ${visitorId}, ${emails.api}, ${`Not ${emails.api}`}, now()) returning id::float8 as id`
  const [session] = yield* sql<{ readonly id: string }>`select id from session where unit_id = ${unitId} limit 1`
  return {
    unitId,
    siteId,
    person,
    visitorId,
    rows: ids,
    sessionId: session!.id,
    keyPrefix: key.prefix,
    gatewayKey,
    letterId: letter!.id,
    webhookId: webhook!.id,
    decisionId: decision!.id
  } satisfies Unit
})

/** What the other unit has, by which nobody's question may change it. */
const kept = ({ unitId }: Unit) =>
  Effect.flatMap(
    SqlClient.SqlClient,
    (sql) => sql`
      select (select json_agg(one order by id) from panel_user as one where unit_id = ${unitId}) as people,
        (select json_agg(one order by id) from api_key as one where unit_id = ${unitId}) as keys,
        (select json_agg(one order by id) from site as one where unit_id = ${unitId}) as sites,
        (select json_agg(one order by id) from sms_gateway as one where unit_id = ${unitId}) as gateways,
        (select json_agg(one order by id) from dead_letter as one where unit_id = ${unitId}) as letters,
        (select json_agg(one order by id) from unlinking as one where unit_id = ${unitId}) as decisions,
        (select json_agg(one order by id) from webhook as one where unit_id = ${unitId}) as webhooks,
        (select json_agg(one order by id) from saved_view as one where unit_id = ${unitId}) as views`
  )
