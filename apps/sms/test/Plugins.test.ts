import { assert, describe, it } from "@effect/vitest"
import { SmsGateway } from "@spoor/contracts"
import { Schema } from "effect"
import { pluginOf } from "../src/gateway/Plugins.ts"

const settings = Schema.decodeSync(SmsGateway.Settings)({})

describe("the plugins", () => {
  for (const plugin of SmsGateway.Plugin.literals) {
    it(`${plugin} is explained by the lists that it is read by`, () => {
      const read = pluginOf({ plugin, settings })
      const kind = read === null ? (plugin === "smpp" ? "smpp" : null) : read.mapping.kind
      assert.strictEqual(SmsGateway.kindOf(plugin, settings), kind)
    })
  }
})
