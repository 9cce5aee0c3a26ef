import { HttpApi, OpenApi } from "effect/http-api"
import * as PlatformApi from "./PlatformApi.ts"
import * as ReadApi from "./ReadApi.ts"
import * as SendApi from "./SendApi.ts"

/** What is sent may have more fields, which are ignored; what is answered may get more. */
const openEnded = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(openEnded)
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name, field]) => name !== "additionalProperties" || field !== false)
      .map(([name, field]) => [name, openEnded(field)])
  )
}

/**
 * Everything that is answered over HTTP for other systems, as data: the OpenAPI document and its page come of it.
 *
 * Only paths, parameters and schemas stand here. Who answers is in apps/ingest, so that bodies can be read by content and
 * refused by item.
 */
export const api = HttpApi.make("spoor")
  .add(ReadApi.group, ...SendApi.groups, PlatformApi.group)
  .annotateMerge(
    OpenApi.annotations({
      title: "Spoor",
      version: "1",
      description:
        "What an online shop's marketing leaves: five logs, the doors that fill them, and the platform's API.",
      transform: (document) =>
        Object.fromEntries(Object.entries(document).map(([name, part]) => [name, openEnded(part)]))
    })
  )

/** *Source*: OpenAPI Specification 3.1. */
export const document = (): OpenApi.OpenAPISpec => OpenApi.fromApi(api)
