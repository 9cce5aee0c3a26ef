import { Effect } from "effect"
import { Doors, type Shop } from "../Doors.ts"

/** Asks the platform's API as another system would. */
export const call = Effect.fnUntraced(function* (
  key: Pick<Shop, "apiKey"> | null,
  method: string,
  path: string,
  sent?: unknown
) {
  const { origin } = yield* Doors
  const body = sent === undefined ? null : typeof sent === "string" ? sent : JSON.stringify(sent)
  const headers = key === null ? {} : { "x-api-key": key.apiKey }
  return yield* Effect.promise(async () => {
    const response = await fetch(`${origin}${path}`, { method, headers, body, redirect: "manual" })
    const text = await response.text()
    const json: unknown = text === "" ? null : JSON.parse(text)
    return { status: response.status, headers: response.headers, json }
  })
})
