import { describe, expect, it } from "@effect/vitest"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { CommandError } from "../../src/CommandError.ts"
import { Spool } from "../../src/input/Spool.ts"
import { numbers } from "../chance.ts"

const read = (spool: Spool): ReadonlyArray<readonly [number, string]> =>
  Array.from(spool.frames(), ({ visitor, bytes }) => [visitor, bytes.toString()] as const)

describe("a spool", () => {
  it("gives its frames back in their order, as often as wanted, whatever their size", () => {
    using spool = new Spool()
    const below = numbers(11)
    const sizes = [
      0,
      1,
      100,
      262_135,
      262_136,
      262_137,
      300_000,
      87_381,
      5,
      ...Array.from({ length: 200 }, () => below(90_000))
    ]
    const frames = sizes.map((size, at) => [at, (at % 3 === 0 ? "ż" : "x").repeat(size)] as const)
    for (const [visitor, text] of frames) {
      if (visitor % 2 === 0) spool.append(visitor, text)
      else spool.appendFrame({ visitor, bytes: Buffer.from(text) })
    }
    expect(read(spool)).toEqual(frames)
    expect(read(spool)).toEqual(frames)
  })

  it("may be empty", () => {
    using spool = new Spool()
    expect(read(spool)).toEqual([])
    expect(spool.size).toBe(0)
  })

  it("leaves nothing in the folder for temporary files, not even while it is open", () => {
    inFolder((folder) => {
      using spool = new Spool()
      spool.append(1, "x".repeat(1_000_000))
      expect(readdirSync(folder)).toEqual([])
      expect(read(spool)).toHaveLength(1)
    })
  })

  it("says in a sentence that the folder is not there", () => {
    inFolder((folder) => {
      rmSync(folder, { recursive: true })
      expect(() => new Spool()).toThrow(CommandError)
      expect(() => new Spool()).toThrow(`A temporary file in ${folder} could not be used`)
    })
  })
})

/** Runs with another folder for temporary files. */
const inFolder = (run: (folder: string) => void): void => {
  const before = process.env["TMPDIR"]
  const folder = mkdtempSync(join(tmpdir(), "spoor-test-"))
  process.env["TMPDIR"] = folder
  try {
    run(folder)
  } finally {
    if (before === undefined) delete process.env["TMPDIR"]
    else process.env["TMPDIR"] = before
    rmSync(folder, { recursive: true, force: true })
  }
}
