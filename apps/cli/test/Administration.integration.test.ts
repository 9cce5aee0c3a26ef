import { verify } from "@node-rs/argon2"
import { assert, layer } from "@effect/vitest"
import { Ids } from "@spoor/domain"
import { ApiKeys, KeyText, Sites, Users, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { parsed, spoor } from "./run.ts"

/** Runs `spoor` on the test's database. */
const run = Effect.fnUntraced(function* (...args: ReadonlyArray<string>) {
  const { url } = yield* EmbeddedPostgres
  const env = { DATABASE_URL: Redacted.value(url) }
  return yield* Effect.provide(spoor(args, ""), ConfigProvider.layer(ConfigProvider.fromEnv({ env })))
})

/** A database without anything, then what `units add` makes. */
const emptied = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`truncate business_unit cascade`
})
const unit = Effect.andThen(
  emptied,
  Effect.map(run("units", "add", "Dom i Herbata"), ({ out }) => Number(out))
)

const Everything = Layer.mergeAll(ApiKeys.layer, Sites.layer, Users.layer, WriteKeys.layer).pipe(
  Layer.provideMerge(TestDatabase.layer)
)

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("setting a shop up", (it) => {
  it.effect("begins with a business unit, and its site with the snippet for its pages", () =>
    Effect.gen(function* () {
      yield* emptied
      assert.match((yield* run("units", "list")).err, /spoor units add/)
      assert.match((yield* run("sites", "list")).err, /no business unit yet/)
      const added = yield* run("units", "add", "Haus", "--time-zone", "Europe/Berlin", "--json")
      const unitId = Number(parsed(added.out)[0]!["id"])
      assert.strictEqual(
        (yield* run("units", "list")).out,
        `ID  NAME  TIME ZONE      CLOSED\n${`${unitId}`.padEnd(2)}  Haus  Europe/Berlin  no\n`
      )
      assert.match((yield* run("units", "add", "Nirgends", "--time-zone", "Mars/Olympus")).err, /time zone/)

      const site = yield* run("sites", "add", "shop-de", "--name", "Laden", "--url", "https://laden.example")
      const [, key = ""] = /data-write-key="(wk_[\w-]{32})"><\/script>\n$/.exec(site.out) ?? []
      const [known, ...others] = yield* (yield* WriteKeys).active
      assert.deepInclude(known, {
        unitId,
        siteId: Ids.SiteId.make("shop-de"),
        kind: "browser",
        sha256: KeyText.sha256(key)
      })
      assert.isEmpty(others)
      const again = yield* run("sites", "add", "shop-de", "--name", "Laden", "--url", "https://laden.example")
      assert.match(again.err, /has a site shop-de already/)
      for (const [id, url] of [
        ["Shop", "https://laden.example"],
        ["shop", "ftp://laden.example"]
      ]) {
        assert.isFalse((yield* run("sites", "add", id!, "--name", "x", "--url", url!)).isSuccess)
      }
      assert.deepEqual(parsed((yield* run("sites", "list", "--json")).out), [
        { kind: "site", unitId, id: "shop-de", name: "Laden", url: "https://laden.example" }
      ])
    })
  )

  it.effect("makes keys, shows them once, and revokes them", () =>
    Effect.gen(function* () {
      const unitId = yield* unit
      const { active } = yield* WriteKeys
      assert.match((yield* run("keys", "add", "--kind", "server", "--name", "Import")).err, /no site yet/)
      yield* run("sites", "add", "one", "--name", "One", "--url", "https://one.example")
      const server = (yield* run("keys", "add", "--kind", "server", "--name", "Import")).out.trim()
      assert.match(server, /^sk_[\w-]{32}$/)
      yield* run("sites", "add", "two", "--name", "Two", "--url", "https://two.example")
      assert.match((yield* run("keys", "add", "--kind", "server", "--name", "x")).err, /several sites[^]*one, two/)
      assert.match(
        (yield* run("keys", "add", "--kind", "server", "--name", "x", "--site", "three")).err,
        /no site three/
      )
      const api = (yield* run("keys", "add", "--kind", "api", "--name", "ERP")).out.trim()
      assert.deepInclude((yield* (yield* ApiKeys).active)[0], { unitId, name: "ERP", sha256: KeyText.sha256(api) })

      const listed = yield* run("keys", "list")
      assert.notInclude(listed.out, server)
      assert.match(listed.out, new RegExp(`${server.slice(0, 9)} +server +one +20[-0-9:.TZ]+ +in use +Import\n`))
      assert.match((yield* run("keys", "revoke", server.slice(0, 9))).err, /is revoked/)
      assert.match((yield* run("keys", "revoke", server.slice(0, 9))).err, /No key in use/)
      assert.deepEqual([...new Set((yield* active).map(({ kind }) => kind))], ["browser"])
      assert.match((yield* run("keys", "list")).out, /server +one +\S+ +revoked 20/)
    })
  )

  it.effect("lets people in, changes what they may, and helps who is locked out", () =>
    Effect.gen(function* () {
      const unitId = yield* unit
      const sql = yield* SqlClient.SqlClient
      const { findByEmail } = yield* Users
      const email = "anna@example.pl"
      const first = (yield* run("users", "add", " Anna@Example.pl", "--role", "marketer")).out.trim()
      const account = yield* findByEmail(email)
      assert.deepInclude(account, { unitId, email, role: "marketer", isDisabled: false })
      assert.isTrue(yield* Effect.promise(() => verify(account!.passwordHash, first)))
      assert.match((yield* run("users", "add", email, "--role", "marketer")).err, /There is an account/)

      const signIn = sql`
        insert into panel_session (unit_id, id, user_id, expires_at) values (${unitId}, 's', ${account!.id}, now() + '1 hour')`
      yield* signIn
      const second = (yield* run("users", "password", email)).out.trim()
      const renewed = yield* findByEmail(email)
      assert.isTrue(yield* Effect.promise(() => verify(renewed!.passwordHash, second)))
      assert.isEmpty(yield* sql`select from panel_session`)

      yield* signIn
      assert.match((yield* run("users", "role", email, "--role", "developer")).err, /is developer now/)
      assert.match((yield* run("users", "disable", email)).err, /cannot sign in any more/)
      assert.isEmpty(yield* sql`select from panel_session`)
      assert.deepInclude(yield* findByEmail(email), { role: "developer", isDisabled: true })
      assert.match((yield* run("users", "list")).out, /anna@example\.pl +developer +disabled/)
      yield* run("users", "enable", email)
      assert.deepInclude(yield* findByEmail(email), { isDisabled: false, passwordHash: renewed!.passwordHash })
      assert.match((yield* run("users", "enable", "nobody@example.pl")).err, /no account nobody@example\.pl/)
      assert.match((yield* run("users", "role", email, "--role", "king")).err, /--role/)
    })
  )

  it.effect("says how long logs are kept, and keeps them otherwise", () =>
    Effect.gen(function* () {
      const unitId = yield* unit
      assert.strictEqual(
        (yield* run("retention", "list")).out,
        "LOG       DAYS\npanel     180\nactivity  180\napi       180\nsms       180\n"
      )
      assert.match((yield* run("retention", "set", "api", "90")).err, /kept for 90 days/)
      yield* run("retention", "set", "api", "60", "--unit", `${unitId}`)
      assert.deepInclude(parsed((yield* run("retention", "list", "--json")).out), {
        kind: "retention",
        unitId,
        log: "api",
        days: 60
      })
      assert.isFalse((yield* run("retention", "set", "api", "29")).isSuccess)
      assert.isFalse((yield* run("retention", "set", "session-events", "90")).isSuccess)
    })
  )

  it.effect("says what an upgrade would do, and does it", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      assert.match((yield* run("migrate", "--dry-run")).err, /up to date/)
      yield* sql`delete from migration where name in ('retention', 'grown_logs')`
      yield* sql`drop table retention`
      yield* sql`drop index activity_type, activity_url, session_event_type, session_event_superseded`
      yield* sql`
        insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence)
        select 1, 's', i::text, 'v', 1, 'VisitOnWebsite', now(), now(), 0 from generate_series(1, 1000) as i`
      yield* sql`analyze activity`
      const dry = yield* run("migrate", "--dry-run")
      assert.match(dry.out, /0015_grown_logs +index activity_url on activity +1000 +1 s +go on\n/)
      assert.match(dry.out, /0016_retention +changes of the schema +0 +at once +wait\n/)
      assert.deepEqual(yield* sql`select to_regclass('retention') as found`, [{ found: null }])
      assert.match((yield* run("migrate")).err, /0015_grown_logs, 0016_retention/)
      assert.match((yield* run("migrate")).err, /up to date\.\n$/)
      assert.isEmpty((yield* run("migrate", "--dry-run")).out)
    })
  )

  it.effect("ends with a unit that is closed, and given back as it was", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* unit
      const [users, keys, doors] = [yield* Users, yield* ApiKeys, yield* WriteKeys]
      yield* run("sites", "add", "shop-pl", "--name", "Sklep", "--url", "https://sklep.example")
      for (const name of ["ERP", "CRM"]) {
        yield* keys.add({ unitId, name, prefix: `ak_${name}`, sha256: name })
        yield* users.create({ unitId, id: name, email: `${name}@example.pl`, role: "marketer" }, "hash")
      }
      yield* keys.revoke(unitId, "ak_CRM")
      yield* users.change(unitId, "CRM@example.pl", { isDisabled: true })
      yield* sql`insert into panel_session (unit_id, id, user_id, expires_at) values (${unitId}, 's', 'ERP', now() + interval '1 day')`
      yield* sql`
        insert into sms_gateway (unit_id, key, name, plugin, settings, created_at) values (${unitId}, 'own', 'Own', 'generic', '{}', now())`
      yield* sql`
        insert into webhook (unit_id, url, secret, outcome_types, created_at) values (${unitId}, 'https://a.example', 's', '{AbandonedCart}', now())`
      const standing = Effect.gen(function* () {
        const people = yield* users.ofUnit(unitId)
        const [counts] = yield* sql<{
          readonly gateways: number
          readonly webhooks: number
          readonly sessions: number
        }>`
          select (select count(*) from sms_gateway where removed_at is null)::int as gateways,
            (select count(*) from webhook where is_enabled)::int as webhooks,
            (select count(*) from panel_session)::int as sessions`
        return {
          people: people.flatMap(({ email, isDisabled }) => (isDisabled ? [] : [email])),
          keys: [...(yield* keys.active), ...(yield* doors.active)].map(({ name }) => name),
          ...counts
        }
      })
      const before = yield* standing
      assert.deepInclude(before, { people: ["ERP@example.pl"], gateways: 1, webhooks: 1, sessions: 1 })
      assert.lengthOf(before.keys, 2)

      assert.isTrue((yield* run("units", "close", `${unitId}`)).isSuccess)
      assert.deepEqual(yield* standing, { people: [], keys: [], gateways: 0, webhooks: 0, sessions: 0 })
      assert.match((yield* run("units", "list")).out, /Dom i Herbata +Europe\/Warsaw +\d{4}-\d{2}-\d{2}T/)
      assert.match((yield* run("units", "close", `${unitId}`)).err, /no open business unit/)

      assert.isTrue((yield* run("units", "open", `${unitId}`)).isSuccess)
      assert.deepEqual(yield* standing, { ...before, sessions: 0 })
      assert.match((yield* run("units", "open", `${unitId}`)).err, /no closed business unit/)
    })
  )
})
