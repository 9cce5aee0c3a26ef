import { Intake, UrlMask } from "@spoor/contracts"
import * as Log from "@spoor/contracts/log"
import { LogRequest, Rejection } from "@spoor/domain"
import { Users } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Clock, Context, Effect, Fiber, Layer, Option, Schema } from "effect"
import type { Person } from "./Auth.ts"

/** How long an answer waits until its row is durable; the row is written all the same. */
const appendWait = "250 millis"

/** Of a queue that takes nothing, which is so for every request. */
const warn = Log.nowAndThen("A request is missing in the panel log")

/** One request as it was answered. *Units*: `processingMs` in milliseconds. */
export interface Visit {
  readonly requestId: string
  readonly url: string
  readonly method: string
  readonly status: number
  readonly ip: string
  readonly userAgent: string | null
  readonly processingMs: number
}

/**
 * What people with access to the panel do in it, kept as rows of their unit's panel log (spec.md, "Panel log"): handed to
 * the queue, because only the worker writes logs.
 *
 * A queue that refuses costs the row and is told in the process' log, never the answer.
 */
export class PanelLog extends Context.Service<
  PanelLog,
  {
    readonly record: (person: Person, visit: Visit) => Effect.Effect<void>
    /**
     * Somebody tried to sign in. *Shape*: `email` as typed; one that no account has belongs to no unit, hence to no log.
     */
    readonly recordAttempt: (email: string, visit: Visit) => Effect.Effect<void>
  }
>()("@spoor/panel/PanelLog") {
  static readonly layerNoDeps = Layer.effect(
    PanelLog,
    Effect.gen(function* () {
      const queue = yield* Queue
      const users = yield* Users

      const keep = Effect.fnUntraced(
        function* (unitId: number, who: { readonly email: string; readonly userId: string | null }, visit: Visit) {
          const occurredAt = (yield* Clock.currentTimeMillis) - Math.round(visit.processingMs)
          const entry = yield* decodeEntry({
            itemId: visit.requestId,
            occurredAt,
            url: clip(UrlMask.withoutSecrets(visit.url), 2_048),
            method: visit.method,
            status: visit.status,
            userEmail: who.email,
            ip: Option.getOrNull(decodeIp(visit.ip.toLowerCase().replace(/^::ffff:(?=\d+\.)/, ""))),
            details: {
              userId: who.userId,
              processingMs: visit.processingMs,
              userAgent: visit.userAgent === null ? null : clip(visit.userAgent, 1_024),
              requestId: visit.requestId
            }
          })
          const intake: Intake.LogIntake = { log: "panel", unitId, books: null, entries: [entry] }
          yield* queue.append([{ id: visit.requestId, topic: "log", body: JSON.stringify(intake) }])
        },
        // The error itself quotes what it was given: e-mails and IPs, which belong into no log of a process.
        Effect.catchTag("SchemaError", ({ issue }) => {
          const { pointer, reason } = Rejection.fromIssue(issue, undefined)
          return Effect.logWarning("A request is missing in the panel log", { pointer, reason })
        }),
        Effect.catchCause((cause) => warn(cause))
      )

      const record = Effect.fn("PanelLog.record")(function* ({ unitId, userId, email }: Person, visit: Visit) {
        const keeping = yield* Effect.forkDetach(keep(unitId, { email, userId }, visit))
        yield* Effect.timeoutOption(Fiber.join(keeping), appendWait)
      })

      const recordAttempt = Effect.fn("PanelLog.recordAttempt")(
        function* (typed: string, visit: Visit) {
          const email = typed.trim().normalize("NFC").toLowerCase()
          const account = yield* users.findByEmail(email)
          if (account !== null) yield* keep(account.unitId, { email, userId: account.id }, visit)
        },
        Effect.catchCause((cause) => Effect.logWarning("A sign-in is missing in the panel log", cause))
      )

      return PanelLog.of({ record, recordAttempt })
    })
  )

  static readonly layer = PanelLog.layerNoDeps.pipe(Layer.provide(Users.layer))
}

const decodeEntry = Schema.decodeUnknownEffect(Intake.entries.panel)
const decodeIp = Schema.decodeUnknownOption(LogRequest.Ip)

const clip = (text: string, lengthMax: number): string => text.slice(0, lengthMax).toWellFormed()
