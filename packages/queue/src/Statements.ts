import { Duration, Result, Schema } from "effect"
import type { DatabaseSync } from "node:sqlite"
import * as Fill from "./Fill.ts"
import { attendedFor, type Resolved } from "./Limits.ts"
import { channelOf, type Delivery, type Depth, type Message, Receipt } from "./Message.ts"
import type { TakeOptions } from "./Queue.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"

const decodeDue = Schema.decodeUnknownSync(Schema.Struct({ is_due: Schema.Int }))
const decodeTotal = Schema.decodeUnknownSync(Schema.Struct({ messages: Schema.Int, bytes: Schema.Int }))
const decodeCandidates = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ sequence: Schema.Int, bytes: Schema.Int, attempt: Schema.Int }))
)
const decodeTaken = Schema.decodeUnknownSync(
  Schema.Struct({ id: Schema.String, appended_at: Schema.Int, body: Schema.String })
)
const decodeTakers = Schema.decodeUnknownSync(Schema.Array(Schema.Struct({ name: Schema.String })))
const decodeRemoved = Schema.decodeUnknownSync(Schema.Struct({ topic: Schema.String, bytes: Schema.Int }))
const decodeDepth = Schema.decodeUnknownSync(
  Schema.Struct({ messages: Schema.Int, taken: Schema.Int, oldest: Schema.NullOr(Schema.Int) })
)

/**
 * Every statement that the embedded queue runs on its open file; each is synchronous.
 *
 * The caller puts those that write into a transaction. *Shape*: `room` is what may be appended before the disk counts as
 * full. *Units*: instants in UTC milliseconds. Throws what SQLite throws.
 */
