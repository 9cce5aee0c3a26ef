// First of all, so that every schema is compiled.
// oxlint-disable-next-line import/no-unassigned-import
import "effect/schema/SchemaJITCompiler/enable"
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Effect, Layer } from "effect"
import process from "node:process"
import * as Spoor from "./Spoor.ts"

Spoor.run(process.argv.slice(2)).pipe(
  // Standard input may still be open, and would keep the process waiting.
  Effect.catchTag("OutputClosed", () => Effect.sync(() => void process.stdin.destroy())),
  // Other failures have been said by now.
  Effect.tapCause((cause) => (Cause.hasDies(cause) ? Effect.logError(cause) : Effect.void)),
  Effect.provide(Layer.merge(Spoor.layer, NodeServices.layer)),
  NodeRuntime.runMain({ disableErrorReporting: true })
)
