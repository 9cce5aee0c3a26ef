import { event } from "./NativeItems.ts"
import type { Piece } from "./Wire.ts"

/** What a case's requests are made of. */
export interface Sender {
  readonly key: string
  readonly serverKey: string
  /** `Host: …` and the end of its line. */
  readonly host: string
  /** A good batch of two events, whose IDs nobody else has. */
  readonly body: string
}

/**
 * What somebody could send over a socket.
 *
 * *Shape*: `answers` are the statuses, in their order; a list in it is a choice, for what is left to the server. Where one is
 * 200 the two good events must be in the database at the end, else they must not.
 */
export interface RequestCase {
  readonly name: string
  readonly pieces: (sender: Sender) => ReadonlyArray<Piece>
  readonly answers: ReadonlyArray<number | ReadonlyArray<number>>
  /** The case sends other things than the two good events. */
  readonly isElsewhere?: boolean
  /** How long the server may be silent. *Units*: milliseconds. */
  readonly quietMax?: number
  readonly end?: "wait" | "finish" | "reset"
}

/** Two good events and what a case puts between, before or after them. */
export const batch = (name: string, key: string): string =>
  JSON.stringify({ writeKey: key, events: [event(`${name}-a`), event(`${name}-b`)] })

/** A whole request with a body. *Shape*: `headers` as lines; the body's length is added. */
export const post = (
  { host }: Sender,
  body: string | Uint8Array,
  headers: ReadonlyArray<string> = [],
  line = "POST /v1/events HTTP/1.1"
): ReadonlyArray<Piece> => {
  const bytes = typeof body === "string" ? Buffer.from(body) : body
  const head = [line, host, "Connection: close", `Content-Length: ${bytes.length}`, ...headers]
  return [`${head.join("\r\n")}\r\n\r\n`, bytes]
}
