import { assert, layer } from "@effect/vitest"
import { ActivityDoor, SegmentDoor } from "@spoor/contracts"
import type { Rejection } from "@spoor/domain"
import { Intakes, RejectedItems } from "@spoor/postgres"
import { Queue } from "@spoor/queue"
import { Effect, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { LogWorker } from "../../src/LogWorker.ts"
import { Worker } from "../../src/Worker.ts"
import { Doors, type Shop } from "../Doors.ts"
import { bodies } from "./Bodies.ts"
import { idOf, type ItemCase } from "./Case.ts"
import { event, nativeItems } from "./NativeItems.ts"
import { logItems, row } from "./LogItems.ts"
import { batch, type RequestCase } from "./RequestCase.ts"
import { call, segmentItems } from "./SegmentItems.ts"
import { sockets } from "./Sockets.ts"
import { traceCases } from "./Traces.ts"
import { exchange } from "./Wire.ts"

/** Words of ours, of our tools and of a stack that no answer may hold. */
const internal = /node_modules|\.[jt]s:\d|\n\s+at |Effect|Schema|postgres|sqlite|SqlError|Cause|Fiber|\[object /i

let shop: Shop | undefined
let otherShop: Shop | undefined
/** One shop for all cases: what is sent here is looked for in the database at the end. */
const theShop = Effect.gen(function* () {
  return (shop ??= yield* (yield* Doors).openShop)
})
/** The shop of cases that send other things than the good ones. */
const theOtherShop = Effect.gen(function* () {
  return (otherShop ??= yield* (yield* Doors).openShop)
})

/** What must be in the database at the end, and what must not; and what the answers said, log by log. */
const good: Array<string> = []
const bad: Array<string> = []
const sent = { activity: { stored: 0, duplicate: 0, rejected: 0 }, api: { stored: 0, duplicate: 0, rejected: 0 } }
const rejections: Array<string> = []

interface Verdict extends Partial<Rejection.Rejection> {
  readonly id?: string
  readonly verdict: "stored" | "duplicate" | "rejected"
}

/** A door for items, with its good ones. *Shape*: `verdicts` are those that an answer gives to three items. */
interface ItemDoor {
  readonly path: string
  readonly key: "browserKey" | "serverKey"
  readonly log: "activity" | "api"
  readonly list: string
  readonly cases: ReadonlyArray<ItemCase>
  readonly good: (id: string) => object
  readonly verdicts: (text: string) => ReadonlyArray<Verdict>
}

const decodeAnswer = Schema.decodeUnknownSync(Schema.fromJsonString(ActivityDoor.Answer))
const decodeSegment = Schema.decodeUnknownSync(Schema.fromJsonString(SegmentDoor.Answer))
const verdicts = (text: string): ReadonlyArray<Verdict> => decodeAnswer(text).verdicts

const doors: Record<string, ItemDoor> = {
  "an event": {
    path: "/v1/events",
    key: "browserKey",
    log: "activity",
    list: "events",
    cases: nativeItems,
    good: event,
    verdicts
  },
  "a call": {
    path: "/v1/batch",
    key: "browserKey",
    log: "activity",
    list: "batch",
    cases: segmentItems,
    good: call,
    verdicts: (text) => {
      const { errors } = decodeSegment(text)
      return [0, 1, 2].map((place) => {
        const error = errors.find((error) => error.place === place)
        return error === undefined ? { verdict: "stored" } : { verdict: "rejected", ...error }
      })
    }
  },
  "a row of a log": {
    path: "/v1/logs/api",
    key: "serverKey",
    log: "api",
    list: "items",
    cases: logItems,
    good: row,
    verdicts
  }
}

const count = (log: "activity" | "api", verdicts: ReadonlyArray<Verdict>): void => {
  for (const { verdict, reason, pointer } of verdicts) {
    sent[log][verdict]++
    if (verdict === "rejected") rejections.push(`${reason} ${pointer}`)
  }
}

const sendItem = Effect.fnUntraced(function* (door: ItemDoor, { name, json, expected }: ItemCase) {
  const { origin } = yield* Doors
  const key = (yield* theShop)[door.key]
  const siblings = [`${door.list}-${idOf(name)}-before`, `${door.list}-${idOf(name)}-after`] as const
  const [before, after] = siblings.map((id) => JSON.stringify(door.good(id)))
  const response = yield* Effect.promise(() =>
    fetch(`${origin}${door.path}`, {
      method: "POST",
      redirect: "manual",
      headers: { authorization: `Bearer ${key}` },
      body: `{"${door.list}":[${before},${json},${after}]}`
    })
  )
  const text = yield* Effect.promise(() => response.text())
  assert.strictEqual(response.status, 200, text)
  const answer = door.verdicts(text)
  good.push(...siblings)
  count(door.log, answer)
  const [first, verdict, last] = answer
  assert.deepEqual([first?.verdict, last?.verdict], ["stored", "stored"])
  if (typeof expected === "string") {
    assert.deepInclude(verdict, { verdict: expected })
    if (verdict?.id !== undefined) good.push(verdict.id)
  } else assert.deepInclude(verdict, { verdict: "rejected", reason: expected[0], pointer: expected[1] })
  assert.notMatch(text.replaceAll(/"(id|messageId)":"[^"]*"/g, ""), internal)
})

const sendRequest = Effect.fnUntraced(function* (
  theme: string,
  { pieces, answers, end, isElsewhere = false, quietMax }: RequestCase,
  place: number
) {
  const { origin } = yield* Doors
  const { browserKey: key, serverKey } = yield* isElsewhere ? theOtherShop : theShop
  const id = `${theme}-${place}`
  const sender = { key, serverKey, host: `Host: ${new URL(origin).host}`, body: batch(id, key) }
  const { statuses, text } = yield* Effect.promise(() => exchange(origin, pieces(sender), end, quietMax))
  assert.lengthOf(statuses, answers.length, text)
  for (const [place, status] of statuses.entries()) assert.include([answers[place]].flat(), status, text)
  assert.notMatch(text, internal)
  if (!isElsewhere) {
    for (const [answer] of text.matchAll(/\{"success":true.*?\}\]\}/g)) count("activity", verdicts(answer))
    ;(statuses.includes(200) ? good : bad).push(`${id}-a`, `${id}-b`)
  }
  // Whatever came, the next one is served.
  assert.strictEqual((yield* Effect.promise(() => fetch(`${origin}/healthz`))).status, 200)
})

/** Turns all pages of a log. */
const readAll = Effect.fnUntraced(function* (log: string) {
  const { origin } = yield* Doors
  const { apiKey } = yield* theShop
  for (let query = "?limit=200"; query !== "";) {
    const { status, text } = yield* Effect.promise(async () => {
      const response = await fetch(`${origin}/v1/logs/${log}${query}`, { headers: { "x-api-key": apiKey } })
      return { status: response.status, text: await response.text() }
    })
    assert.strictEqual(status, 200, text.slice(0, 1_000))
    const { nextCursor }: { readonly nextCursor: string | null } = JSON.parse(text)
    query = nextCursor === null ? "" : `?limit=200&cursor=${encodeURIComponent(nextCursor)}`
  }
})

layer(Doors.layer, { timeout: "60 seconds", excludeTestServices: true })("the door", (it) => {
  for (const [what, door] of Object.entries(doors)) {
    for (const one of door.cases) it.effect(`takes ${what}: ${one.name}`, () => sendItem(door, one))
  }
  for (const [theme, cases] of Object.entries({ body: bodies, socket: sockets, trace: traceCases })) {
    for (const [place, one] of cases.entries()) {
      it.effect(`answers a ${theme}: ${one.name}`, () => sendRequest(theme, one, place), 20_000)
    }
  }

  it.effect(
    "has stored all good events at the end, and kept every rejected one with its reason",
    () =>
      Effect.gen(function* () {
        const queue = yield* Queue
        const sql = yield* SqlClient.SqlClient
        const { place } = yield* theShop
        while ((yield* queue.depth("activity")).waiting > 0) yield* (yield* Worker).once
        while ((yield* queue.depth("log")).waiting > 0) yield* (yield* LogWorker).once
        // What cannot be written would be taken again and again.
        assert.deepEqual(yield* queue.depth("activity"), { waiting: 0, taken: 0 })
        assert.deepEqual(yield* queue.depth("log"), { waiting: 0, taken: 0 })

        const rows = yield* sql<{ id: string; log: string }>`
          select event_id as id, 'activity' as log from activity where unit_id = ${place.unitId}
          union all select id, 'activity' from identification where unit_id = ${place.unitId}
          union all select item_id, 'api' from api_log where unit_id = ${place.unitId} and request_id = item_id`
        const stored = new Set(rows.map(({ id }) => id))
        assert.deepEqual(
          good.filter((id) => !stored.has(id)),
          []
        )
        assert.deepEqual(
          bad.filter((id) => stored.has(id)),
          []
        )
        for (const log of ["activity", "api"] as const) {
          const books = yield* (yield* Intakes).totals(place, log)
          assert.strictEqual(books.stored + books.duplicate, sent[log].stored + sent[log].duplicate)
          if (log === "activity") assert.strictEqual(books.stored, rows.filter((one) => one.log === log).length)
        }
        // What was stored can be read: a value that no screen takes would cost its whole page.
        for (const log of ["activity", "session-events", "api"]) yield* readAll(log)

        const listed = yield* (yield* RejectedItems).page(place.unitId, {}, { rowsMax: 10_000 })
        assert.deepEqual(listed.map(({ reason, pointer }) => `${reason} ${pointer}`).sort(), rejections.sort())
      }),
    60_000
  )
})
