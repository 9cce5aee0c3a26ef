import { Result, Schema } from "effect"
import { closeSync, mkdirSync, openSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import type { Resolved } from "./Limits.ts"
import { type Delivery, type Depth, type Message, Receipt, type Topic } from "./Message.ts"
import type { TakeOptions } from "./Queue.ts"
import { QueueUnavailable } from "./QueueUnavailable.ts"

/**
 * Opens the file, makes it if there is none, and refuses one that another version wrote.
 *
 * *Units*: `busyWait` in milliseconds. Throws what SQLite throws.
 */
export const open = (folder: string, busyWait: number): DatabaseSync => {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, "queue.sqlite")
  // Bodies hold personal data. SQLite gives its side files the rights of this one, so it must not make it itself.
  closeSync(openSync(path, "a", 0o600))
  const database = new DatabaseSync(path, { timeout: busyWait })
  try {
    database.exec(tuning)
    establish(database)
    shrink(database)
    return database
  } catch (cause) {
    database.close()
    throw cause
  }
}

// 16 KiB pages wrote bodies of 38 kB faster than 4, 8 and 32. 256 of them, 4 MiB, is what one checkpoint moves at most,
// and so the longest pause that an append meets.
const tuning = `
  pragma page_size = 16384;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma wal_autocheckpoint = 256;
  pragma journal_size_limit = 16777216;
`

const version = 1

// Bodies stand apart, so that taking a message rewrites 100 bytes and not 38 kB. `autoincrement` because a sequence
// that came back would let an old receipt remove a new message. The tally makes the bounds a look at one row.
const schema = `
  create table message (
    sequence integer primary key autoincrement,
    topic text not null,
    id text not null,
    bytes integer not null,
    appended_at integer not null,
    hidden_until integer,
    is_taken integer not null default 0,
    attempt integer not null default 0,
    unique (topic, id)
  ) strict;
  create index message_by_visibility on message (topic, hidden_until, sequence);
  create table body (sequence integer primary key, text text not null) strict;
  create table tally (topic text primary key, messages integer not null, bytes integer not null) strict, without rowid;
  create trigger message_appended after insert on message begin
    insert into tally values (new.topic, 1, new.bytes)
      on conflict do update set messages = messages + 1, bytes = bytes + excluded.bytes;
  end;
  create trigger message_removed after delete on message begin
    delete from body where sequence = old.sequence;
    update tally set messages = messages - 1, bytes = bytes - old.bytes where topic = old.topic;
  end;
  pragma user_version = ${version};
`

const establish = (database: DatabaseSync): void => {
  database.exec("begin immediate")
  const found = decodeVersion(database.prepare("pragma user_version").get()).user_version
  if (found === 0) database.exec(schema)
  database.exec("commit")
  if (found > version) throw new Error(`The queue file has version ${found}, this program knows ${version}.`)
}

/** Pages are used again but never given back; an empty file that an outage blew up is made small when it is opened. */
const shrink = (database: DatabaseSync): void => {
  const { free, kept } = decodePages(
    database
      .prepare(
        "select (select count(*) from (select 1 from message limit 1)) as kept, freelist_count as free from pragma_freelist_count"
      )
      .get()
  )
  if (kept > 0 || free < freePagesMax) return
  try {
    database.exec("vacuum")
  } catch {
    // Another process is at work in it; the next opening tries again.
  }
}

/** 64 MiB. */
const freePagesMax = 4096

const decodePages = Schema.decodeUnknownSync(Schema.Struct({ kept: Schema.Int, free: Schema.Int }))
const decodeVersion = Schema.decodeUnknownSync(Schema.Struct({ user_version: Schema.Int }))
const decodeSequence = Schema.decodeUnknownSync(Schema.Struct({ sequence: Schema.Int }))
const decodeDue = Schema.decodeUnknownSync(Schema.Struct({ is_due: Schema.Int }))
const decodeTotal = Schema.decodeUnknownSync(Schema.Struct({ messages: Schema.Int, bytes: Schema.Int }))
const decodeCandidates = Schema.decodeUnknownSync(
  Schema.Array(Schema.Struct({ sequence: Schema.Int, bytes: Schema.Int }))
)
const decodeTaken = Schema.decodeUnknownSync(
  Schema.Struct({ id: Schema.String, appended_at: Schema.Int, attempt: Schema.Int, text: Schema.String })
)
const decodeDepth = Schema.decodeUnknownSync(
  Schema.Struct({ messages: Schema.Int, taken: Schema.Int, oldest: Schema.NullOr(Schema.Int) })
)

