import { assert, describe, it } from "@effect/vitest"
import { Arbitrary, Schema } from "effect"
import * as Frames from "../../src/smpp/Frames.ts"
import * as Pdu from "../../src/smpp/Pdu.ts"
import * as Pdus from "./Pdus.ts"

/** Feeds all chunks, one after the other. */
const cutAll = (chunks: ReadonlyArray<Uint8Array>) =>
  chunks.reduce(
    ({ frames, next }: Frames.Cut, chunk): Frames.Cut => {
      const cut = Frames.cut(next, chunk)
      return { frames: [...frames, ...cut.frames], next: cut.next }
    },
    { frames: [], next: Frames.start }
  )

const hex = (frames: ReadonlyArray<Uint8Array>) => frames.map((frame) => Buffer.from(frame).toString("hex"))

const split = (bytes: Buffer, sizes: ReadonlyArray<number>): ReadonlyArray<Buffer> => {
  const ends = sizes.reduce((ends: ReadonlyArray<number>, size) => [...ends, (ends.at(-1) ?? 0) + size], [])
  return [0, ...ends].map((start, index) => bytes.subarray(start, ends[index] ?? bytes.length))
}

const garbage = (length: number, sequence: number) => Pdus.frame(0x15, Buffer.alloc(0), { length, sequence })

describe("Frames", () => {
  it.prop(
    "cuts the same frames however the network cut the octets",
    [
      Arbitrary.array(Pdus.any, { maxLength: 6 }),
      Schema.Array(Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 90 }))).check(Schema.isMaxLength(40))
    ],
    ([pdus, sizes]) => {
      const sent = pdus.map(Pdu.encode)
      const { frames, next } = cutAll(split(Buffer.concat(sent), sizes))
      assert.deepStrictEqual(hex(frames), hex(sent))
      assert.deepStrictEqual(next, { state: "open", rest: Buffer.alloc(0) })
    },
    { arbitrary: { runs: 200 } }
  )

  it("cuts frames that come octet by octet", () => {
    const sent = [
      Pdu.encode(Pdus.receipt("id:1 stat:UNDELIV")),
      Pdu.encode({ command: "unbind", status: 0, sequence: 2 })
    ]
    const { frames } = cutAll(Array.from(Buffer.concat(sent), (octet) => Buffer.from([octet])))
    assert.deepStrictEqual(hex(frames), hex(sent))
  })

  it("keeps what is not whole", () => {
    const frame = Pdu.encode(Pdus.receipt("id:1 stat:UNDELIV"))
    const { frames, next } = cutAll([frame.subarray(0, -1)])
    assert.deepStrictEqual(frames, [])
    assert.deepStrictEqual(next, { state: "open", rest: frame.subarray(0, -1) })
  })

  for (const length of [0, 1, 15, 65_537, 1_048_576, 0xffff_ffff]) {
    it(`breaks at a length of ${length}, after the frames before it`, () => {
      const good = Pdu.encode({ command: "enquire_link", status: 0, sequence: 4 })
      const { frames, next } = cutAll([Buffer.concat([good, garbage(length, 5)]), good])
      assert.deepStrictEqual(hex(frames), hex([good]))
      assert.deepStrictEqual(next, { state: "broken", length, sequence: 5 })
    })
  }

  it("breaks before the rest of the head is there", () => {
    assert.deepStrictEqual(Frames.cut(Frames.start, Buffer.from("00000003", "hex")).next, {
      state: "broken",
      length: 3,
      sequence: 0
    })
  })

  for (const length of [16, 65_536]) {
    it(`takes a length of ${length}`, () => {
      const frame = Pdus.frame(0x15, Buffer.alloc(length - 16))
      assert.deepStrictEqual(hex(cutAll([frame]).frames), hex([frame]))
    })
  }
})
