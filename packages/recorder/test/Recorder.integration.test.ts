import { AsyncLocalStorage } from "node:async_hooks"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import type { LogDoor } from "@spoor/contracts"
import { Recorder } from "../src/index.ts"
import { Door, key } from "./Door.ts"

setFlagsFromString("--expose-gc")
const collect: () => void = runInNewContext("gc")

let door: Door
let problems: Array<Recorder.Problem>

beforeEach(async () => {
  door = await Door.open()
  problems = []
})
afterEach(() => door[Symbol.asyncDispose]())

const make = (options: Partial<Recorder.Options<"api">> = {}) =>
  Recorder.make({
    url: door.url,
    key,
    log: "api",
    flushIntervalMs: 10,
    retryDelayMs: 10,
    retryDelayMsMax: 40,
    onProblem: (problem) => problems.push(problem),
    ...options
  })

const item = (url = "/orders"): Recorder.Item<"api"> => ({ url, method: "GET", status: 200, processingMs: 3.25 })

type Counting = Pick<Recorder.Recorder<"api">, "counters">

const droppedOf = (recorder: Counting) =>
  Object.fromEntries(Object.entries(recorder.counters().dropped).filter(([, count]) => count > 0))

/** Sent, waiting and dropped are all there is. */
const expectAccounted = (recorder: Counting) => {
  const { dropped, recorded, sent, waiting } = recorder.counters()
  expect(sent + waiting + Object.values(dropped).reduce((sum, count) => sum + count, 0)).toBe(recorded)
}

describe("what arrives", () => {
  it("is what was recorded, in the form that the door takes", async () => {
    await using recorder = make()
    const sent: typeof LogDoor.ApiItem.Encoded = {
      ...item("/orders?page=2"),
      id: "mine",
      at: 1_790_000_000_000,
      ip: "192.0.2.7",
      userAgent: "curl/8",
      requestId: "r-1",
      apiKey: { name: "ERP", prefix: "ak_1" }
    }
    recorder.record(sent as Recorder.Item<"api">)
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect(door.list[0]).toEqual(sent)
    expect(door.list[1]).toMatchObject({ id: expect.stringMatching(/^[0-9a-f-]{36}$/), at: expect.any(Number) })
    expect(door.received[0]).toMatchObject({ path: "/v1/logs/api", ids: [...door.rows.keys()] })
  })

  it("goes to the panel log with who did it, and below a path that the address has", async () => {
    await using recorder = Recorder.make({ url: `${door.url}/in/`, key, log: "panel" })
    recorder.record({ ...item("/sessions"), userEmail: "ann@example.test", userId: "7" })
    expect(await recorder.flush()).toBe(true)
    expect(door.list[0]).toMatchObject({ userEmail: "ann@example.test", userId: "7" })
    expect(door.received[0]?.path).toBe("/in/v1/logs/panel")
  })

  it("is cut to what the door takes, so that a long text costs no row", async () => {
    await using recorder = make()
    recorder.record({
      ...item(`/${"😀".repeat(2_000)}`),
      processingMs: -1,
      userAgent: "u\0".repeat(9_000),
      requestId: "r".repeat(500),
      apiKey: { name: "n".repeat(500), prefix: "p".repeat(500) }
    })
    recorder.record({ ...item(""), userAgent: "", apiKey: { name: "", prefix: "" }, processingMs: 1e12 })
    expect(await recorder.flush()).toBe(true)
    expect(droppedOf(recorder)).toEqual({})
    expect(door.list[0]?.url?.length).toBe(2_048)
    expect(door.list[0]?.apiKey?.prefix).toBe("p".repeat(12))
  })

  it("comes together: by time, or sooner when a batch is full", async () => {
    await using recorder = make({ batchItemsMax: 40, flushIntervalMs: 60_000 })
    for (let index = 0; index < 100; index++) recorder.record(item())
    await expect.poll(() => door.rows.size).toBe(80)
    expect(door.received.map(({ ids }) => ids.length)).toEqual([40, 40])
    expect(await recorder.flush()).toBe(true)
    expect(door.received.map(({ ids }) => ids.length)).toEqual([40, 40, 20])
  })

  it("never exceeds the bytes of a batch", async () => {
    await using recorder = make({ batchBytesMax: 4_096 })
    for (let index = 0; index < 60; index++) recorder.record(item(`/${"ż".repeat((index * 37) % 900)}`))
    expect(await recorder.flush()).toBe(true)
    expect(door.rows.size).toBe(60)
    for (const { bytes } of door.received) expect(bytes).toBeLessThan(4_096 + 64)
  })
})

