import type { IncomingMessage } from "node:http"
import { error, isHttpError, isRedirect, json, redirect, text, type RequestEvent } from "@sveltejs/kit"
import { describe, expect, it } from "vitest"
import { Recorder } from "../src/index.ts"
import { record } from "../src/sveltekit.ts"
import { Door, key } from "./Door.ts"
import {
  contract,
  describeBy,
  endless,
  type Open,
  pieces,
  serveWeb,
  streamOf,
  untilLeft
} from "./Middleware.contract.ts"

/** As SvelteKit's: what an endpoint throws has become a response by then. */
const resolve = async ({ request }: RequestEvent): Promise<Response> => {
  const { pathname } = new URL(request.url)
  switch (pathname) {
    case "/orders":
      return request.method === "POST" ? json({}, { status: 201 }) : json([])
    case "/forbidden":
      return new Response(null, { status: 403 })
    case "/throws":
      return text("sorry", { status: 500 })
    case "/tagged": {
      const headers = new Headers({ "x-request-id": "from-host" })
      for (const cookie of ["a=1", "b=2"]) headers.append("set-cookie", cookie)
      return new Response("ok", { headers })
    }
    case "/whole":
      return text("x".repeat(100_000))
    case "/healthz":
      return text("ok")
    case "/stream":
      return new Response(streamOf(pieces()))
    case "/endless":
      return new Response(streamOf(endless()))
    case "/slow":
      return untilLeft(request.signal)
    default:
      return text("Not found", { status: 404 })
  }
}

/** What of an event `handle` reads. */
const eventOf = (request: Request, address: string, isSubRequest = false) =>
  ({ request, isSubRequest, getClientAddress: () => address }) as RequestEvent

const open: Open = (recorded) => {
  const handle =
    recorded &&
    record(recorded.recorder, {
      ...recorded.options,
      describe: ({ request }) =>
        describeBy(new URL(request.url).pathname, (name) => request.headers.get(name) ?? undefined)
    })
  return serveWeb(async (request, { incoming }) => {
    const event = eventOf(request, (incoming as IncomingMessage).socket.remoteAddress ?? "")
    const answer = Promise.resolve(handle === undefined ? resolve(event) : handle({ event, resolve }))
    return answer.catch(() => new Response(null, { status: 500 }))
  })
}

contract("SvelteKit", open)

describe("SvelteKit's own ways", () => {
  const statusOf = async (headers: Record<string, string>, answer: () => Promise<Response>, isSubRequest = false) => {
    await using door = await Door.open()
    await using recorder = Recorder.make({ url: door.url, key, log: "panel" })
    const handle = record(recorder, { describe: () => ({ userEmail: "ann@example.test" }) })
    const request = new Request("http://shop.example/sessions", { headers })
    const event = eventOf(request, "192.0.2.7", isSubRequest)
    const outcome = await Promise.resolve(handle({ event, resolve: answer })).catch((thrown: unknown) => thrown)
    // Of an answer that the browser has, SvelteKit sends no body.
    if (outcome instanceof Response && headers["if-none-match"] !== 'W/"v1"') await outcome.text()
    await recorder.flush()
    return { outcome, rows: door.list.map(({ status, userEmail }) => [status, userEmail]) }
  }

  it("records a redirect and an error that are thrown behind it, and throws them on", async () => {
    const redirected = await statusOf({}, async () => redirect(303, "/login"))
    expect([isRedirect(redirected.outcome), redirected.rows]).toEqual([true, [[303, "ann@example.test"]]])
    const refused = await statusOf({}, async () => error(403, "no"))
    expect([isHttpError(refused.outcome), refused.rows]).toEqual([true, [[403, "ann@example.test"]]])
    const broken = await statusOf({}, async () => {
      throw Object.assign(new Error("of some library"), { status: 404 })
    })
    expect(broken.rows).toEqual([[500, "ann@example.test"]])
  })

  it("records the 304 that SvelteKit makes of an answer the browser has", async () => {
    const answer = async () => new Response(streamOf(pieces()), { headers: { etag: '"v1"' } })
    expect((await statusOf({ "if-none-match": 'W/"v1"' }, answer)).rows[0]?.[0]).toBe(304)
    expect((await statusOf({ "if-none-match": '"v0"' }, answer)).rows[0]?.[0]).toBe(200)
  })

  it("records without an address where there is no client", async () => {
    await using door = await Door.open()
    await using recorder = Recorder.make({ url: door.url, key, log: "panel" })
    const event = Object.assign(eventOf(new Request("http://shop.example/"), ""), {
      getClientAddress: () => {
        throw new Error("prerendering")
      }
    })
    await record(recorder)({ event, resolve: async () => text("page") })
    await recorder.flush()
    expect(door.list).toMatchObject([{ url: "/", status: 200 }])
    expect(recorder.counters().describeErrors).toBe(0)
  })

  it("leaves out what the application asks of itself", async () => {
    expect((await statusOf({}, async () => text("data"), true)).rows).toEqual([])
  })
})
