import type { Ids, Site } from "@spoor/domain"
import { Activities, Intakes, type Place } from "@spoor/postgres"
import { Settled } from "@spoor/testing"
import { Clock, Effect, Schedule } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { attemptsOf, type Tally } from "./Client.ts"
import { type House, killFor } from "./House.ts"
import type { Subscriber } from "./Subscriber.ts"
import * as Traffic from "./Traffic.ts"

/** What a run amounted to. *Shape*: `faults` says what is not as it must be; none where all is well. */
export interface Findings {
  readonly figures: Readonly<Record<string, number>>
  readonly faults: ReadonlyArray<string>
}

/** Waiting longer than this for a queue or a subscriber that gets no further is a fault. *Units*: milliseconds. */
const patience = 600_000

const tellPause = 5_000

/** Each look reads what is still waiting, in the database that others are to use. */
const askPause = "500 millis"

/** An entry of a request's own name: the part of another lane has the lane behind it. */
const isFirstPart = (sql: SqlClient.SqlClient) => sql`batch_id not like '%+%'`

/** Visitors whose events are read at once. */
const visitorsMax = 2_000

/** How many requests are written by now, as of a moment ago; it goes on for as long as the scope. */
export const following = Effect.fnUntraced(function* ({ place }: House) {
  const sql = yield* SqlClient.SqlClient
  let written = 0
  // A database that is away has written nothing since.
  const look = sql<{ readonly n: number }>`
    select count(*)::float8 as n from intake where unit_id = ${place.unitId} and ${isFirstPart(sql)}`.pipe(
    Effect.tap(([row]) => Effect.sync(() => (written = row?.n ?? 0))),
    Effect.ignore
  )
  yield* Effect.forkScoped(Effect.forever(Effect.delay(look, "100 millis")))
  return () => written
})

/** Waits until nothing is left in the queue. */
export const untilTaken = Effect.fnUntraced(function* (house: House, tell: Tell) {
  // The metrics may be so old.
  yield* Effect.sleep("2 seconds")
  yield* until("messages wait in the queue", queued(house), tell)
})

/** Waits until everything that was accepted is written, and every outcome is due and out. */
export const untilWritten = Effect.fnUntraced(function* (house: House, traffic: Traffic.Traffic, tell: Tell) {
  const sql = yield* SqlClient.SqlClient
  yield* untilTaken(house, tell)
  const now = yield* Clock.currentTimeMillis
  yield* Effect.sleep(Math.max(0, traffic.lastAt + Traffic.settledAfter + 1_000 - now))
  const due = sql<{ readonly n: number }>`select count(*)::float8 as n from session where due_at is not null`
  const left = Effect.map(due, ([row]) => row?.n ?? 0)
  yield* until("outcomes are not out", left, tell)
})

/**
 * Waits until the subscriber has taken every message.
 *
 * What a killed worker had taken would wait for a minute, and what failed twice for five: so the workers die once more,
 * all at once, and what waits is due as if that time were over.
 */
export const untilTold = Effect.fnUntraced(function* ({ workers }: House, tell: Tell) {
  const sql = yield* SqlClient.SqlClient
  yield* Effect.forEach(workers, (worker) => killFor(worker, 500), { concurrency: "unbounded" })
  yield* sql`update webhook_delivery set next_attempt_at = now() where state = 'waiting'`.pipe(
    Effect.retry({ schedule: Schedule.spaced("200 millis"), times: 300 })
  )
  const left = Effect.gen(function* () {
    yield* sql`
      update webhook_delivery set next_attempt_at = now()
      where state = 'waiting' and not is_taken and next_attempt_at > now() + interval '2 seconds'`
    const [row] = yield* sql<{ readonly n: number }>`
      select count(*)::float8 as n from webhook_delivery where state = 'waiting'`
    return row?.n ?? 0
  })
  yield* until("messages are not delivered", left, tell)
})

type Tell = (text: string) => void

/** Waits until it comes to nothing, and says every now and then how much there is. Who cannot say it yet has not come to that. */
const until = Effect.fnUntraced(function* (what: string, ask: Effect.Effect<number, SqlError.SqlError>, tell: Tell) {
  const count = Effect.orElseSucceed(ask, () => Infinity)
  let least = Infinity
  let lessAt = yield* Clock.currentTimeMillis
  let toldAt = lessAt
  for (let left = yield* count; left > 0; left = yield* count) {
    const now = yield* Clock.currentTimeMillis
    if (left < least) [least, lessAt] = [left, now]
    if (now - lessAt > patience) return yield* Effect.die(new Error(`After all this time ${left} ${what}.`))
    if (now - toldAt > tellPause) {
      toldAt = now
      tell(`${left} ${what}`)
    }
    yield* Effect.sleep(askPause)
  }
})

