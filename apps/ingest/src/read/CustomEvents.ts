import { ReadApi } from "@spoor/contracts"
import { Ids } from "@spoor/domain"
import { CustomEvents, turnAfter } from "@spoor/postgres"
import { Effect, Schema } from "effect"
import { HttpServerResponse } from "effect/http"
import { shown } from "../platform/CustomEvents.ts"
import { answered } from "./Answered.ts"
import * as PageCursor from "./PageCursor.ts"
import * as Parameter from "./Parameter.ts"
import { invalid } from "./Refused.ts"

const encode = Schema.encodeSync(ReadApi.CustomEventsPage)

/** `GET /v1/custom-events`: what other systems reported in their own words, newest first. */
export const getCustomEvents = answered("GET /v1/custom-events", ({ unitId, parameters }) =>
  Effect.gen(function* () {
    yield* Parameter.onlyKnown(parameters, ["name", "email", "visitorId", "cursor"])
    const name = yield* exact(parameters, "name", Ids.text(128), "newsletter.opened")
    const email = yield* exact(parameters, "email", Ids.Email, "anna@example.pl", lower)
    const visitorId = yield* exact(parameters, "visitorId", Ids.VisitorId, "v-8d1f")
    const text = yield* Parameter.one(parameters, "cursor")
    const cursor = text === undefined ? null : yield* PageCursor.read("custom-events", text)
    const { rows, hasOlder } = yield* (yield* CustomEvents).page(unitId, { name, email, visitorId }, turnAfter(cursor))
    const last = hasOlder ? rows.at(-1) : undefined
    const nextCursor =
      last === undefined ? null : PageCursor.write("custom-events", { at: last.occurredAt, id: last.id })
    return HttpServerResponse.jsonUnsafe(encode({ rows: rows.map(shown), nextCursor }))
  })
)

const lower = (text: string): string => text.trim().toLowerCase()

/** What a field must be; *fails* where it cannot be that. */
const exact = Effect.fnUntraced(function* (
  parameters: URLSearchParams,
  name: string,
  schema: Schema.Constraint & { readonly Type: string },
  example: string,
  spell = (text: string): string => text
) {
  const text = yield* Parameter.one(parameters, name)
  if (text === undefined) return undefined
  const value = spell(text)
  return Schema.is(schema)(value) ? value : yield* invalid(name, text, [example])
})
