import { Vitals } from "@spoor/postgres"
import { Context, Effect, Fiber, Layer } from "effect"

/** Whoever asks may ask often, and waits for nobody. */
const freshFor = "1 second"
const wait = "1 second"

/** Whether the panel can show anything now. *Shape*: "ready", or what is wrong. */
export class Readiness extends Context.Service<Readiness, { readonly condition: Effect.Effect<string> }>()(
  "@spoor/panel/Readiness"
) {
  static readonly layer = Layer.effect(
    Readiness,
    Effect.gen(function* () {
      const vitals = yield* Vitals
      // One question at a time, left running when nobody waits any longer: on a server that hangs none can be taken back.
      const asked = yield* Effect.cachedWithTTL(Effect.exit(vitals.isMigrated), freshFor)
      const condition = Effect.gen(function* () {
        const asking = yield* Effect.forkDetach(asked)
        const isMigrated = yield* Effect.flatten(Effect.timeout(Fiber.join(asking), wait))
        return isMigrated ? "ready" : "migrations are missing"
      }).pipe(Effect.orElseSucceed(() => "database does not answer"))
      return Readiness.of({ condition })
    })
  ).pipe(Layer.provide(Vitals.layer))
}
