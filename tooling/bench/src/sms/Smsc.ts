import * as Frames from "@spoor/sms/smpp/Frames"
import * as Pdu from "@spoor/sms/smpp/Pdu"
import { Result } from "effect"
import { once } from "node:events"
import { createServer, type Socket } from "node:net"

/** Receipts that may be without an answer at the same time: gateways use ten to some hundreds. */
export const windowMax = 200

/** What came of a run. *Units*: milliseconds; `waits` has one for each receipt, from its sending to its answer. */
export interface Delivered {
  readonly elapsed: number
  readonly waits: Float64Array
  readonly refused: number
}

/** An operator for one bind at a time, as fast as the window lets it be. */
export class Smsc {
  private readonly server = createServer((socket) => this.join(socket))
  private socket: Socket | undefined
  private bound = Promise.withResolvers<void>()
  private onAnswer: (sequence: number, status: number) => void = () => {}

  async listen(): Promise<number> {
    await once(this.server.listen(0, "127.0.0.1"), "listening")
    const address = this.server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  close(): void {
    this.socket?.destroy()
    this.server.close()
  }

  /** Delivers so many receipts to whoever is bound; waits until somebody is. *Shape*: `onProgress` is told how many were answered, at each tenth. */
  async deliver(first: number, count: number, onTenth: (tenth: number) => Promise<void>): Promise<Delivered> {
    await this.bound.promise
    const socket = this.socket!
    const sentAt = new Float64Array(count)
    const waits = new Float64Array(count)
    const { promise, resolve } = Promise.withResolvers<void>()
    let [sent, answered, refused] = [0, 0, 0]
    const pump = (): void => {
      const units: Array<Uint8Array> = []
      while (sent < count && sent - answered < windowMax) {
        sentAt[sent] = performance.now()
        units.push(Pdu.encode(receipt(first + sent, sent + 1)))
        sent++
      }
      if (units.length > 0) socket.write(Buffer.concat(units))
    }
    this.onAnswer = (sequence, status) => {
      waits[sequence - 1] = performance.now() - sentAt[sequence - 1]!
      if (status !== 0) refused++
      answered++
      if (answered % Math.ceil(count / 10) === 0) void onTenth(Math.floor((answered * 10) / count))
      if (answered === count) resolve()
    }
    const begun = performance.now()
    this.afterAnswers = pump
    pump()
    await promise
    return { elapsed: performance.now() - begun, waits, refused }
  }

  private afterAnswers: () => void = () => {}

  private join(socket: Socket): void {
    let frames = Frames.start
    socket.setNoDelay(true)
    socket.on("error", () => socket.destroy())
    socket.on("close", () => {
      if (this.socket !== socket) return
      this.socket = undefined
      this.bound = Promise.withResolvers()
    })
    socket.on("data", (chunk: Buffer) => {
      const cut = Frames.cut(frames, chunk)
      frames = cut.next
      for (const frame of cut.frames) this.take(socket, frame)
      this.afterAnswers()
    })
  }

  private take(socket: Socket, frame: Uint8Array): void {
    const pdu = Result.getOrNull(Pdu.decode(frame))
    if (pdu === null) return
    const { sequence, status } = pdu
    switch (pdu.command) {
      case "deliver_sm_resp":
        return this.onAnswer(sequence, status)
      case "bind_receiver":
        socket.write(Pdu.encode({ command: "bind_receiver_resp", status: 0, sequence, systemId: "bench", tlvs: [] }))
        this.socket = socket
        return this.bound.resolve()
      case "enquire_link":
        return void socket.write(Pdu.encode({ command: "enquire_link_resp", status: 0, sequence }))
      case "unbind":
        return void socket.write(Pdu.encode({ command: "unbind_resp", status: 0, sequence }))
      default:
        return
    }
  }
}

/** One of four failed, as in a bad hour. */
const receipt = (number: number, sequence: number): Pdu.ShortMessage => {
  const hasFailed = number % 4 === 0
  const text = `id:${number.toString(16).padStart(8, "0")} sub:001 dlvrd:00${hasFailed ? 0 : 1} submit date:2611231200 done date:2611231205 stat:${
    hasFailed ? "UNDELIV err:001" : "DELIVRD err:000"
  } text:Twoja paczka czeka`
  return {
    command: "deliver_sm",
    status: 0,
    sequence,
    serviceType: "",
    source: { ton: 1, npi: 1, digits: `48500${String(number % 1_000_000).padStart(6, "0")}` },
    destination: { ton: 5, npi: 0, digits: "Sklep" },
    esmClass: 4,
    protocolId: 0,
    priority: 0,
    scheduledAt: "",
    validUntil: "",
    registeredDelivery: 0,
    replaces: 0,
    dataCoding: 0,
    cannedMessage: 0,
    text: Buffer.from(text),
    tlvs: []
  }
}
