import { spawn } from "node:child_process"
import { once } from "node:events"
import { expect, it } from "vitest"
import { Door, key } from "./Door.ts"

/** Runs a service that records three items, and then `end`s. *Shape*: its exit code and how long it lived, in milliseconds. */
const run = async (url: string, end: string) => {
  const program = `
    import { Recorder } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)}
    const options = { url: ${JSON.stringify(url)}, key: ${JSON.stringify(key)}, log: "api", onProblem: () => {} }
    const recorder = Recorder.make({ ...options, flushIntervalMs: 50, retryDelayMs: 60_000 })
    const startedAt = performance.now()
    process.on("exit", () => process.stdout.write(String(performance.now() - startedAt)))
    for (const url of ["/1", "/2", "/3"]) recorder.record({ url, method: "GET", status: 200, processingMs: 1 })
    ${end}`
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"]
  })
  let said = ""
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said += text))
  const [code] = await once(child, "close")
  return { code, livedMs: Number(said) }
}

it("keeps no process that has nothing else to do", { timeout: 20_000 }, async () => {
  await using door = await Door.open()
  door.outage = { status: 503 }
  expect(await run(door.url, "")).toEqual({ code: 0, livedMs: expect.any(Number) })
  const waited = await run(door.url, "await new Promise((done) => setTimeout(done, 500))")
  expect(door.received.length).toBe(1)
  expect([waited.code, waited.livedMs < 10_000]).toEqual([0, true])
})

it("keeps a process that waits for close until all is sent", { timeout: 20_000 }, async () => {
  await using door = await Door.open()
  expect((await run(door.url, "await recorder.close()")).code).toBe(0)
  expect(door.list.map(({ url }) => url)).toEqual(["/1", "/2", "/3"])
})

it("keeps a process that waits for close no longer than that was given", { timeout: 20_000 }, async () => {
  await using door = await Door.open()
  door.outage = "silent"
  const { code, livedMs } = await run(door.url, "await recorder.close({ timeoutMs: 300 })")
  expect([code, livedMs < 5_000, door.rows.size]).toEqual([0, true, 0])
})
