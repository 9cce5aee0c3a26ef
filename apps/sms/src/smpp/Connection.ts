import { Clock, Deferred, Duration, Effect, Latch, Result } from "effect"
import * as Command from "./Command.ts"
import { Ended } from "./Ended.ts"
import * as Inbox from "./Inbox.ts"
import * as Pdu from "./Pdu.ts"
import * as Receipt from "./Receipt.ts"
import * as Requests from "./Requests.ts"
import type { Limits, Settings } from "./Settings.ts"
import * as Trace from "./Trace.ts"
import * as Wire from "./Wire.ts"

/** What a message to be sent says; the rest is the session's. */
export type Submission = Omit<Pdu.ShortMessage, "command" | "status" | "sequence">

export interface Options<E> {
  readonly settings: Settings
  readonly limits: Limits
  readonly pattern: RegExp | null
  readonly trace: Trace.Trace
  readonly receive: (readings: ReadonlyArray<Receipt.Reading>) => Effect.Effect<void, E>
}

/** One connection to a gateway, from its opening to its end. */
export interface Connection {
  /** Reads, answers and watches, until the connection ends. */
  readonly work: Effect.Effect<never, Ended>
  /** *Fails* with `unauthorized` and `refused` too. */
  readonly bind: Effect.Effect<void, Ended>
  readonly submit: (submission: Submission) => Effect.Effect<Pdu.Pdu, Ended>
  /** Says goodbye and waits until everything that came is answered, for `unbindWait` at most. */
  readonly unbind: Effect.Effect<void>
}

/** *Fails* with `unreachable`. The scope's end closes the connection. */
export const open = Effect.fnUntraced(function* <E>(options: Options<E>) {
  const { limits, settings } = options
  const wire = yield* Wire.open(settings, limits, options.trace)
  const ended = yield* Deferred.make<never, Ended>()
  const pulse = { heardAt: yield* Clock.currentTimeMillis, isHeld: false }
  const requests = yield* Requests.make(wire, ended, limits)
  const inbox = yield* Inbox.make(options.receive, wire, limits)

  const enqueue = (waiting: Inbox.Waiting) =>
    Effect.suspend(() => {
      pulse.isHeld = true
      return inbox.add(waiting)
    }).pipe(Effect.andThen(Effect.sync(() => void (pulse.isHeld = false))))

  const take = (frame: Uint8Array): Effect.Effect<void, Ended> => {
    const decoded = Pdu.decode(frame)
    if (Result.isFailure(decoded)) return takeUndecodable(decoded.failure, frame)
    const pdu = decoded.success
    const { sequence } = pdu
    options.trace(() => Trace.lineOf("in", pdu))
    switch (pdu.command) {
      case "deliver_sm":
      case "data_sm":
        return enqueue({
          command: `${pdu.command}_resp`,
          sequence,
          reading: Receipt.read(pdu, frame, options.pattern)
        })
      case "enquire_link":
        return wire.send([{ command: "enquire_link_resp", ...agreed(sequence) }])
      case "unbind":
        return wire
          .send([{ command: "unbind_resp", ...agreed(sequence) }])
          .pipe(
            Effect.andThen(Effect.timeoutOption(inbox.isEmpty, limits.unbindWait)),
            Effect.andThen(new Ended({ reason: "unbound", message: "The gateway unbound." }))
          )
      case "submit_sm":
        return wire.send([{ command: "submit_sm_resp", ...refusal(sequence), messageId: "", tlvs: [] }])
      case "bind_receiver":
      case "bind_transmitter":
      case "bind_transceiver":
        return wire.send([{ command: `${pdu.command}_resp`, ...refusal(sequence), systemId: "", tlvs: [] }])
      default:
        return requests.settle(pdu)
    }
  }

  /** A message that breaks off may have been a receipt, so it is kept and answered like one. */
  const takeUndecodable = ({ id, reason, sequence }: Pdu.Undecodable, frame: Uint8Array) => {
    const command = Command.ofId(id)
    if (command === "deliver_sm" || command === "data_sm") {
      return enqueue({ command: `${command}_resp`, sequence, reading: Receipt.unreadable("truncated", frame) })
    }
    // An answer to an answer would find one too, for ever.
    if (Command.isAnswer(id)) return Effect.void
    const status = reason === "truncated" ? Command.status.badLength : Command.status.unknownCommand
    return wire.send([{ command: "generic_nack", status, sequence }])
  }

  const isReading = yield* Latch.make(true)
  const reading = Effect.gen(function* () {
    yield* isReading.await
    for (const frame of yield* wire.read) {
      yield* take(frame)
      pulse.heardAt = yield* Clock.currentTimeMillis
    }
  }).pipe(Effect.forever)

  const work = Effect.raceAllFirst([reading, inbox.answering, watch(pulse, requests, wire, limits)]).pipe(
    Effect.onExit((exit) => Deferred.done(ended, exit))
  )

  // What came is answered first, because many gateways close as soon as they have said goodbye.
  const isAnswered = Effect.raceFirst(inbox.isEmpty, Deferred.await(ended))
  const farewell = isReading.close.pipe(
    Effect.andThen(Effect.timeoutOption(isAnswered, Duration.divideUnsafe(limits.unbindWait, 2))),
    Effect.andThen(isReading.open),
    Effect.andThen(requests.ask((sequence) => ({ command: "unbind", ...agreed(sequence) }), limits.unbindWait)),
    Effect.andThen(isReading.close),
    Effect.andThen(isAnswered),
    Effect.timeoutOption(limits.unbindWait),
    Effect.ignore
  )
  return {
    work,
    bind: bind(settings, limits, requests),
    submit: (submission) =>
      requests.ask((sequence) => ({ ...submission, command: "submit_sm", ...agreed(sequence) }), limits.answerWait),
    unbind: Effect.suspend(() => (Deferred.isDoneUnsafe(ended) ? Effect.void : farewell))
  } satisfies Connection
})

