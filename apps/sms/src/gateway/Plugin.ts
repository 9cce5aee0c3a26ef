import type { SmsGateway } from "@spoor/contracts"
import type { Headers } from "effect/http"

/**
 * A request as it came.
 *
 * *Shape*: `url` as the gateway knows it, by the configured public address and never by what the request says of itself; `query` without
 * the question mark.
 */
export interface RawRequest {
  readonly method: "GET" | "POST"
  readonly url: string
  readonly query: string
  readonly headers: Headers.Headers
  readonly body: Uint8Array
}

/** What a request says, before anybody knows what that means: the fields of one report. */
export type Fields = Readonly<Record<string, unknown>>

/**
 * What a signature proves. *Shape*: `nonce` is the same in a request that is sent again as it is, `signedAt` null where the vendor signs no
 * time. *Units*: UTC milliseconds.
 */
export type Proof =
  | { readonly _tag: "valid"; readonly nonce: string; readonly signedAt: number | null }
  | { readonly _tag: "missing" }
  | { readonly _tag: "wrong" }

/** A vendor: data where data will do, code for signatures and odd formats. */
export interface Plugin {
  readonly mapping: SmsGateway.Mapping
  /** Judges a request's signature by one secret. Vendors that sign nothing have none. *Units*: UTC milliseconds. */
  readonly verify?: (request: RawRequest, secret: string, now: number) => Proof
  /** The answer to a request without a signature where one is asked for; default 401. */
  readonly unsignedStatus?: 401 | 503
  /** The answer to calls that come too fast; default 503, which all vendors send again. 429 is for those that are known to slow down. */
  readonly throttledStatus?: 429
  /** What one report's fields say in fact; several where it tells of several messages, none where it tells of none. */
  readonly refine?: (fields: Fields) => ReadonlyArray<Fields>
  /** The body of the answer, where it depends on the reports. */
  readonly reply?: (reports: ReadonlyArray<Fields>) => string
}
