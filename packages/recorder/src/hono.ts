import type { IncomingMessage, ServerResponse } from "node:http"
import type { Context, MiddlewareHandler } from "hono"
import * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import { watch } from "./node.ts"
import type { Recorder } from "./Recorder.ts"
import { watched } from "./web.ts"

export interface Options<L extends Log> extends Exchange.Options {
  /** Asked when the response is over, so that it knows what the routes found out. */
  readonly describe?: ((context: Context) => Exchange.Described<L>) | undefined
}

/**
 * Hono's middleware that records every request: `app.use(record(recorder))`, before the routes.
 *
 * On Node (`@hono/node-server`) the address of the client is that of the socket. Other servers keep it elsewhere: there
 * `describe` answers with an `ip`, or there is none.
 */
export const record = <L extends Log>(recorder: Recorder<L>, options: Options<L> = {}): MiddlewareHandler => {
  const { describe } = options
  return async (context, next) => {
    const description = describe && (() => describe(context))
    const node = nodeOf(context.env)
    if (node !== undefined) {
      const requestId = () => context.res.headers.get("x-request-id") ?? undefined
      watch(recorder, options, { ...node, target: context.req.url, requestId }, description)
      return next()
    }
    const end = Exchange.begin(recorder, options)
    const see = (status: number) => (): Exchange.Seen => ({
      target: context.req.url,
      method: context.req.method,
      status: context.req.raw.signal.aborted ? Exchange.aborted : status,
      peer: undefined,
      header: (name) => context.req.header(name),
      requestId: context.res.headers.get("x-request-id") ?? undefined
    })
    try {
      await next()
    } catch (error) {
      end(see(500), description)
      throw error
    }
    const { status } = context.res
    const isRead = context.req.method !== "HEAD"
    const response = watched(context.res, isRead, (isWhole) => {
      end(see(isWhole ? status : Exchange.aborted), description)
    })
    if (response === context.res) return
    // Hono adds the head of the response before to the one that is set.
    context.res = undefined
    context.res = response
  }
}

interface Bindings {
  readonly incoming?: IncomingMessage
  readonly outgoing?: ServerResponse
}

const nodeOf = (env: Bindings | undefined) =>
  env?.incoming?.socket && typeof env.outgoing?.once === "function"
    ? { request: env.incoming, response: env.outgoing }
    : undefined
