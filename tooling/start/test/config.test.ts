import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect } from "effect"
import { relative } from "node:path"
import listed from "../settings.json" with { type: "json" }
import { root, settings, urlOf } from "../src/config.ts"

const read = (env: Record<string, string>) => settings.parse(ConfigProvider.fromEnv({ env }))

describe("settings", () => {
  it.effect("have the defaults that --help shows", () =>
    Effect.gen(function* () {
      const { home, ...rest } = yield* read({})
      const values = [relative(root, home), ...Object.values(rest)]
      assert.deepStrictEqual(
        values.map(String),
        listed.map((setting) => setting.default)
      )
    })
  )

  it.effect("are all read under the names that --help shows", () =>
    Effect.gen(function* () {
      const special: Record<string, string> = { SPOOR_NATS_REPLICAS: "3", SPOOR_LOG_FORMAT: "json" }
      const env = Object.fromEntries(
        listed.map(({ name }) => [name, special[name] ?? (name.endsWith("_PORT") ? "5001" : "other")])
      )
      const changed = yield* read(env)
      assert.deepStrictEqual(
        { ...changed, home: relative(root, changed.home) },
        {
          home: "other",
          databaseUrl: "other",
          natsUrl: "other",
          natsReplicas: "3",
          queueSize: "other",
          host: "other",
          panelPort: 5001,
          ingestPort: 5001,
          smsPort: 5001,
          shopPort: 5001,
          adminEmail: "other",
          metricsPort: "5001",
          logFormat: "json"
        }
      )
    })
  )

  it.effect("refuse what is no port", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(read({ SPOOR_PANEL_PORT: "70000" }))
      assert.include(error.message, "SPOOR_PANEL_PORT")
    })
  )

  it("give an address that can be opened", () => {
    assert.strictEqual(urlOf({ host: "0.0.0.0" }, 3000), "http://127.0.0.1:3000")
    assert.strictEqual(urlOf({ host: "::1" }, 3000), "http://[::1]:3000")
    assert.strictEqual(urlOf({ host: "panel.local" }, 80), "http://panel.local:80")
  })
})
