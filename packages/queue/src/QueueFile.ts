import { Schema } from "effect"
import { closeSync, mkdirSync, openSync, statfsSync } from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"

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

/** Tells how many bytes may be appended until there are only `bytesMin` left on the disk. */
export const room = (database: DatabaseSync, folder: string, bytesMin: number): (() => number) => {
  const unused = database.prepare(
    "select freelist_count * page_size as bytes from pragma_freelist_count, pragma_page_size"
  )
  return () => {
    const { bavail, bsize } = statfsSync(folder)
    const left = bavail * bsize - bytesMin
    // The file never shrinks while it is open: what was acknowledged is room inside of it.
    return left > 0 ? left : left + decodeUnused(unused.get()).bytes
  }
}

// 16 KiB pages wrote bodies of 38 kB with less work than 4 and 8 (ADR 0006). 256 of them, 4 MiB, is what one checkpoint
// moves at most, and so the longest pause that an append meets.
const tuning = `
  pragma page_size = 16384;
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma wal_autocheckpoint = 256;
  pragma journal_size_limit = 16777216;
`

const version = 3

// `topic` is a lane's channel (Message.ts).
//
// A message is written once and never changed; what happens to it stands in `hold`, so that taking it writes 50 bytes and
// not 38 kB. The body comes last, so that nobody reads over it. `autoincrement` because a sequence that came back would let
// an old receipt remove a new message. The tally makes the bounds a look at one row, and its `frontier`, the last sequence
// that was ever taken, makes the next message one step in an index. No trigger keeps it: one makes an insert half as dear
// again, for the sake of undoing it.
const schema = `
  create table message (
    sequence integer primary key autoincrement,
    topic text not null,
    id text not null,
    bytes integer not null,
    appended_at integer not null,
    body text not null,
    unique (topic, id)
  ) strict;
  create index message_by_topic on message (topic, sequence);
  create table hold (
    sequence integer primary key,
    topic text not null,
    hidden_until integer,
    is_taken integer not null default 1,
    attempt integer not null default 1
  ) strict;
  create index hold_by_visibility on hold (topic, hidden_until, sequence);
  create table tally (
    topic text primary key,
    messages integer not null,
    bytes integer not null,
    frontier integer not null default 0
  ) strict, without rowid;
`

/** Who takes, so that the takers can share the lanes out. */
const takers = `
  create table taker (name text primary key, seen_at integer not null) strict, without rowid;
`

/** Version 1 kept bodies apart from their messages, and with a message what had happened to it. */
const fromVersion1 = `
  alter table message rename to old_message;
  drop index message_by_visibility;
  drop trigger message_appended;
  drop trigger message_removed;
  alter table tally rename to old_tally;
  ${schema}
  insert into tally (topic, messages, bytes) select topic, messages, bytes from old_tally;
  insert into message select m.sequence, topic, id, bytes, appended_at, text from old_message m join body using (sequence);
  insert into hold select sequence, topic, hidden_until, is_taken, attempt from old_message where attempt > 0;
  update tally set frontier = coalesce((select max(sequence) from hold where hold.topic = tally.topic), 0);
  drop table old_message;
  drop table old_tally;
  drop table body;
`

const establish = (database: DatabaseSync): void => {
  database.exec("begin immediate")
  const found = decodeVersion(database.prepare("pragma user_version").get()).user_version
  if (found > version) throw new Error(`The queue file has version ${found}, this program knows ${version}.`)
  const steps = [found === 0 ? schema : found === 1 ? fromVersion1 : "", takers]
  if (found < version) database.exec(`${steps.join(";")}; pragma user_version = ${version}`)
  database.exec("commit")
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

const decodeUnused = Schema.decodeUnknownSync(Schema.Struct({ bytes: Schema.Int }))
const decodePages = Schema.decodeUnknownSync(Schema.Struct({ kept: Schema.Int, free: Schema.Int }))
const decodeVersion = Schema.decodeUnknownSync(Schema.Struct({ user_version: Schema.Int }))
