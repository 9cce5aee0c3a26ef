import type { IncomingMessage, ServerResponse } from "node:http"
import * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import type { Recorder } from "./Recorder.ts"

/**
 * *Shape*: `target` is the request's address before any router shortened it; `requestId` is asked for where the framework keeps the
 * response's headers to itself.
 */
interface Watched {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly target: string
  readonly requestId?: (() => string | undefined) | undefined
}

/** Records a request when Node says that its response is over: then the status is what went out, whoever set it last. */
export const watch = <L extends Log>(
  recorder: Recorder<L>,
  options: Exchange.Options,
  { request, requestId, response, target }: Watched,
  describe: (() => Exchange.Described<L>) | undefined
): void => {
  const end = Exchange.begin(recorder, options)
  // A connection that is gone has no address any more.
  const peer = request.socket?.remoteAddress
  response.once("close", () => end(see, describe))

  const see = (): Exchange.Seen => ({
    target,
    method: request.method ?? "",
    status: response.writableFinished ? response.statusCode : Exchange.aborted,
    peer,
    header: (name) => textOf(request.headers[name]),
    requestId: requestId?.() ?? textOf(response.getHeader("x-request-id"))
  })
}

const textOf = (header: number | string | ReadonlyArray<string> | undefined): string | undefined =>
  header === undefined ? undefined : String(header)
