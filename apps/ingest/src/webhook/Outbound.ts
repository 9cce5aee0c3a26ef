import * as Network from "@spoor/contracts/network"
import { Context, Duration, Effect, Layer, Schema } from "effect"
import type { LookupAddress } from "node:dns"
import { lookup as systemLookup } from "node:dns/promises"
import { request as plainRequest } from "node:http"
import { request as tlsRequest } from "node:https"
import { isIP } from "node:net"

/** From the look-up of the name to the end of the answer. *Source*: Standard Webhooks 1.0.0: 15 to 30 seconds. */
export const timeout = Duration.seconds(15)

/** What is read of an answer's body, for politeness: what it says is of no interest. *Units*: bytes. */
const answerBytesMax = 16_384

/** The part of another's words that is kept. *Units*: UTF-16 code units. */
const detailLengthMax = 200

/** An answer's head. *Shape*: `retryAfter` as it was sent. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | null
}

/** Why there is no answer. `inside` and `unencrypted` are our own refusals: nothing was sent. */
export class Unanswered extends Schema.TaggedError<Unanswered>()("Unanswered", {
  reason: Schema.Literals(["inside", "unencrypted", "unknown-host", "timed-out", "broken"]),
  message: Schema.String
}) {}

/** Gives all addresses of a name. */
export type Lookup = (hostname: string) => Promise<ReadonlyArray<LookupAddress>>

export interface OutboundOptions {
  /** Networks that are not of the public internet and may be sent to all the same, unencrypted, too. */
  readonly allowed: Network.Networks
  /** Default: as the operating system finds names. */
  readonly lookup?: Lookup
}

/**
 * Posts to addresses that strangers chose.
 *
 * Every address that a name has is looked at, and the connection goes to those that were looked at, so that nothing can
 * change in between. Redirects are answers like others. *Fails* with `Unanswered`. *Source*: ADR 0028.
 */
export class Outbound extends Context.Service<
  Outbound,
  {
    readonly post: (
      url: URL,
      headers: Readonly<Record<string, string>>,
      body: string
    ) => Effect.Effect<Answer, Unanswered>
  }
>()("@spoor/ingest/webhook/Outbound") {
  static readonly layer = ({ allowed, lookup = (name) => systemLookup(name, { all: true }) }: OutboundOptions) =>
    Layer.sync(Outbound, () => {
      const post = Effect.fn("Outbound.post")(function* (
        url: URL,
        headers: Readonly<Record<string, string>>,
        body: string
      ) {
        const exchange: Exchange = { answer: null }
        return yield* addressesOf(url, lookup).pipe(
          Effect.tap((addresses) => examine(url, addresses, allowed)),
          Effect.flatMap((addresses) => send(url, addresses, { headers, body }, exchange)),
          // Who has answered and does not end has answered.
          Effect.timeoutOrElse({
            duration: timeout,
            orElse: () =>
              exchange.answer === null
                ? unanswered("timed-out", `There was no answer within ${Duration.toSeconds(timeout)} seconds.`)
                : Effect.succeed(exchange.answer)
          })
        )
      })
      return Outbound.of({ post })
    })
}

/** What has come of a request so far. */
interface Exchange {
  answer: Answer | null
}

const unanswered = (reason: Unanswered["reason"], message: string) => Effect.fail(new Unanswered({ reason, message }))

const addressesOf = (url: URL, lookup: Lookup): Effect.Effect<ReadonlyArray<LookupAddress>, Unanswered> => {
  const host = Network.hostOf(url)
  const family = isIP(host)
  if (family !== 0) return Effect.succeed([{ address: host, family }])
  return Effect.tryPromise({
    try: () => lookup(host),
    catch: (cause) => new Unanswered({ reason: "unknown-host", message: `${host} has no address: ${detailOf(cause)}` })
  })
}

const examine = (url: URL, addresses: ReadonlyArray<LookupAddress>, allowed: Network.Networks) => {
  const refusal = Network.refusalOf(
    url,
    addresses.map(({ address }) => address),
    allowed
  )
  if (refusal === null) return Effect.void
  return refusal.reason === "inside"
    ? unanswered("inside", `${url.hostname} leads to ${refusal.at}, which is not on the public internet.`)
    : unanswered("unencrypted", "An address on the public internet has to begin with https.")
}

const send = (
  url: URL,
  addresses: ReadonlyArray<LookupAddress>,
  { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: string },
  exchange: Exchange
) =>
  Effect.callback<Answer, Unanswered>((resume) => {
    const request = (url.protocol === "https:" ? tlsRequest : plainRequest)(url, {
      method: "POST",
      // A connection of its own, so that none is used that was examined for something else.
      agent: false,
      headers: { ...headers, "content-length": Buffer.byteLength(body) },
      lookup: (_host, options, found) =>
        options.all === true ? found(null, [...addresses]) : found(null, addresses[0]!.address, addresses[0]!.family)
    })
    const finish = (cause: unknown) =>
      resume(
        exchange.answer === null
          ? unanswered("broken", `The connection broke: ${detailOf(cause)}`)
          : Effect.succeed(exchange.answer)
      )
    request.on("response", (response) => {
      exchange.answer = { status: response.statusCode ?? 0, retryAfter: response.headers["retry-after"] ?? null }
      let left = answerBytesMax
      response.on("data", (chunk: Buffer) => {
        left -= chunk.length
        if (left < 0) request.destroy()
      })
      response.on("error", finish)
    })
    request.on("error", finish)
    request.on("close", () => finish("closed without an answer"))
    request.end(body)
    return Effect.sync(() => request.destroy())
  })

/** PostgreSQL stores neither NUL nor half a character. */
const detailOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .slice(0, detailLengthMax)
    .replaceAll("\u0000", "")
    .replaceAll(/\p{Surrogate}/gu, "")
