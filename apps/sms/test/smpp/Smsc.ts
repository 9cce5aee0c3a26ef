import { Effect, Result } from "effect"
import { once } from "node:events"
import { createServer, type Server, type Socket } from "node:net"
import * as Frames from "../../src/smpp/Frames.ts"
import * as Pdu from "../../src/smpp/Pdu.ts"

/** One end of a connection to play a peer with, octet by octet if need be. */
export class Peer {
  readonly socket: Socket
  /** Whether the other side closed. */
  readonly closed: Promise<unknown>
  private frames = Frames.start
  private readonly received = new Line<Pdu.Pdu>()
  /** Whether it says goodbye when the other side does. */
  isPolite = true

  constructor(socket: Socket) {
    this.socket = socket
    this.closed = new Promise((resolve) => socket.once("close", resolve))
    socket.on("error", () => {})
    socket.on("data", (chunk: Buffer) => this.take(chunk))
  }

  send(...pdus: ReadonlyArray<Pdu.Pdu>): void {
    this.socket.write(Buffer.concat(pdus.map(Pdu.encode)))
  }

  /** The next unit of a command; others before it are passed over. */
  async next(command: Pdu.Pdu["command"]): Promise<Pdu.Pdu> {
    while (true) {
      const pdu = await this.any()
      if (pdu.command === command) return pdu
    }
  }

  any(): Promise<Pdu.Pdu> {
    return this.received.next()
  }

  /** Answers a bind and gives it back. */
  async bound(status = 0): Promise<Pdu.Bind> {
    const pdu = await this.any()
    if (!("password" in pdu)) throw new Error(`This is ${pdu.command}, and no bind.`)
    this.send({ command: `${pdu.command}_resp`, status, sequence: pdu.sequence, systemId: "smsc", tlvs: [] })
    return pdu
  }

  private take(chunk: Buffer): void {
    const cut = Frames.cut(this.frames, chunk)
    this.frames = cut.next
    for (const pdu of cut.frames.map((frame) => Result.getOrThrow(Pdu.decode(frame)))) {
      this.received.add(pdu)
      if (pdu.command === "unbind" && this.isPolite) this.send({ ...pdu, command: "unbind_resp" })
    }
  }
}

/** What comes, and who waits for it. */
class Line<A> {
  private readonly come: Array<A> = []
  private readonly waiting: Array<(item: A) => void> = []

  add(item: A): void {
    const waiting = this.waiting.shift()
    if (waiting === undefined) this.come.push(item)
    else waiting(item)
  }

  next(): Promise<A> {
    return this.come.length > 0
      ? Promise.resolve(this.come.shift()!)
      : new Promise((resolve) => this.waiting.push(resolve))
  }
}

/** A listener on loopback that knows only sockets. */
export class Smsc {
  readonly server: Server
  readonly peers: Array<Peer> = []
  private readonly arrived = new Line<Peer>()

  constructor(server: Server, event: "connection" | "secureConnection") {
    this.server = server
    server.on(event, (socket: Socket) => {
      const peer = new Peer(socket)
      this.peers.push(peer)
      this.arrived.add(peer)
    })
  }

  get port(): number {
    return portOf(this.server)
  }

  /** The next connection. */
  accept(): Promise<Peer> {
    return this.arrived.next()
  }

  /** The next connection, bound. */
  async bound(): Promise<Peer> {
    const peer = await this.accept()
    await peer.bound()
    return peer
  }
}

export const portOf = (server: Server): number => {
  const address = server.address()
  if (typeof address !== "object" || address === null) throw new Error("Nothing listens.")
  return address.port
}

export const listen = (server: Server = createServer(), event: "connection" | "secureConnection" = "connection") =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const smsc = new Smsc(server, event)
      await once(server.listen(0, "127.0.0.1"), "listening")
      return smsc
    }),
    (smsc) =>
      Effect.sync(() => {
        for (const { socket } of smsc.peers) socket.destroy()
        server.close()
      })
  )
