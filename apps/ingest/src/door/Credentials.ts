import type { HttpServerRequest } from "effect/http"

/**
 * The write key that a request names: `Authorization: Bearer` or `Basic` (the user's name, as Segment's clients send it),
 * the body, or `writeKey` in the query, in this order: what a person set on purpose goes before what a page carries.
 *
 * *Shape*: "" when there is none.
 */
export const writeKeyOf = (request: HttpServerRequest.HttpServerRequest, inBody?: string): string =>
  authorized(request) ?? inBody ?? new URLSearchParams(request.url.split("?")[1] ?? "").get("writeKey") ?? ""

/**
 * The server key that a request names: as above, or in `x-write-key` for clients whose settings take no space in a header's
 * value. A secret is not read from the query: it would stand in every access log on its way.
 */
export const serverKeyOf = (request: HttpServerRequest.HttpServerRequest): string =>
  authorized(request) ?? request.headers["x-write-key"]?.trim() ?? ""

const authorized = (request: HttpServerRequest.HttpServerRequest): string | undefined => {
  const [, scheme, value] = /^(Bearer|Basic) +(\S+)$/i.exec(request.headers["authorization"] ?? "") ?? []
  if (scheme === undefined || value === undefined) return undefined
  return scheme.toLowerCase() === "bearer" ? value : userOf(value)
}

const userOf = (basic: string): string => Buffer.from(basic, "base64").toString("utf8").split(":")[0] ?? ""
