import { SmsGateways, SmsSetup } from "@spoor/postgres"
import { Effect } from "effect"

/** The name of what they prove themselves with; the adapter finds it in its environment. */
export const SECRET = "DEMO"

/** The demo's SMS gateways that the unit lacks, and where the operator listens this time. */
export const lay = Effect.fn("Gateways.lay")(function* (unitId: number, host: string, smscPort: number) {
  const secrets = [SECRET]
  const smpp = { host, port: smscPort, systemId: "spoor", isTls: false }
  const operator = { secrets, smpp, errProfile: "gsm-map", country: "PL" }
  const isThere = yield* (yield* SmsGateways).change({ unitId, key: "demo-operator", settings: operator })
  if (!isThere) {
    yield* SmsSetup.add({ unitId, plugin: "smpp", key: "demo-operator", name: "Operator", settings: operator })
  }
  yield* SmsSetup.add({ unitId, plugin: "twilio", key: "demo-twilio", name: "Twilio", settings: { secrets } })
  yield* SmsSetup.add({ unitId, plugin: "sinch", key: "demo-sinch", name: "Sinch", settings: { secrets } })
})
