import type { FastifyInstance, FastifyPluginCallback, FastifyReply, FastifyRequest } from "fastify"
import type * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import { watch } from "./node.ts"
import type { Recorder } from "./Recorder.ts"

export interface Options<L extends Log> extends Exchange.Options {
  /** Asked when the response is over, so that it knows what the routes found out. */
  readonly describe?: ((request: FastifyRequest, reply: FastifyReply) => Exchange.Described<L>) | undefined
}

/** Fastify 5's plugin that records every request: `app.register(record(recorder))`, before the routes. */
export const record = <L extends Log>(recorder: Recorder<L>, options: Options<L> = {}): FastifyPluginCallback => {
  const { describe } = options
  const plugin = (app: FastifyInstance, _options: object, done: () => void): void => {
    app.addHook("onRequest", (request, reply, next) => {
      watch(
        recorder,
        options,
        {
          request: request.raw,
          response: reply.raw,
          target: request.originalUrl,
          requestId: () => reply.getHeader("x-request-id")?.toString()
        },
        describe && (() => describe(request, reply))
      )
      next()
    })
    done()
  }
  // Without it the hook would hold for what is registered inside the plugin: for nothing.
  return Object.assign(plugin, {
    [Symbol.for("skip-override")]: true,
    [Symbol.for("fastify.display-name")]: "@spoor/recorder"
  })
}
