import { Intake } from "@spoor/contracts"
import { Queue } from "@spoor/queue"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { Doors } from "../Doors.ts"

/** Asks with a key, and any other headers. */
export const ask = Effect.fnUntraced(function* (path: string, key: string, headers: Record<string, string> = {}) {
  const { origin } = yield* Doors
  return yield* Effect.promise(async () => {
    const response = await fetch(`${origin}${path}`, { redirect: "manual", headers: { "x-api-key": key, ...headers } })
    const text = await response.text()
    return { status: response.status, headers: response.headers, text, json: () => JSON.parse(text) }
  })
})

/** The rows that requests left for the API log since this was asked last. */
export const taken = Effect.gen(function* () {
  const queue = yield* Queue
  if ((yield* queue.depth("log")).waiting === 0) return []
  const deliveries = yield* queue.take({ topic: "log", messagesMax: 1_000, bytesMax: 100_000_000 })
  yield* queue.acknowledge(deliveries)
  const intakes = yield* Effect.forEach(deliveries, ({ body }) => Schema.decodeEffect(Intake.LogIntakeFromText)(body))
  return intakes.flatMap(({ unitId, ...intake }) =>
    intake.log === "api" ? intake.entries.map((row) => ({ ...row, unitId })) : []
  )
})

/** A unit with one site and a key of each kind; what opening it asked is taken from the log. */
export const openUnit = Effect.gen(function* () {
  const { place, ...keys } = yield* (yield* Doors).openShop
  yield* taken
  return { ...place, ...keys }
})

/** Requests of one unit, a second apart and three at a time; `from` numbers them on. */
export const requests = Effect.fnUntraced(function* (unitId: number, count: number, from = 0, agent = "curl/8") {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms, user_agent)
    select ${unitId}, 'i' || i, to_timestamp(1790000000 + i / 3), '/orders/' || i, 'GET',
      case when i % 10 = 0 then 404 else 200 end, 'r' || i, 1, ${agent}
    from generate_series(${from}::int, ${from + count - 1}::int) as i`
})