/** Messages of the queue, as a door's metrics have them; more than none while it does not say. */
const queued = ({ doors }: House): Effect.Effect<number> =>
  Effect.promise(async () => {
    const response = await fetch(`${doors[0]!.operators}/metrics`).catch(() => null)
    const text = (await response?.text().catch(() => null)) ?? ""
    const counts = [...text.matchAll(/^spoor_queue_messages\{.*topic="activity".*\} (\d+)$/gm)].map(([, count]) =>
      Number(count)
    )
    return counts.length < 2 ? Infinity : counts.reduce((sum, count) => sum + count, 0)
  })

/** Holds what was sent, what is stored, what the rules say of it and what the subscriber was told against each other. */
export const audit = Effect.fnUntraced(function* (
  { nats, place }: House,
  traffic: Traffic.Traffic,
  tally: Tally,
  subscriber?: Subscriber
) {
  const faults: Array<string> = []
  const counts = yield* count(place)
  const { duplicate, firstParts, rejected, requests, stored } = counts
  const claim = (isTrue: boolean, fault: string) => void (isTrue || faults.push(fault))

  claim(
    tally.accepted === traffic.batches.length,
    `${tally.accepted} of ${traffic.batches.length} requests were accepted.`
  )
  claim(
    tally.accepted <= requests && requests <= attemptsOf(tally),
    `${requests} requests were written; ${tally.accepted} were accepted and ${attemptsOf(tally)} sent.`
  )
  const sent = requests * Traffic.itemsPerBatch
  const missing = sent - stored - duplicate - rejected
  // JetStream keeps the parts of a request one by one: of a door that is killed meanwhile, which answered nobody, only some.
  const unanswered = nats.length === 0 ? 0 : requests - tally.accepted
  claim(
    missing === 0 || (missing > 0 && missing < unanswered * Traffic.itemsPerBatch),
    `Sent ${sent} is not stored ${stored} + duplicate ${duplicate} + rejected ${rejected}.`
  )
  claim(
    requests - firstParts <= unanswered,
    `Of ${requests - firstParts} requests the first part is missing; ${unanswered} were not answered.`
  )
  claim(stored === traffic.ids.size, `${stored} items are stored, ${traffic.ids.size} different ones were sent.`)
  claim(
    rejected === firstParts * Traffic.rejectedPerBatch,
    `${rejected} items were rejected in ${firstParts} requests.`
  )
  claim(counts.rejectedRows === rejected, `${counts.rejectedRows} of ${rejected} rejected items were kept.`)
  claim(counts.letters === 0, `${counts.letters} messages have failed, one of them with ${counts.error}`)

  const events = yield* storedEvents(place)
  const kept = events.filter(({ id }) => traffic.ids.has(id)).length
  claim(
    kept === traffic.ids.size && events.length === kept,
    `${events.length} events are in the log, ${kept} of those sent.`
  )

  const [found, expected] = [yield* Settled.stored(place.unitId), Settled.ofRules(Traffic.rules, { events })]
  faults.push(...differences("session", found.sessions, expected.sessions, ({ id }) => id))
  faults.push(...differences("outcome", found.outcomes, expected.outcomes, ({ key }) => key))
  if (subscriber !== undefined) faults.push(...(yield* auditMessages(place, subscriber)))
  const figures = {
    accepted: tally.accepted,
    lost: tally.lost,
    refused: tally.refused,
    requests,
    sent,
    missing,
    stored,
    duplicate,
    rejected,
    sessions: found.sessions.length,
    outcomes: found.outcomes.length,
    emitted: counts.emitted,
    tries: counts.tries,
    ...(subscriber !== undefined && {
      messages: new Set(subscriber.taken.map(({ id }) => id)).size,
      told: subscriber.taken.length
    })
  }
  return { figures, faults } satisfies Findings
})

