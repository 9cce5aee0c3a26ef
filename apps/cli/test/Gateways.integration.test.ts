import { assert, layer } from "@effect/vitest"
import { SmsGateway } from "@spoor/contracts"
import { Sites, SmsGateways } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { TestDatabase } from "@spoor/testing"
import { ConfigProvider, Effect, Layer, Redacted, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parsed, spoor } from "./run.ts"

const Everything = Layer.merge(Sites.layer, SmsGateways.layer).pipe(Layer.provideMerge(TestDatabase.layer))

const temporary = Effect.acquireRelease(
  Effect.sync(() => fs.mkdtempSync(join(tmpdir(), "spoor-gateways-"))),
  (folder) => Effect.sync(() => fs.rmSync(folder, { recursive: true }))
)

/** Runs `spoor gateways` on the test's database. */
const run = Effect.fnUntraced(function* (args: ReadonlyArray<string>, { home = "/nowhere", input = "" } = {}) {
  const { url } = yield* EmbeddedPostgres
  const env = { DATABASE_URL: Redacted.value(url), SPOOR_HOME: home, SPOOR_SMS_PUBLIC_URL: "https://sms.example/" }
  const settings = ConfigProvider.layer(ConfigProvider.fromEnv({ env }))
  return yield* Effect.provide(spoor(["gateways", ...args], input), settings)
})

const settingsOf = Effect.fnUntraced(function* (key: string) {
  const row = (yield* (yield* SmsGateways).active).find((one) => one.key === key)
  return yield* Schema.decodeUnknownEffect(SmsGateway.Settings)(row?.settings)
})

layer(Everything, { timeout: "60 seconds", excludeTestServices: true })("spoor gateways", (it) => {
  it.effect("adds a gateway that signs nothing, shows its address once and keeps no secret of it", () =>
    Effect.gen(function* () {
      yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
      assert.include((yield* run(["list"])).err, "There are no gateways.")
      const flags = ["--name", "SMSAPI.pl", "--country", "PL", "--zone", "Europe/Warsaw", "--network", "10.0.0.0/8"]
      const { err, isSuccess, out } = yield* run(["add", "smsapi", "sms", ...flags])
      assert.isTrue(isSuccess, err)
      const [, secret = ""] = /^https:\/\/sms\.example\/sms\/v1\/dlr\/sms\/([\w-]{32})\n$/.exec(out) ?? []
      const { country, networks, pathSecrets, zone } = yield* settingsOf("sms")
      assert.deepStrictEqual([country, zone, networks], ["PL", "Europe/Warsaw", ["10.0.0.0/8"]])
      assert.deepStrictEqual(pathSecrets, [createHash("sha256").update(secret).digest("hex")])
      const { out: listed } = yield* run(["list", "--json"])
      assert.deepInclude(parsed(listed)[0], { key: "sms", plugin: "smsapi", name: "SMSAPI.pl", lastReportAt: null })
      assert.notInclude((yield* run(["list"])).out + listed, secret)

      assert.include((yield* run(["unknown-codes"])).err, "Every code of the last seven days is explained.")
      const sql = yield* SqlClient.SqlClient
      yield* sql`
        insert into sms_log (unit_id, item_id, occurred_at, gateway, error_code, error_text, protocol, permanence, category)
        select unit_id, 'one', now(), 'SMSAPI.pl', 'XYZ', 'Odd', 'http', 'unknown', 'unknown' from business_unit`
      const [code] = parsed((yield* run(["unknown-codes", "--json"])).out)
      assert.deepInclude(code, { gateway: "SMSAPI.pl", plugin: "smsapi", code: "XYZ", text: "Odd", count: 1 })
      assert.match((yield* run(["unknown-codes"])).out, /^CODE .*\nXYZ +1 .* Odd\n$/u)

      assert.include((yield* run(["add", "kannel", "sms"])).err, "already")
      assert.isTrue((yield* run(["remove", "sms"])).isSuccess)
      assert.include((yield* run(["remove", "sms"])).err, "no gateway sms")
      assert.isTrue((yield* run(["add", "kannel", "sms"])).isSuccess)
    })
  )

  it.effect("adds one that signs by the name of its secret, and keeps the secret where only this user can read", () =>
    Effect.gen(function* () {
      const home = yield* temporary
      const { out } = yield* run(["add", "twilio", "twilio", "--secret", "TWILIO_MAIN", "--secret", "TWILIO_OLD"])
      assert.strictEqual(out, "https://sms.example/sms/v1/dlr/twilio\n")
      assert.deepStrictEqual((yield* settingsOf("twilio")).secrets, ["TWILIO_MAIN", "TWILIO_OLD"])
      assert.isTrue((yield* run(["secret", "TWILIO_MAIN"], { home, input: "t0ken\n" })).isSuccess)
      const file = join(home, "sms-secrets", "TWILIO_MAIN")
      assert.strictEqual(fs.readFileSync(file, "utf8"), "t0ken\n")
      assert.strictEqual(fs.statSync(file).mode & 0o077, 0)
      assert.include((yield* run(["secret", "TWILIO_MAIN"], { home, input: "\n" })).err, "no secret")
      assert.isFalse((yield* run(["secret", "../evil"], { home, input: "x" })).isSuccess)
    }).pipe(Effect.scoped)
  )

  it.effect("takes a mapping or a link from a file, and says what is wrong with it", () =>
    Effect.gen(function* () {
      const file = join(yield* temporary, "settings.json")
      const write = (settings: unknown) => Effect.sync(() => fs.writeFileSync(file, JSON.stringify(settings)))
      yield* write({ smpp: { host: "smsc.example", port: 2775, systemId: "spoor" }, errProfile: "gsm-map" })
      const smpp = ["add", "smpp", "smsc", "--settings", file]
      assert.include((yield* run(smpp)).err, "password")
      const bound = yield* run([...smpp, "--secret", "SMSC"])
      assert.deepStrictEqual([bound.out, bound.isSuccess], ["", true])
      const { errProfile, smpp: link } = yield* settingsOf("smsc")
      assert.deepInclude(link, { host: "smsc.example", bind: "receiver", isTls: true })
      assert.strictEqual(errProfile, "gsm-map")
      for (const [settings, said] of [
        [{ holdHours: 200 }, "168"],
        [{ colour: "red" }, "colour"],
        [[], "no JSON object"]
      ] as const) {
        yield* write(settings)
        const { err, isSuccess } = yield* run(["add", "generic", "own", "--settings", file])
        assert.isFalse(isSuccess)
        assert.include(err, said)
      }
      assert.include((yield* run(["add", "generic", "own"])).err, "mapping")
      assert.include((yield* run(["add", "generic", "Own"])).err, "lower-case")
      assert.include((yield* run(["add", "kannel", "k", "--zone", "Nowhere"])).err, "Nowhere")
      assert.include((yield* run(["add", "kannel", "k", "--settings", "/nowhere.json"])).err, "/nowhere.json")
    }).pipe(Effect.scoped)
  )
})