export const make = (database: DatabaseSync, limits: Resolved, room: () => number) => {
  const insert = database.prepare(
    "insert into message (topic, id, bytes, appended_at, body) values (?, ?, ?, ?, ?) on conflict do nothing"
  )
  const known = database.prepare("select 1 from message where topic = ? and id = ?")
  const count = database.prepare(
    `insert into tally (topic, messages, bytes) values (?, ?, ?)
       on conflict do update set messages = messages + excluded.messages, bytes = bytes + excluded.bytes`
  )
  const total = database.prepare(
    "select coalesce(sum(messages), 0) as messages, coalesce(sum(bytes), 0) as bytes from tally"
  )
  const fresh = `topic = :topic and sequence > coalesce((select frontier from tally where topic = :topic), 0)`
  const due = database.prepare(
    `select exists (select 1 from message where ${fresh})
         or exists (select 1 from hold where topic = :topic and hidden_until is null)
         or exists (select 1 from hold where topic = :topic and hidden_until <= :now) as is_due`
  )
  const reveal = database.prepare(
    "update hold set hidden_until = null, is_taken = 0 where topic = ? and hidden_until <= ?"
  )
  // What was held before is older than everything beyond the frontier.
  const returned = database.prepare(
    `select sequence, bytes, attempt from hold join message using (sequence)
       where hold.topic = ? and hidden_until is null order by sequence limit ?`
  )
  const next = database.prepare(
    `select sequence, bytes, 0 as attempt from message where ${fresh} order by sequence limit :limit`
  )
  const hold = database.prepare(
    `insert into hold (sequence, topic, hidden_until) values (?, ?, ?)
       on conflict do update set hidden_until = excluded.hidden_until, is_taken = 1, attempt = attempt + 1`
  )
  const advance = database.prepare("update tally set frontier = max(frontier, ?) where topic = ?")
  const read = database.prepare("select id, appended_at, body from message where sequence = ?")
  const letGo = database.prepare("delete from hold where sequence = ? and attempt = ?")
  const remove = database.prepare("delete from message where sequence = ? returning topic, bytes")
  const giveBack = database.prepare(
    `update hold set hidden_until = ?, is_taken = 0
       where sequence = ? and attempt = ? and is_taken and hidden_until > ?`
  )
  const depth = database.prepare(
    `select coalesce((select messages from tally where topic = :topic), 0) as messages,
            (select count(*) from hold where topic = :topic and hidden_until > :now and is_taken) as taken,
            (select appended_at from message where topic = :topic order by sequence limit 1) as oldest`
  )

  const come = database.prepare(
    "insert into taker (name, seen_at) values (?, ?) on conflict do update set seen_at = excluded.seen_at"
  )
  // A clock that was set back must not keep anybody there for long.
  const forget = database.prepare("delete from taker where abs(seen_at - ?) > ?")
  const present = database.prepare("select name from taker order by name")
  const go = database.prepare("delete from taker where name = ?")

  const append = (messages: ReadonlyArray<Message>, now: number): Result.Result<void, QueueUnavailable> => {
    const rows = messages.map((message) => ({
      channel: channelOf(message),
      id: message.id,
      body: message.body,
      bytes: Buffer.byteLength(message.body)
    }))
    if (!fits(rows)) return Result.fail(new QueueUnavailable({ reason: "full" }))
    for (const { body, bytes, channel, id } of rows)
      if (insert.run(channel, id, bytes, now, body).changes > 0) count.run(channel, 1, bytes)
    return Result.void
  }

  const fits = (rows: ReadonlyArray<Row>): boolean => {
    const kept = decodeTotal(total.get())
    const bytesLeft = Math.min(limits.bytesMax - kept.bytes, room())
    const isWithin = (added: typeof rows) =>
      kept.messages + added.length <= limits.messagesMax &&
      added.reduce((sum, { bytes }) => sum + bytes, 0) <= bytesLeft
    if (isWithin(rows)) return true
    // Repeating what is there already must work in a full queue too.
    const first = new Map(rows.toReversed().map((row) => [`${row.channel} ${row.id}`, row]))
    const added = [...first.values()].filter(({ channel, id }) => known.get(channel, id) === undefined)
    return added.length === 0 || isWithin(added)
  }

  /** Writes the tally as it is, so that a disk which others filled, or which is read-only, shows. */
  const check = (): Result.Result<void, QueueUnavailable> => {
    if (!fits([{ channel: "activity", id: "", bytes: 1 }])) return Result.fail(new QueueUnavailable({ reason: "full" }))
    count.run("activity", 0, 0)
    return Result.void
  }

  const isDue = (lane: Lane, now: number): boolean => decodeDue(due.get({ topic: channelOf(lane), now })).is_due === 1

  const take = (options: TakeOptions, now: number): ReadonlyArray<Delivery> => {
    const topic = channelOf(options)
    reveal.run(topic, now)
    const limit = Math.max(1, options.messagesMax)
    const old = decodeCandidates(returned.all(topic, limit))
    const rows = prefix(
      old.length === limit ? old : [...old, ...decodeCandidates(next.all({ topic, limit: limit - old.length }))],
      options.bytesMax
    )
    const last = rows.at(-1)
    if (last?.attempt === 0) advance.run(last.sequence, topic)
    return rows.map(({ sequence, ...row }) => {
      hold.run(sequence, topic, now + limits.ackWait)
      const { appended_at, body, id } = decodeTaken(read.get(sequence))
      const attempt = row.attempt + 1
      return { id, body, appendedAt: appended_at, attempt, receipt: Receipt.make(`${sequence}.${attempt}`) }
    })
  }

  const acknowledge = (deliveries: ReadonlyArray<Delivery>): void => {
    for (const { receipt } of deliveries) {
      const [sequence, attempt] = parts(receipt)
      if (letGo.run(sequence, attempt).changes === 0) continue
      const { bytes, topic } = decodeRemoved(remove.get(sequence))
      count.run(topic, -1, -bytes)
    }
  }

  const release = (deliveries: ReadonlyArray<Delivery>, visibleAt: number, now: number): void => {
    for (const { receipt } of deliveries) giveBack.run(visibleAt, ...parts(receipt), now)
  }

  const measure = (topic: string, now: number): Depth => {
    const { messages, oldest, taken } = decodeDepth(depth.get({ topic, now }))
    return { waiting: messages - taken, taken, ...(oldest === null ? {} : { oldestAppendedAt: oldest }) }
  }

  const attend = (taker: string, now: number): ReadonlyArray<string> => {
    come.run(taker, now)
    forget.run(now, Duration.toMillis(attendedFor))
    return decodeTakers(present.all()).map(({ name }) => name)
  }

  const leave = (taker: string): void => void go.run(taker)

  const fill = (): Fill.Fill => Fill.of(decodeTotal(total.get()), limits, room())

  return { append, check, isDue, take, acknowledge, release, measure, attend, leave, fill }
}

type Lane = Pick<Message, "topic" | "lane">

/** What is asked of a message before it is kept. */
interface Row {
  readonly channel: string
  readonly id: string
  readonly bytes: number
}

/** The first rows that fit into `bytesMax` together, and in any case the first one. */
const prefix = <Row extends { readonly bytes: number }>(rows: ReadonlyArray<Row>, bytesMax: number) => {
  let bytes = 0
  const end = rows.findIndex((row, index) => (bytes += row.bytes) > bytesMax && index > 0)
  return end < 0 ? rows : rows.slice(0, end)
}

/** A sequence and an attempt. A receipt of another layer gives numbers that no row has. */
const parts = (receipt: Receipt): [sequence: number, attempt: number] => {
  const [sequence, attempt] = receipt.split(".")
  return [Number(sequence), Number(attempt)]
}
