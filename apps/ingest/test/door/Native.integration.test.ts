import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { HttpRouter } from "effect/http"
import { postEvents } from "../../src/door/Native.ts"
import { ask, faults, serve, taken } from "../DoorServer.ts"

const good = { authorization: "Bearer wk_good" }
const event = '{"events":[{"id":"e1","visitorId":"v1","type":"VisitOnWebsite"}]}'
const post = (body: string, headers: Record<string, string> = {}, path = "/v1/events") =>
  ask(path, { method: "POST", body, headers })

layer(serve(HttpRouter.add("POST", "/v1/events", postEvents)), { excludeTestServices: true })(
  "a tracking door",
  (it) => {
    const refused = [
      ["in the header", () => post("{", good), 400, "/v1/events"],
      ["in the query", () => post("{", {}, "/v1/events?writeKey=wk_good"), 400, "/v1/events?writeKey=***"],
      ["in the body", () => post(`{"writeKey":"wk_good","events":[${"1,".repeat(500)}1]}`), 413, "/v1/events"]
    ] as const
    for (const [where, send, status, url] of refused) {
      it.effect(`makes a row of the API log when it refuses a request whose key stands ${where}`, () =>
        Effect.gen(function* () {
          const answer = yield* send()
          assert.strictEqual(answer.status, status)
          const { own } = yield* taken
          assert.lengthOf(own, 1)
          assert.deepInclude<object | undefined>(own[0]?.entries[0], {
            itemId: JSON.parse(answer.text).requestId,
            apiKey: { name: "Pages", prefix: "wk_g" },
            status,
            url
          })
        })
      )
    }

    it.effect("makes no row of what it accepts, nor of what names no known key", () =>
      Effect.gen(function* () {
        assert.strictEqual((yield* post(event, good)).status, 200)
        assert.strictEqual((yield* post(event)).status, 401)
        assert.strictEqual((yield* post(event, { authorization: "Bearer wk_bad" })).status, 401)
        assert.deepStrictEqual(yield* taken, { sent: [], own: [] })
      })
    )

    it.effect("makes a row when the queue does not take the batch but takes the row", () =>
      Effect.gen(function* () {
        yield* faults.failAppends(1)
        assert.strictEqual((yield* post(event, good)).status, 503)
        assert.deepInclude((yield* taken).own[0]?.entries[0], { status: 503 })
      })
    )
  }
)
