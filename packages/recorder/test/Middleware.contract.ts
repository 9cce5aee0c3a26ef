import { Agent, request as ask } from "node:http"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { getRequest, setResponse } from "@sveltejs/kit/node"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { Recorder } from "../src/index.ts"
import type * as Exchange from "../src/Exchange.ts"
import { Door, key } from "./Door.ts"

export interface Host extends AsyncDisposable {
  readonly url: string
}

export type Head = (name: string) => string | undefined

/** What every host's `describe` does, whatever its framework gives it. */
export const describeBy = (path: string, head: Head): Exchange.Described<"api"> => {
  if (path === "/healthz") return null
  if (head("x-boom") === "odd") throw Object.create(null)
  if (head("x-boom") !== undefined) throw new Error("no such user")
  const name = head("x-key")
  return name === undefined ? undefined : { apiKey: { name, prefix: "ak_1" } }
}

/**
 * Opens a host: with a recorder, or bare.
 *
 * *Shape*: `/orders` answers GET with `[]` and POST with 201; `/forbidden` 403; `/throws` throws; `/tagged` sets x-request-id to
 * "from-host" and two cookies; `/whole` answers with 100,000 bytes; `/stream` answers `streamed` in pieces; `/endless` streams until it is
 * left; `/slow` answers after a minute; `/healthz` is left out of the log; the rest is 404.
 */
export type Open = (recorded?: {
  readonly recorder: Recorder.Recorder<"api">
  readonly options: Exchange.Options
}) => Promise<Host>

export const streamed = ["one ", "two ", "three"]
export const pause = () => new Promise<void>((done) => setTimeout(done, 40))

export async function* endless(): AsyncGenerator<string> {
  for (;;) {
    yield "more"
    await pause()
  }
}

export async function* pieces(): AsyncGenerator<string> {
  for (const piece of streamed) {
    yield piece
    await pause()
  }
}

/** As a query to a database that is given up with the request. */
export const untilLeft = (signal: AbortSignal): Promise<never> =>
  new Promise((_, fail) => signal.addEventListener("abort", () => fail(new Error("left"))))

export const listen = async (server: Server): Promise<Host> => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    }
  }
}

/** Serves the web's requests on Node, with SvelteKit's own adapter. */
export const serveWeb = (
  handle: (request: Request, env: { incoming: object; outgoing: object }) => Promise<Response>
): Promise<Host> =>
  listen(
    createServer(async (incoming, outgoing) => {
      const request = getRequest({ request: incoming, response: outgoing, base: "http://service.example" })
      setResponse(outgoing, await handle(request, { incoming, outgoing }))
    })
  )

export const streamOf = (source: AsyncGenerator<string>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await source.next()
      return done === true ? controller.close() : controller.enqueue(new TextEncoder().encode(value))
    },
    cancel: () => void source.return(undefined)
  })

const agent = new Agent({ keepAlive: true })

interface Answer {
  readonly status: number
  readonly headers: object
  readonly body: string
}