/**
 * Every statement that the embedded queue runs on its open file; each is synchronous.
 *
 * The caller puts those that write into a transaction. *Units*: instants in UTC milliseconds. Throws what SQLite throws.
 */
export const make = (database: DatabaseSync, limits: Resolved) => {
  const insert = database.prepare(
    `insert into message (topic, id, bytes, appended_at) values (?, ?, octet_length(?), ?)
       on conflict do nothing returning sequence`
  )
  const insertBody = database.prepare("insert into body values (?, ?)")
  const total = database.prepare(
    "select coalesce(sum(messages), 0) as messages, coalesce(sum(bytes), 0) as bytes from tally"
  )
  const due = database.prepare(
    `select exists (select 1 from message where topic = :topic and hidden_until is null)
         or exists (select 1 from message where topic = :topic and hidden_until <= :now) as is_due`
  )
  const reveal = database.prepare(
    "update message set hidden_until = null, is_taken = 0 where topic = ? and hidden_until <= ?"
  )
  const candidates = database.prepare(
    "select sequence, bytes from message where topic = ? and hidden_until is null order by sequence limit ?"
  )
  const hold = database.prepare(
    `update message set hidden_until = ?, is_taken = 1, attempt = attempt + 1 where sequence = ?
       returning id, appended_at, attempt, (select text from body where sequence = message.sequence) as text`
  )
  const remove = database.prepare("delete from message where sequence = ? and attempt = ?")
  const giveBack = database.prepare(
    `update message set hidden_until = ?, is_taken = 0
       where sequence = ? and attempt = ? and is_taken and hidden_until > ?`
  )
  const depth = database.prepare(
    `select coalesce((select messages from tally where topic = :topic), 0) as messages,
            (select count(*) from message where topic = :topic and hidden_until > :now and is_taken) as taken,
            (select min(appended_at) from (
               select appended_at, min(sequence) from message where topic = :topic and hidden_until is null
               union all
               select appended_at, min(sequence) from message where topic = :topic and hidden_until is not null
             )) as oldest`
  )

  const append = (messages: ReadonlyArray<Message>, now: number): Result.Result<void, QueueUnavailable> => {
    let added = 0
    for (const { body, id, topic } of messages) {
      const row = insert.get(topic, id, body, now)
      if (row === undefined) continue
      insertBody.run(decodeSequence(row).sequence, body)
      added++
    }
    const { bytes, messages: count } = decodeTotal(total.get())
    const isOver = count > limits.messagesMax || bytes > limits.bytesMax
    // Repeating what is there already must work in a full queue too.
    return added > 0 && isOver ? Result.fail(new QueueUnavailable({ reason: "full" })) : Result.void
  }

  const isDue = (topic: Topic, now: number): boolean => decodeDue(due.get({ topic, now })).is_due === 1

  const take = (options: TakeOptions, now: number): ReadonlyArray<Delivery> => {
    reveal.run(options.topic, now)
    const rows = decodeCandidates(candidates.all(options.topic, Math.max(1, options.messagesMax)))
    return prefix(rows, options.bytesMax).map(({ sequence }) => {
      const row = decodeTaken(hold.get(now + limits.ackWait, sequence))
      const receipt = Receipt.make(`${sequence}.${row.attempt}`)
      return { id: row.id, body: row.text, appendedAt: row.appended_at, attempt: row.attempt, receipt }
    })
  }

  const acknowledge = (deliveries: ReadonlyArray<Delivery>): void => {
    for (const { receipt } of deliveries) remove.run(...parts(receipt))
  }

  const release = (deliveries: ReadonlyArray<Delivery>, visibleAt: number, now: number): void => {
    for (const { receipt } of deliveries) giveBack.run(visibleAt, ...parts(receipt), now)
  }

  const measure = (topic: Topic, now: number): Depth => {
    const { messages, oldest, taken } = decodeDepth(depth.get({ topic, now }))
    return { waiting: messages - taken, taken, ...(oldest === null ? {} : { oldestAppendedAt: oldest }) }
  }

  return { append, isDue, take, acknowledge, release, measure }
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
