import { it } from "@effect/vitest"
import { Arbitrary, Effect } from "effect"
import { Site } from "../../src/index.ts"
import { Cases } from "../session/journeys.ts"
it.effect("x", () => Effect.gen(function*() {
  for (const size of [60]) {
  const all = yield* Arbitrary.sampleEffect(Cases, { count: 1000, seed: 1, size })
  const c: Record<string, number> = {}
  const n = (k: string, by = 1) => { c[k] = (c[k] ?? 0) + by }
  for (const { events, orders, rules, now } of all) {
    n("events", events.length); n("orders", orders.length)
    const r = Site.sessionize(rules, { events, orders }, now)
    n("sessions", r.sessions.length)
    for (const s of r.sessions) n(`end ${s.endedBy}`)
    for (const o of r.outcomes) {
      n(o.type)
      if (o.type === "FinalizedTransaction") { if (o.isInferred) n("inferred"); if (o.sessionId === null) n("alone"); if (o.segment > 0) n("segment>0"); if (o.evidence.length > 1) n("named"); if (o.session && o.at > o.session.endedAt) n("after end") }
      else { if (o.recoveredBy) n("recovered"); if (o.type === "AbandonedCart" && o.repeatOf) n("repeat") }
    }
  }
  console.log(size, c)
  }
}))
