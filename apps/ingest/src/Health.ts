import { Vitals } from "@spoor/postgres"
import { Queue, type QueueUnavailable } from "@spoor/queue"
import { Context, Effect, Layer, Option } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import * as Probe from "./Probe.ts"

/** What one process may be for. */
export type Role = "doors" | "worker"

/** So that whoever asks often costs little: an answer of the queue is a write. */
const patience: Probe.Patience = { wait: "1 second", freshFor: "1 second" }

/** "ready", or what is wrong, for each role that the process has. */
export type Condition = { readonly [role in Role]?: string }

/**
 * Whether this process can do its work now. A role that the process does not have is left out.
 *
 * The doors need the queue and nothing else: they take items while PostgreSQL is away. The worker needs a database that answers and
 * has at least its schema.
 */
export class Readiness extends Context.Service<Readiness, { readonly condition: Effect.Effect<Condition> }>()(
  "@spoor/ingest/Readiness"
) {
  static readonly layer = (roles: ReadonlyArray<Role>) =>
    Layer.effect(
      Readiness,
      Effect.gen(function* () {
        const queue = yield* Queue
        const vitals = yield* Vitals
        const append = yield* Probe.make(queue.check, patience)
        const database = yield* Probe.make(vitals.isMigrated, patience)
        const looks: Record<Role, Effect.Effect<string>> = {
          doors: Effect.match(append.answer, { onSuccess: () => ready, onFailure: saidOfQueue }),
          worker: Effect.match(database.answer, {
            onSuccess: (isMigrated) => (isMigrated ? ready : "migrations are missing"),
            onFailure: () => "database does not answer"
          })
        }
        const condition = Effect.all(Object.fromEntries(roles.map((role) => [role, looks[role]])), {
          concurrency: "unbounded"
        })
        return Readiness.of({ condition })
      })
    )
}

const ready = "ready"

const saidOfQueue = (error: QueueUnavailable | { readonly _tag: "TimeoutError" }): string => {
  if (error._tag === "TimeoutError") return "queue does not answer"
  return { full: "queue is full", closed: "queue is closed", io: "queue fails" }[error.reason]
}

/**
 * `GET /readyz`: 200 when the process can do its work, 503 when it cannot; the body says it of each role.
 *
 * Where there are doors the status is theirs, because a load balancer that took them away would lose what they could keep;
 * `?role=worker` asks for the worker's.
 */
const getReadiness = Effect.gen(function* () {
  const condition = yield* (yield* Readiness).condition
  const url = HttpServerRequest.toURL(yield* HttpServerRequest.HttpServerRequest)
  const asked = Option.getOrNull(url)?.searchParams.get("role") ?? ("doors" in condition ? "doors" : "worker")
  const said = Object.entries(condition).find(([role]) => role === asked)?.[1]
  const status = said === undefined ? 404 : said === ready ? 200 : 503
  return HttpServerResponse.jsonUnsafe(condition, { status, headers: { "cache-control": "no-store" } })
})

/** `GET /healthz` asks nobody: a process that should be restarted does not answer it. */
export const routes = Layer.mergeAll(
  HttpRouter.add("GET", "/healthz", HttpServerResponse.jsonUnsafe({ status: "ok" })),
  HttpRouter.add("GET", "/readyz", getReadiness)
)
