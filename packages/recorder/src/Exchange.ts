import * as Address from "./Address.ts"
import type { Callers, Log } from "./Item.ts"
import type { Recorder } from "./Recorder.ts"

/** *Shape*: what is given goes before what was seen of the request. */
export type Description<L extends Log> = Callers[L] & {
  readonly ip?: string | undefined
  readonly requestId?: string | undefined
}

/** What `describe` may answer: nothing to add, or null to leave this request out of the log. */
export type Described<L extends Log> = Description<L> | null | undefined

/** What every middleware takes. */
export interface Options {
  /** How many proxies of your own stand before the service; that many addresses of X-Forwarded-For are believed. */
  readonly trustProxy?: number | undefined
  /** The query's parameters that are recorded; the others, with what is secret in them, never leave the service. */
  readonly keepQuery?: ReadonlyArray<string> | undefined
  /** What is recorded instead of the path, for paths that carry secrets. */
  readonly path?: ((path: string) => string) | undefined
}

/** What a framework knows of a request. *Shape*: `target` is the path and the query, with or without the origin before them. */
export interface Seen {
  readonly target: string
  readonly method: string
  readonly status: number
  readonly peer: string | undefined
  readonly header: (name: "user-agent" | "x-forwarded-for" | "x-request-id") => string | null | undefined
  /** The x-request-id of the response, which is the host's own word. */
  readonly requestId?: string | undefined
}

/** The connection ended before the response did. *Source*: nginx's "client closed request"; not of RFC 9110. */
export const aborted = 499

/**
 * One request, from now on until the answer of this is called; only the first call counts.
 *
 * Nothing thrown in here reaches the host.
 */
export const begin = <L extends Log>(recorder: Recorder<L>, options: Options) => {
  const at = Date.now()
  const startedAt = performance.now()
  let isOver = false
  return (see: () => Seen, describe: (() => Described<L>) | undefined): void => {
    if (isOver) return
    isOver = true
    const processingMs = performance.now() - startedAt
    const description = attempt(recorder, () => plain(describe?.()))
    if (description === null) return
    attempt(recorder, () => {
      const { header, method, peer, requestId, status, target } = see()
      const { ip, requestId: givenId, ...caller } = description ?? {}
      const id = crypto.randomUUID()
      recorder.record({
        ...caller,
        id,
        at,
        url: attempt(recorder, () => urlOf(target, options)) ?? "/",
        method,
        status,
        processingMs,
        ip: ip ?? Address.clientOf(peer, header("x-forwarded-for") ?? undefined, options.trustProxy ?? 0),
        userAgent: header("user-agent") ?? undefined,
        requestId: givenId ?? requestId ?? header("x-request-id") ?? id
      })
    })
  }
}

const attempt = <A, L extends Log>(recorder: Recorder<L>, run: () => A): A | undefined => {
  try {
    return run()
  } catch (error) {
    recorder.noteDescribeError(error)
    return undefined
  }
}

/** A promise would be described as nothing, and its failure would end the process. */
const plain = <A>(described: A): A => {
  if (!(described instanceof Promise)) return described
  described.catch(() => undefined)
  throw new TypeError("describe answered with a promise; it is to answer at once")
}

const urlOf = (target: string, { keepQuery = [], path = (path) => path }: Options): string => {
  const [whole = "", query = ""] = target.split(/\?(.*)/s, 2)
  const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(whole)?.[0] ?? ""
  const kept = [...new URLSearchParams(query)].filter(([name]) => keepQuery.includes(name))
  const url = path(whole.slice(origin.length) || "/")
  return kept.length === 0 ? url : `${url}?${new URLSearchParams(kept)}`
}
