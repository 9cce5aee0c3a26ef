/** The parts of npm smpp 0.5.1 that the tests use; it comes without types. */
declare module "smpp" {
  import type { EventEmitter } from "node:events"
  import type { Server as NetServer, Socket } from "node:net"

  export type Fields = Readonly<Record<string, unknown>>

  export class PDU {
    constructor(command: string | Buffer, fields?: Fields)
    readonly command: string
    readonly command_status: number
    readonly sequence_number: number;
    readonly [field: string]: unknown
    toBuffer(): Buffer
    response(fields?: Fields): PDU
  }

  export class Session extends EventEmitter {
    readonly socket: Socket
    send(pdu: PDU, answered?: (answer: PDU) => void): boolean
    close(): void
    destroy(): void
    pause(): void
  }

  interface Smpp {
    readonly PDU: typeof PDU
    createServer(options: Fields, listener: (session: Session) => void): NetServer
    connect(options: Fields, listener: () => void): Session
  }
  const smpp: Smpp
  export default smpp
}
