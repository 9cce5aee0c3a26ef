import type { Request, RequestHandler, Response } from "express"
import type * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import { watch } from "./node.ts"
import type { Recorder } from "./Recorder.ts"

export interface Options<L extends Log> extends Exchange.Options {
  /** Asked when the response is over, so that it knows what the routes found out. */
  readonly describe?: ((request: Request, response: Response) => Exchange.Described<L>) | undefined
}

/** Express 5's middleware that records every request which passes it: `app.use(record(recorder))`, before the routes. */
export const record = <L extends Log>(recorder: Recorder<L>, options: Options<L> = {}): RequestHandler => {
  const { describe } = options
  return (request, response, next) => {
    watch(
      recorder,
      options,
      { request, response, target: request.originalUrl },
      describe && (() => describe(request, response))
    )
    next()
  }
}