const agreed = (sequence: number) => ({ status: Command.status.ok, sequence })

const refusal = (sequence: number) => ({ status: Command.status.notInThisState, sequence })

const bind = (settings: Settings, limits: Limits, requests: Requests.Requests): Effect.Effect<void, Ended> =>
  requests
    .ask(
      (sequence) => ({
        command: `bind_${settings.mode}`,
        ...agreed(sequence),
        systemId: settings.systemId,
        password: settings.password,
        systemType: settings.systemType,
        interfaceVersion,
        range: { ton: 0, npi: 0, digits: "" }
      }),
      limits.bindWait
    )
    .pipe(
      Effect.flatMap(({ command, status }) => {
        if (command !== "generic_nack" && status === Command.status.ok) return Effect.void
        const reason = unauthorized.has(status) ? "unauthorized" : "refused"
        const message = `The gateway refused the bind with 0x${status.toString(16).padStart(8, "0")}.`
        return Effect.fail(new Ended({ reason, message, status }))
      })
    )

/** SMPP 3.4. */
const interfaceVersion = 0x34

const unauthorized: ReadonlySet<number> = new Set([
  Command.status.bindFailed,
  Command.status.badPassword,
  Command.status.badSystemId
])

/**
 * Asks a gateway that says nothing whether it is there. Any whole frame is a sign of life, half a frame is none.
 *
 * While we do not read (`isHeld`), its silence is ours.
 */
const watch = Effect.fnUntraced(function* (
  pulse: { readonly heardAt: number; readonly isHeld: boolean },
  requests: Requests.Requests,
  wire: Wire.Wire,
  limits: Limits
) {
  const interval = Duration.toMillis(limits.enquireInterval)
  while (true) {
    const idle = (yield* Clock.currentTimeMillis) - pulse.heardAt
    if (pulse.isHeld || idle < interval) {
      yield* Effect.sleep(pulse.isHeld ? interval : interval - idle)
      continue
    }
    const heardAt = pulse.heardAt
    yield* wire.send([{ command: "enquire_link", ...agreed(requests.next()) }])
    yield* Effect.sleep(limits.answerWait)
    if (pulse.heardAt === heardAt && !pulse.isHeld) return yield* Requests.silent(limits.answerWait)
  }
})
