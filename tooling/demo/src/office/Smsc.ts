import * as Frames from "@spoor/sms/smpp/Frames"
import * as Pdu from "@spoor/sms/smpp/Pdu"
import { Deferred, Effect, Redacted, Result } from "effect"
import { createServer, type Socket } from "node:net"

export interface Options {
  readonly host: string
  readonly port: number
  /** Of whoever binds, whatever its name is. */
  readonly password: Redacted.Redacted<string>
}

/** A receipt to deliver. *Shape*: `text` as in SMPP 3.4, Appendix B; `tlvs` for an operator that says it by parameters. */
export interface Receipt {
  readonly phone: string
  readonly sender: string
  readonly text: string
  readonly tlvs?: Pdu.ShortMessage["tlvs"]
}

/** An operator's short message service centre, which knows only how to give receipts to those who are bound. */
export interface Smsc {
  /** Returns when it was accepted; until then it is kept, and given again. */
  readonly deliver: (receipt: Receipt) => Effect.Effect<void>
}

/** What was not accepted, or finds nobody bound, is tried again after so long. */
const pause = "1 second"
const answerWait = "10 seconds"

const refused = 0x0e
const notBound = 0x04

/** Listens as long as the scope lasts. */
export const listen = Effect.fn("Smsc.listen")(function* ({ host, password, port }: Options) {
  const binds = new Set<Bind>()
  const server = createServer((socket) => new Bind(socket, Redacted.value(password), binds))
  yield* Effect.acquireRelease(
    Effect.callback<void, Error>((resume) => {
      server.once("error", (error) => resume(Effect.fail(error)))
      server.listen(port, host, () => resume(Effect.void))
    }),
    () =>
      Effect.sync(() => {
        for (const bind of binds) bind.end()
        server.close()
      })
  )
  const tryOnce = (receipt: Receipt) =>
    Effect.suspend(() => {
      const [bind] = binds
      return bind === undefined ? Effect.succeed(notBound) : bind.deliver(receipt)
    })
  const deliver: Smsc["deliver"] = (receipt) =>
    tryOnce(receipt).pipe(
      Effect.tap((status) => (status === 0 ? Effect.void : Effect.sleep(pause))),
      Effect.repeat({ until: (status) => status === 0 }),
      Effect.asVoid
    )
  return { deliver } satisfies Smsc
})

/** One connection. It is one of `all` while it is bound. */
class Bind {
  private readonly socket: Socket
  private readonly password: string
  private readonly all: Set<Bind>
  private readonly waiting = new Map<number, Deferred.Deferred<number>>()
  private frames = Frames.start
  private sequence = 0

  constructor(socket: Socket, password: string, all: Set<Bind>) {
    this.socket = socket
    this.password = password
    this.all = all
    socket.setNoDelay(true)
    socket.on("data", (chunk: Buffer) => this.take(chunk))
    socket.on("error", () => socket.destroy())
    socket.on("close", () => all.delete(this))
  }

  end(): void {
    this.socket.destroy()
  }

  /** Gives the status of the answer. */
  deliver({ phone, sender, text, tlvs = [] }: Receipt): Effect.Effect<number> {
    return Effect.suspend(() => {
      const sequence = ++this.sequence
      const answer = Deferred.makeUnsafe<number>()
      this.waiting.set(sequence, answer)
      this.send({
        command: "deliver_sm",
        status: 0,
        sequence,
        serviceType: "",
        source: { ton: 1, npi: 1, digits: phone },
        destination: { ton: 5, npi: 0, digits: sender },
        esmClass: 0x04,
        protocolId: 0,
        priority: 0,
        scheduledAt: "",
        validUntil: "",
        registeredDelivery: 0,
        replaces: 0,
        dataCoding: 0,
        cannedMessage: 0,
        text: Buffer.from(text),
        tlvs
      })
      return Deferred.await(answer).pipe(
        Effect.timeoutOrElse({ duration: answerWait, orElse: () => Effect.succeed(notBound) }),
        Effect.ensuring(Effect.sync(() => this.waiting.delete(sequence)))
      )
    })
  }

  private take(chunk: Buffer): void {
    const { frames, next } = Frames.cut(this.frames, chunk)
    this.frames = next
    for (const frame of frames) {
      const pdu = Pdu.decode(frame)
      if (Result.isSuccess(pdu)) this.answer(pdu.success)
    }
    if (next.state === "broken") this.socket.destroy()
  }

  private answer(pdu: Pdu.Pdu): void {
    const { sequence } = pdu
    switch (pdu.command) {
      case "bind_receiver":
      case "bind_transceiver": {
        const status = Redacted.value(pdu.password) === this.password ? 0 : refused
        if (status === 0) this.all.add(this)
        return this.send({ command: `${pdu.command}_resp`, status, sequence, systemId: "operator", tlvs: [] })
      }
      case "enquire_link":
        return this.send({ command: "enquire_link_resp", status: 0, sequence })
      case "unbind":
        this.all.delete(this)
        return this.send({ command: "unbind_resp", status: 0, sequence })
      case "deliver_sm_resp": {
        const waiting = this.waiting.get(sequence)
        if (waiting !== undefined) Deferred.doneUnsafe(waiting, Effect.succeed(pdu.status))
        return
      }
      default:
        return
    }
  }

  private send(pdu: Pdu.Pdu): void {
    this.socket.write(Pdu.encode(pdu))
  }
}