const get = (host: Host, path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
  new Promise((done, fail) => {
    const request = ask(`${host.url}${path}`, { agent, headers, method }, async (response) => {
      let body = ""
      for await (const chunk of response.setEncoding("utf8")) body += chunk
      const { date: _, "x-request-id": id = "", ...rest } = response.headers
      // Fastify and others may count requests there.
      done({ status: response.statusCode ?? 0, headers: { ...rest, id }, body })
    })
    request.on("error", fail).end()
  })

/** Asks, and leaves: before the answer's head, or after the first piece of its body. */
const leave = (host: Host, path: string): Promise<void> =>
  new Promise((done) => {
    const request = ask(`${host.url}${path}`, { agent: false }, (response) =>
      response.once("data", () => response.destroy())
    )
    request.on("error", () => undefined).on("close", done)
    request.end()
    if (path === "/slow") setTimeout(() => request.destroy(), 100)
  })

/** *Shape*: `differs` names what a framework cannot know. */
export const contract = (name: string, open: Open, differs: { readonly hasNoIp?: boolean } = {}) =>
  describe(`Requests of ${name}`, { timeout: 20_000 }, () => {
    let door: Door
    let bare: Host
    let recorder: Recorder.Recorder<"api">
    let problems: Array<Recorder.Problem>
    let host: Host

    beforeAll(async () => {
      bare = await open()
    })
    afterAll(() => bare[Symbol.asyncDispose]())
    beforeEach(async () => {
      door = await Door.open()
      problems = []
      recorder = Recorder.make({ url: door.url, key, log: "api", onProblem: (problem) => problems.push(problem) })
      host = await open({ recorder, options: { keepQuery: ["page"], trustProxy: 1 } })
    })
    afterEach(async () => {
      await host[Symbol.asyncDispose]()
      await recorder.close()
      await door[Symbol.asyncDispose]()
    })

    const rows = async (count: number) => {
      await expect.poll(() => recorder.counters().recorded).toBe(count)
      expect(await recorder.flush()).toBe(true)
      expect(recorder.counters().sent).toBe(count)
      return door.list
    }

    it("answers as it does without a recorder", async () => {
      const paths = ["/orders", "/forbidden", "/throws", "/tagged", "/whole", "/stream", "/healthz", "/missing"]
      for (const path of paths) expect(await get(host, path)).toEqual(await get(bare, path))
      for (const method of ["POST", "HEAD", "OPTIONS", "DELETE"]) {
        expect(await get(host, "/orders", {}, method)).toEqual(await get(bare, "/orders", {}, method))
      }
    })

    it("records what the client saw", async () => {
      const paths = ["/orders", "/forbidden", "/throws", "/tagged", "/stream", "/whole", "/missing"]
      const answers = await Promise.all(paths.map((path) => get(host, path)))
      const seen = Object.fromEntries((await rows(paths.length)).map(({ status, url }) => [url, status]))
      expect(seen).toEqual(Object.fromEntries(paths.map((path, index) => [path, answers[index]?.status])))
      expect(Object.values(seen).sort()).toEqual([200, 200, 200, 200, 403, 404, 500])
    })

    it("records HEAD, whose body nobody reads", async () => {
      const { status } = await get(host, "/stream", {}, "HEAD")
      expect((await rows(1))[0]).toMatchObject({ method: "HEAD", status })
    })

    it("records a request whole, its query only as far as it may", async () => {
      const started = Date.now()
      await get(host, "/orders?token=secret&page=2", { "user-agent": "test/1", "x-request-id": "r-1", "x-key": "ERP" })
      const [row] = await rows(1)
      expect(row).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        at: expect.any(Number),
        url: "/orders?page=2",
        method: "GET",
        status: 200,
        processingMs: expect.any(Number),
        userAgent: "test/1",
        requestId: "r-1",
        apiKey: { name: "ERP", prefix: "ak_1" },
        ...(differs.hasNoIp ? {} : { ip: "127.0.0.1" })
      })
      expect(Math.abs(Number(row?.at) - started)).toBeLessThan(1_000)
      expect(row?.processingMs).toBeLessThan(1_000)
    })

    it("takes the host's own request ID before the client's, and makes one where there is none", async () => {
      await get(host, "/tagged", { "x-request-id": "from-client" })
      await get(host, "/orders")
      const [tagged, untagged] = await rows(2)
      expect([tagged?.requestId, untagged?.requestId]).toEqual(["from-host", untagged?.id])
    })

    it.skipIf(differs.hasNoIp)("believes as many addresses as there are proxies", async () => {
      await get(host, "/orders", { "x-forwarded-for": "203.0.113.9, 198.51.100.1" })
      expect((await rows(1))[0]?.ip).toBe("198.51.100.1")
    })

    it("records a stream when it ends, and how long it took", async () => {
      expect((await get(host, "/stream")).body).toBe(streamed.join(""))
      expect((await rows(1))[0]).toMatchObject({ status: 200, url: "/stream" })
      expect(door.list[0]?.processingMs).toBeGreaterThan(70)
    })

    it.each(["/endless", "/slow"])("records 499 where the client leaves %s", async (path) => {
      await leave(host, path)
      expect((await rows(1))[0]).toMatchObject({ status: 499, url: path })
    })

    it("leaves out what is described by null", async () => {
      await get(host, "/healthz")
      await get(host, "/orders")
      expect((await rows(1)).map(({ url }) => url)).toEqual(["/orders"])
    })

    it("records a request whose description fails, and counts the failure", async () => {
      expect((await get(host, "/orders", { "x-boom": "1" })).status).toBe(200)
      const [row] = await rows(1)
      expect([row?.url, row?.status, row?.apiKey]).toEqual(["/orders", 200, undefined])
      expect(recorder.counters().describeErrors).toBe(1)
      expect(problems).toEqual([{ kind: "describe", message: expect.stringContaining("no such user") }])
      expect((await get(host, "/orders", { "x-boom": "odd" })).status).toBe(200)
      await rows(2)
    })

    it("goes on while the door is gone", async () => {
      await door[Symbol.asyncDispose]()
      const answers = await Promise.all(Array.from({ length: 50 }, () => get(host, "/orders")))
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
      await expect.poll(() => recorder.counters().recorded).toBe(50)
      await recorder.close({ timeoutMs: 10 })
      door = await Door.open()
    })

    it("costs little", async () => {
      // The door's own work, in this very process, is left out; that of making and settling batches is not.
      const quick = Recorder.make({ url: door.url, key, log: "api", fetch: async () => Response.json({}) })
      await using recorded = await open({ recorder: quick, options: {} })
      // Garbage and other work on the machine only add: of many rounds, turn by turn, the cheapest says what it costs.
      const rounds = [bare, recorded, bare, recorded].map((host) => ({ host, micros: Infinity }))
      for (let round = 0; round < 10; round++) {
        for (const one of rounds) {
          const before = process.cpuUsage()
          for (let index = 0; index < 50; index++) await get(one.host, "/orders")
          const { system, user } = process.cpuUsage(before)
          one.micros = Math.min(one.micros, (system + user) / 50)
        }
      }
      const [without = 0, withIt = 0] = [bare, recorded].map((host) =>
        Math.min(...rounds.filter((one) => one.host === host).map(({ micros }) => micros))
      )
      console.log(
        `${name}: ${without.toFixed(0)} µs of processor a request and its answer, ${withIt.toFixed(0)} µs recorded`
      )
      expect(withIt - without).toBeLessThan(2_000)
      await quick.close()
    })
  })