describe("what the door has to say", () => {
  it("is waited for: 503, a reset, an answer that got lost; each item is there once", async () => {
    door.faults = [{ status: 503 }, "reset", "lost", { status: 408 }, { status: 425 }, { status: 500 }]
    await using recorder = make()
    for (let index = 0; index < 20; index++) recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.rows.size, door.duplicates, recorder.counters().sent]).toEqual([20, 20, 20])
    expect(new Set(door.received.map(({ ids }) => ids.join())).size).toBe(1)
    const sentAts = door.received.map(({ sentAt }) => sentAt)
    expect(sentAts).toEqual([...sentAts].sort((a, b) => a - b))
    expect(sentAts.at(-1)).toBeGreaterThan(sentAts[0] ?? Infinity)
  })

  it("holds: after Retry-After, in seconds or as a date, nothing comes sooner, not even by flush", async () => {
    door.faults = [
      { status: 429, retryAfter: "1" },
      { status: 503, retryAfter: new Date(Date.now() + 3_000).toUTCString() }
    ]
    await using recorder = make()
    recorder.record(item())
    await expect.poll(() => door.received.length).toBe(1)
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    const [first, second, third] = door.received.map(({ at }) => at)
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(990)
    // A date has whole seconds only.
    expect((third ?? 0) - (first ?? 0)).toBeGreaterThan(1_900)
    expect(door.rows.size).toBe(2)
  })

  it("is given up where no answer comes in time, and tried again", async () => {
    door.faults = ["silent"]
    await using recorder = make({ requestTimeoutMs: 100 })
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.received.length, door.rows.size]).toEqual([2, 1])
  })

  it.each([400, 401, 403, 404, 415])("ends the batch: %i is not tried again, and told once", async (status) => {
    door.faults = [{ status }, { status }]
    await using recorder = make({ batchItemsMax: 2 })
    for (let index = 0; index < 6; index++) recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.rows.size, recorder.counters().sent, droppedOf(recorder)]).toEqual([2, 2, { refused: 4 }])
    expect(problems.map(({ kind }) => kind)).toEqual(["refused"])
  })

  it("says so for a real wrong key", async () => {
    await using recorder = make({ key: "sk_wrong" })
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect(droppedOf(recorder)).toEqual({ refused: 1 })
    expect(problems[0]?.message).toBe("1 items dropped: the key is missing, wrong or revoked")
  })

  it("is no redirect that counts as delivered", async () => {
    door.faults = [{ location: "/login" }]
    await using recorder = make()
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.received.length, droppedOf(recorder)]).toEqual([1, { refused: 1 }])
  })

  it("is that a batch is too large: halves arrive, and what alone is too large goes", async () => {
    door.bytesMax = 2_000
    await using recorder = make()
    for (let index = 0; index < 50; index++) recorder.record(item(index === 20 ? `/${"x".repeat(2_040)}` : "/orders"))
    expect(await recorder.flush()).toBe(true)
    expect([door.rows.size, droppedOf(recorder)]).toEqual([49, { tooLarge: 1 }])
    expectAccounted(recorder)
  })

  it("is named for the items that it rejects, and the others are kept", async () => {
    await using recorder = make()
    recorder.record({ ...item(), status: 999 })
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.rows.size, recorder.counters().sent, droppedOf(recorder)]).toEqual([1, 1, { rejected: 1 }])
    expect(problems[0]?.message).toBe("the server rejected 1 of 2 items, the first for: invalid /status")
  })

  it("is never heard: after the last attempt the batch goes, and the next is tried", async () => {
    door.outage = "reset"
    await using recorder = make({ attemptsMax: 4, batchItemsMax: 2 })
    for (let index = 0; index < 4; index++) recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect([door.received.length, droppedOf(recorder)]).toEqual([8, { undeliverable: 4 }])
    expect(problems.map(({ kind }) => kind)).toEqual(["unreachable", "undeliverable"])
  })

  it("is tried more and more seldom, and at once again when it is back", async () => {
    door.outage = { status: 503 }
    await using recorder = make({ retryDelayMs: 40, retryDelayMsMax: 200 })
    recorder.record(item())
    await expect.poll(() => door.received.length, { timeout: 5_000 }).toBe(6)
    const gaps = door.received.slice(1).map(({ at }, index) => at - (door.received[index]?.at ?? 0))
    for (const [index, gap] of gaps.entries()) expect(gap).toBeGreaterThan(Math.min(40 * 2 ** index, 200) / 2 - 2)
    door.outage = undefined
    expect(await recorder.flush()).toBe(true)
    expect(door.rows.size).toBe(1)
  })
})

