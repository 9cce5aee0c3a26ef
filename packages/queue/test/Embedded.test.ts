import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import type { Limits } from "../src/Limits.ts"
import { Queue } from "../src/Queue.ts"
import { contract } from "./Queue.contract.ts"

const folder = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "spoor-queue-"))),
  (made) => Effect.sync(() => rmSync(made, { recursive: true }))
)

contract({
  name: "embedded",
  place: Effect.map(folder, (made) => (limits: Limits) => Queue.layerEmbedded({ ...limits, folder: made })),
  pass: TestClock.adjust,
  ackWait: "10 seconds",
  isDurable: true,
  lawRuns: 150
})
