import * as Frames from "@spoor/sms/smpp/Frames"
import { connect } from "node:net"

/** What whoever is bound cannot do without: cut what comes into frames and answer each. It reads nothing and keeps nothing. */
const head = (command: number, sequence: number, rest: Buffer = Buffer.alloc(0)): Buffer => {
  const frame = Buffer.alloc(16)
  frame.writeUInt32BE(16 + rest.length, 0)
  frame.writeUInt32BE(command, 4)
  frame.writeUInt32BE(sequence, 12)
  return Buffer.concat([frame, rest])
}

const [deliver, deliverAnswer, bindReceiver] = [0x0000_0005, 0x8000_0005, 0x0000_0001]

const socket = connect(Number(process.env["BENCH_SMSC_PORT"]), "127.0.0.1", () => {
  socket.setNoDelay(true)
  socket.write(head(bindReceiver, 1, Buffer.from("bare\0\0\0\u0034\0\0\0", "latin1")))
})
let frames = Frames.start
socket.on("data", (chunk: Buffer) => {
  const cut = Frames.cut(frames, chunk)
  frames = cut.next
  const answers = cut.frames
    .filter((frame) => frame.readUInt32BE(4) === deliver)
    .map((frame) => head(deliverAnswer, frame.readUInt32BE(12), Buffer.alloc(1)))
  if (answers.length > 0) socket.write(Buffer.concat(answers))
})
socket.on("close", () => process.exit(0))