const count = Effect.fnUntraced(function* (place: Place) {
  const sql = yield* SqlClient.SqlClient
  const totals = yield* (yield* Intakes).totals(place, "activity")
  const [rows] = yield* sql<{
    readonly requests: number
    readonly firstParts: number
    readonly rejectedRows: number
    readonly letters: number
    readonly tries: number
    readonly error: string | null
    readonly emitted: number
  }>`
    select
      (select count(distinct split_part(batch_id, '+', 1)) from intake where unit_id = ${place.unitId})::float8 as requests,
      (select count(*) from intake where unit_id = ${place.unitId} and ${isFirstPart(sql)})::float8 as "firstParts",
      (select count(*) from rejected_item where unit_id = ${place.unitId})::float8 as "rejectedRows",
      (select count(*) from dead_letter where is_dead)::float8 as letters,
      (select count(*) from dead_letter where not is_dead)::float8 as tries,
      (select error from dead_letter where is_dead limit 1) as error,
      (select count(*) from session_event where unit_id = ${place.unitId})::float8 as emitted`
  return { ...totals, ...rows! }
})

/** What the rules are asked of: the log itself, and not what was meant to be in it. */
const storedEvents = Effect.fnUntraced(function* (place: Place) {
  const sql = yield* SqlClient.SqlClient
  const { ofVisitors } = yield* Activities
  const visitors = yield* sql<{ readonly id: Ids.VisitorId }>`
    select distinct visitor_id as id from activity where unit_id = ${place.unitId}`
  const events: Array<Site.Input["events"][number]> = []
  for (let from = 0; from < visitors.length; from += visitorsMax) {
    const some = visitors.slice(from, from + visitorsMax).map(({ id }) => id)
    for (const { activity } of yield* ofVisitors(place, some)) events.push(activity)
  }
  return events
})

/** How many differences are told one by one. */
const toldMax = 5

const differences = <A>(
  what: string,
  found: ReadonlyArray<A>,
  expected: ReadonlyArray<A>,
  nameOf: (one: A) => string
): ReadonlyArray<string> => {
  const wanted = new Map(expected.map((one) => [nameOf(one), JSON.stringify(one)]))
  const faults: Array<string> = []
  for (const one of found) {
    const [name, text] = [nameOf(one), JSON.stringify(one)]
    const want = wanted.get(name)
    if (!wanted.delete(name)) faults.push(`There is no ${what} ${text} by the rules, or it stands twice.`)
    else if (want !== text) faults.push(`The ${what} ${text} is ${want} by the rules.`)
  }
  for (const text of wanted.values()) faults.push(`The ${what} ${text} is missing.`)
  return faults.length > toldMax
    ? [...faults.slice(0, toldMax), `… and ${faults.length - toldMax} more ${what}s.`]
    : faults
}

/** Every change of the ledger was told once or more under one ID, and in the order in which it came about. */
const auditMessages = Effect.fnUntraced(function* ({ unitId }: Place, { errors, taken }: Subscriber) {
  const sql = yield* SqlClient.SqlClient
  const faults = [...errors]
  const rows = yield* sql<{ readonly id: string; readonly rowId: string; readonly type: string }>`
    select 'msg_' || message_id as id, session_event_id::text as "rowId", type::text from webhook_delivery
    where unit_id = ${unitId} order by webhook_delivery.id`
  const [emitted] = yield* sql<{ readonly emitted: number; readonly superseded: number }>`
    select count(*)::float8 as emitted, count(superseded_at)::float8 as superseded from session_event
    where unit_id = ${unitId} and not is_historic`
  for (const type of ["emitted", "superseded"] as const) {
    const told = rows.filter((row) => row.type === `outcome.${type}`).map(({ rowId }) => rowId)
    if (told.length !== emitted![type] || new Set(told).size !== told.length) {
      faults.push(`${emitted![type]} outcomes were ${type}, of ${told.length} the subscriber was to be told.`)
    }
  }
  const places = new Map(rows.map(({ id }, place) => [id, place]))
  const heard = new Set(taken.map(({ id }) => id))
  const unheard = rows.filter(({ id }) => !heard.has(id))
  if (unheard.length > 0) faults.push(`${unheard.length} messages never came, ${unheard[0]!.id} for one.`)
  if (heard.size > rows.length) faults.push(`${heard.size - rows.length} messages came that nobody sent.`)
  for (const key of ["rowId", "sessionId"] as const) {
    for (const [name, messages] of Map.groupBy(taken, (one) => one[key])) {
      if (name === null) continue
      const order = messages.map(({ id }) => places.get(id) ?? -1)
      if (order.some((place, at) => at > 0 && place < order[at - 1]!))
        faults.push(`Messages of ${key} ${name} came as ${order.join()}.`)
    }
  }
  return faults
})