describe("the buffer", () => {
  it.each(["oldest", "newest"] as const)(
    "drops the %s when it is full, and never what is on its way",
    async (overflow) => {
      door.faults = ["silent"]
      await using recorder = make({ overflow, bufferItemsMax: 100, batchItemsMax: 10, requestTimeoutMs: 300 })
      for (let index = 0; index < 10; index++) recorder.record(item(`/${index}`))
      await expect.poll(() => door.received.length).toBe(1)
      for (let index = 10; index < 250; index++) recorder.record(item(`/${index}`))
      expect(recorder.counters().waiting).toBe(100)
      expect(await recorder.flush()).toBe(true)
      const first = overflow === "oldest" ? 160 : 10
      const kept = [...Array(10).keys(), ...Array.from({ length: 90 }, (_, index) => first + index)]
      expect(door.list.map(({ url }) => url)).toEqual(kept.map((index) => `/${index}`))
      expect(droppedOf(recorder)).toEqual({ overflow: 150 })
      expect(problems.map(({ kind }) => kind)).toEqual(["overflow"])
      expectAccounted(recorder)
    }
  )

  it("stays within its bytes for 100,000 items while nobody listens", { timeout: 60_000 }, async () => {
    const { url } = door
    await door[Symbol.asyncDispose]()
    const recorder = make({ url, bufferItemsMax: 1_000_000, bufferBytesMax: 2_000_000 })
    const agent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36"
    const heap = () => (collect(), process.memoryUsage().heapUsed)
    const before = heap()
    const cpu = process.cpuUsage()
    for (let index = 0; index < 100_000; index++) {
      recorder.record({ ...item(`/orders/${index}`), ip: "192.0.2.7", userAgent: agent })
      if (index % 5_000 === 0) await new Promise((done) => setTimeout(done, 1))
    }
    const { system, user } = process.cpuUsage(cpu)
    const micros = (system + user) / 100_000
    const { waiting } = recorder.counters()
    const megabytes = (heap() - before) / 1e6
    console.log(
      `record(): ${micros.toFixed(2)} µs of processor a call; ${waiting} items wait, heap grew by ${megabytes.toFixed(1)} MB`
    )
    expect(waiting * 250).toBeLessThan(2_000_000)
    expect(waiting).toBeGreaterThan(1_000)
    expect(megabytes).toBeLessThan(20)
    expect(micros).toBeLessThan(200)
    expectAccounted(recorder)
    expect(await recorder.close({ timeoutMs: 50 })).toBe(false)
    expect(recorder.counters().waiting).toBe(0)
    expectAccounted(recorder)
  })
})

describe("a guest in the service", () => {
  it("throws nothing, whatever it is given", async () => {
    await using recorder = make({
      onProblem: () => {
        throw new Error("listener")
      }
    })
    const hostile = [undefined, null, 7, {}, { url: Object.create(null) }, { status: 10n }]
    for (const thing of hostile) expect(() => recorder.record(thing as never)).not.toThrow()
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect(door.rows.size).toBe(1)
    expectAccounted(recorder)
  })

  it("survives a listener whose promise fails", async () => {
    await using recorder = make({ key: "sk_wrong", onProblem: () => Promise.reject(new Error("listener")) as never })
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
  })

  it.each([
    ["url", { url: "ingest" }],
    ["url", { url: "ftp://ingest.example" }],
    ["key", { key: "" }],
    ["key", { key: "two words" }],
    ["log", { log: "sms" as never }]
  ])("names an unusable %s and records nothing", async (name, options) => {
    const recorder = make(options)
    expect(problems).toEqual([{ kind: "options", message: expect.stringContaining(`\`${name}\``) }])
    recorder.record(item())
    expect(droppedOf(recorder)).toEqual({ closed: 1 })
    expect(await recorder.close()).toBe(true)
    expect(door.received).toEqual([])
  })

  it("names a limit that is none, and goes on with the default", async () => {
    await using recorder = make({ bufferItemsMax: 0, overflow: "all" as never })
    expect(problems[0]?.message).toBe(
      '`overflow` is to be "oldest" or "newest"; "oldest" is used; `bufferItemsMax` is to be a number from 1 to 1000000; 10000 is used.'
    )
    recorder.record(item())
    expect(await recorder.flush()).toBe(true)
    expect(door.rows.size).toBe(1)
  })

  it("asks the door in its own context, not in that of the request that is being served", async () => {
    const requests = new AsyncLocalStorage<string>()
    const seen: Array<string | undefined> = []
    await using recorder = make({
      fetch: (...input) => {
        seen.push(requests.getStore())
        return fetch(...input)
      }
    })
    requests.run("a request", () => recorder.record(item()))
    await expect.poll(() => door.rows.size).toBe(1)
    expect(seen).toEqual([undefined])
  })

  it("takes nothing after it was closed, and closes once", async () => {
    const recorder = make({ flushIntervalMs: 60_000 })
    recorder.record(item())
    expect(await Promise.all([recorder.close(), recorder.close()])).toEqual([true, true])
    recorder.record(item())
    expect([door.received.length, droppedOf(recorder)]).toEqual([1, { closed: 1 }])
  })

  it("closes in the time it was given, with a request under way", async () => {
    door.outage = "silent"
    const recorder = make()
    for (let index = 0; index < 3; index++) recorder.record(item())
    await expect.poll(() => door.received.length).toBe(1)
    const startedAt = performance.now()
    expect(await recorder.close({ timeoutMs: 100 })).toBe(false)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    expect(droppedOf(recorder)).toEqual({ closed: 3 })
    expectAccounted(recorder)
  })
})
