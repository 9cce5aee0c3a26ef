import type { RequestEvent } from "@sveltejs/kit"
import type { Handle } from "@sveltejs/kit/hooks"
import * as Exchange from "./Exchange.ts"
import type { Log } from "./Item.ts"
import type { Recorder } from "./Recorder.ts"
import { watched } from "./web.ts"

/** Whom to believe about the client's address is set up in the adapter, for the whole application. */
export interface Options<L extends Log> extends Omit<Exchange.Options, "trustProxy"> {
  /** Asked when the response is over, so that it knows what `locals` holds by then. */
  readonly describe?: ((event: RequestEvent) => Exchange.Described<L>) | undefined
}

/**
 * SvelteKit's `handle` that records every request: `export const handle = sequence(record(recorder), yours)`, as the first.
 *
 * What the application fetches from itself while it renders is no request of anybody's and is left out.
 */
export const record = <L extends Log>(recorder: Recorder<L>, options: Options<L> = {}): Handle => {
  const { describe } = options
  return async ({ event, resolve }) => {
    if (event.isSubRequest) return resolve(event)
    const end = Exchange.begin(recorder, options)
    const description = describe && (() => describe(event))
    const see = (status: number, response?: Response) => (): Exchange.Seen => ({
      target: event.request.url,
      method: event.request.method,
      status: event.request.signal.aborted ? Exchange.aborted : status,
      peer: addressOf(event),
      header: (name) => event.request.headers.get(name),
      requestId: response?.headers.get("x-request-id") ?? undefined
    })
    try {
      const response = await resolve(event)
      const status = sentStatus(event.request, response)
      const isRead = event.request.method !== "HEAD" && status !== 304
      return watched(response, isRead, (isWhole) => {
        end(see(isWhole ? status : Exchange.aborted, response), description)
      })
    } catch (error) {
      end(see(thrownStatus(error)), description)
      throw error
    }
  }
}

/** While pages are prerendered there is no client, and asking for one is an error. */
const addressOf = (event: RequestEvent): string | undefined => {
  try {
    return event.getClientAddress()
  } catch {
    return undefined
  }
}

/** After `handle`, SvelteKit answers 304 where the browser has this very version. */
const sentStatus = (request: Request, response: Response): number => {
  const etag = response.status === 200 ? response.headers.get("etag") : null
  return etag !== null && request.headers.get("if-none-match")?.replace(/^W\/(?=")/, "") === etag
    ? 304
    : response.status
}

/** What `redirect()` and `error()` throw in a `handle` behind this one has its status; SvelteKit makes 500 of the rest. */
const thrownStatus = (error: unknown): number => {
  if (typeof error !== "object" || error === null || !("status" in error)) return 500
  const isKits = "location" in error || "body" in error || "text" in error
  return isKits && typeof error.status === "number" ? error.status : 500
}
