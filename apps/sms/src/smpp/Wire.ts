import * as NodeSocket from "@effect/platform-node/NodeSocket"
import { Duration, Effect, Semaphore } from "effect"
import type { Socket } from "effect/socket"
import { Buffer } from "node:buffer"
import * as Command from "./Command.ts"
import { Ended } from "./Ended.ts"
import * as Frames from "./Frames.ts"
import * as Pdu from "./Pdu.ts"
import type { Limits, Settings } from "./Settings.ts"
import * as Trace from "./Trace.ts"

/** A connection, as frames in and units out. The socket is read only while `read` waits. */
export interface Wire {
  /** What came next: no whole frame, one or many. */
  readonly read: Effect.Effect<ReadonlyArray<Buffer>, Ended>
  /** Returns when the operating system has them. *Fails* with `silent` if the gateway reads nothing for `answerWait`. */
  readonly send: (pdus: ReadonlyArray<Pdu.Pdu>) => Effect.Effect<void, Ended>
}

/** Connects, and closes with the scope. *Fails* with `unreachable`. */
export const open = Effect.fnUntraced(function* (settings: Settings, limits: Limits, trace: Trace.Trace) {
  const socket = yield* connect(settings, limits)
  const { pull } = yield* Effect.mapError(socket.reader, unreachable)
  const { writeAll } = yield* Effect.mapError(socket.writer, unreachable)

  // One at a time: whoever waits for a full socket holds the others up, not the socket's list of listeners.
  const turn = yield* Semaphore.make(1)
  const send: Wire["send"] = (pdus) => {
    for (const pdu of pdus) trace(() => Trace.lineOf("out", pdu))
    const [first, ...rest] = pdus.map(Pdu.encode)
    if (first === undefined) return Effect.void
    return writeAll([first, ...rest]).pipe(
      Effect.mapError(lost),
      Semaphore.withPermit(turn),
      Effect.timeoutOrElse({ duration: limits.answerWait, orElse: () => Effect.fail(unread(limits)) })
    )
  }

  let frames = Frames.start
  const read: Wire["read"] = Effect.gen(function* () {
    if (frames.state === "broken") return yield* refuse(frames.length, frames.sequence, send)
    const chunks = yield* Effect.mapError(pull, lost)
    const cut = Frames.cut(frames, joined(chunks))
    frames = cut.next
    return cut.frames
  })
  return { read, send } satisfies Wire
})

const connect = ({ host, port, tls }: Settings, { connectWait }: Limits): Effect.Effect<Socket.Socket> => {
  const options = { host, port, openTimeout: connectWait, noDelay: true, keepAlive: true }
  if (tls === null) return NodeSocket.makeNet(options)
  return NodeSocket.makeTls({
    ...options,
    rejectUnauthorized: tls.isVerified,
    ...(tls.ca === undefined ? {} : { ca: tls.ca }),
    ...(tls.serverName === undefined ? {} : { servername: tls.serverName })
  })
}

/** What came before the impossible length has been handed on by now. */
const refuse = (length: number, sequence: number, send: Wire["send"]): Effect.Effect<never, Ended> =>
  send([{ command: "generic_nack", status: Command.status.badLength, sequence }]).pipe(
    Effect.andThen(new Ended({ reason: "malformed", message: `A frame claims ${length} octets.` }))
  )

const joined = (chunks: ReadonlyArray<Uint8Array | string>): Uint8Array =>
  chunks.length === 1 && chunks[0] instanceof Uint8Array
    ? chunks[0]
    : Buffer.concat(chunks.map((chunk) => (typeof chunk === "string" ? Buffer.from(chunk) : chunk)))

const unreachable = (error: Socket.SocketError) => new Ended({ reason: "unreachable", message: detailOf(error) })

const lost = (error: Socket.SocketError) => new Ended({ reason: "lost", message: detailOf(error) })

const unread = ({ answerWait }: Limits) =>
  new Ended({ reason: "silent", message: `The gateway has read nothing for ${Duration.format(answerWait)}.` })

const detailOf = ({ reason }: Socket.SocketError): string => {
  const cause = "cause" in reason ? reason.cause : undefined
  return cause instanceof Error && cause.message !== "" ? cause.message : reason.message
}
