import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import * as Ports from "../src/Ports.ts"
import { listener, portOf } from "./temporary.ts"

const settings = { host: "127.0.0.1", panelPort: 0, ingestPort: 0, smsPort: 0, shopPort: 0 }

describe("Ports", () => {
  it.live("name the setting that moves a taken port", () =>
    Effect.gen(function* () {
      const port = portOf(yield* listener)
      const error = yield* Effect.flip(Ports.checkFree({ ...settings, ingestPort: port }))
      assert.include(error.message, `Port ${port}`)
      assert.include(error.message, "SPOOR_INGEST_PORT")
    })
  )

  it.live("name the setting of an interface that this machine lacks", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Ports.checkFree({ ...settings, host: "203.0.113.7" }))
      assert.include(error.message, "SPOOR_HOST")
    })
  )

  it.live("wait for what a killed start left behind", () =>
    Effect.gen(function* () {
      const server = yield* listener
      const wait = yield* Effect.forkChild(Ports.checkFree({ ...settings, shopPort: portOf(server) }))
      yield* Effect.sync(() => server.close()).pipe(Effect.delay("300 millis"))
      yield* Fiber.join(wait)
    })
  )
}, 20_000)
