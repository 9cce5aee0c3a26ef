import { describe, expect, it } from "@effect/vitest"
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import process from "node:process"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { afterAll } from "vitest"
import { sortedEvents } from "./events.ts"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const folder = mkdtempSync(join(tmpdir(), "spoor-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

/** `spoor sessionize` in a process of its own, its temporary files in a folder of ours. */
const start = (options: ReadonlyArray<string> = [], TMPDIR = folder): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, ["--conditions=@spoor/source", "--max-old-space-size=96", main, "sessionize", ...options], {
    env: { ...process.env, TMPDIR }
  })

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly err: string
}

const end = (child: ChildProcessWithoutNullStreams): Promise<Ended> =>
  new Promise((resolve) => {
    let [out, err] = ["", ""]
    child.stdout.on("data", (bytes: Buffer) => (out += bytes.toString()))
    child.stderr.on("data", (bytes: Buffer) => (err += bytes.toString()))
    // A command that ends early leaves us with a closed pipe.
    child.stdin.on("error", () => {})
    child.once("close", (status) => resolve({ status, out, err }))
  })

/** Gives it a line that is answered at once. */
const answered = (child: ChildProcessWithoutNullStreams) =>
  new Promise((resolve) => {
    child.stdout.once("data", resolve)
    child.stdin.write("x\n")
  })

const event = '{"id":"e1","visitorId":"ann","type":"VisitOnWebsite","at":0}\n'

describe("the process", { timeout: 60_000 }, () => {
  it("ends with status 0 when the input could be read, whatever is in it", async () => {
    const child = start()
    child.stdin.end(`x\n${event}`)
    const { status, out, err } = await end(child)
    expect({ status, err }).toEqual({ status: 0, err: "" })
    expect(out.split("\n").map((line) => line.slice(0, 17))).toEqual(['{"kind":"rejected', '{"kind":"session"', ""])
  })

  it("ends with status 1 when it was called wrongly, and writes nothing but a sentence", async () => {
    const { status, out, err } = await end(start(["--now", "soon"]))
    expect({ status, out }).toEqual({ status: 1, out: "" })
    expect(err).toMatch(/^spoor: Invalid value for flag --now: "soon"/)
  })

  it("ends with status 1 and a sentence when there is no room for temporary files", async () => {
    const child = start([], join(folder, "missing"))
    child.stdin.end(event)
    const { status, out, err } = await end(child)
    expect({ status, out }).toEqual({ status: 1, out: "" })
    expect(err).toMatch(/^spoor: A temporary file in .*missing could not be used: ENOENT[^\n]*\n$/)
  })

  it("ends quietly when nobody reads on, even while it waits for input", async () => {
    const child = start()
    const ended = end(child)
    await answered(child)
    child.stdout.destroy()
    child.stdin.write("x\n".repeat(100_000))
    expect(await ended).toMatchObject({ status: 0, err: "" })
  })

  it("leaves no file behind when it is interrupted", async () => {
    const child = start()
    const ended = end(child)
    await answered(child)
    child.kill("SIGINT")
    expect(await ended).toMatchObject({ status: 130, err: "" })
    expect(readdirSync(folder)).toEqual([])
  })

  it("keeps nothing of an input sorted by visitor on its heap", async () => {
    // 100,000 events of a kilobyte and more: as objects they would take three times what the heap may hold.
    const child = start()
    const ended = end(child)
    Readable.from(sortedEvents(100_000, 20)).pipe(child.stdin)
    const { status, err, out } = await ended
    expect({ status, err }).toEqual({ status: 0, err: "" })
    expect(out.match(/"kind":"session"/g)).toHaveLength(Math.ceil(100_000 / 12))
  })
})
