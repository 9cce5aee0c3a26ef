import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { instant } from "./Keyset.ts"

/** Which message of the queue is meant. *Shape*: `unitId` is null where its body does not say it. */
interface MessageName {
  readonly unitId: number | null
  readonly topic: string
  readonly messageId: string
}

/** A message that failed once more, and why. *Units*: instants in UTC milliseconds. */
export interface FailedMessage extends MessageName {
  readonly body: string
  readonly error: string
  readonly appendedAt: number
  readonly failedAt: number
}

/** A message that was put aside. *Units*: instants in UTC milliseconds, `bytes` of its body. */
export interface DeadLetter extends MessageName {
  readonly id: number
  readonly error: string
  readonly tries: number
  readonly bytes: number
  readonly appendedAt: number
  readonly failedAt: number
}

/** The same with what it said. */
export interface DeadLetterBody extends DeadLetter {
  readonly body: string
}

/** Which letters are meant: those that match all that is given. */
export interface DeadLetterFilter {
  readonly unitId?: number | undefined
  readonly topic?: string | undefined
}

/** Far longer than the pauses between two tries. */
const triesKeptFor = Duration.days(1)

/**
 * What failed in the queue for its own sake: how often, why, and at last put aside whole.
 *
 * Of all units, because it is for those who run Spoor. *Fails* with `SqlError`. *Source*: ADR 0027.
 */
export class DeadLetters extends Context.Service<
  DeadLetters,
  {
    /**
     * Counts a failed try. The message is dead from its `triesMax`th on, and then may leave the queue.
     *
     * The row is the message's own by unit, topic and ID, so that a failure that is told twice makes no second letter.
     */
    readonly add: (
      failed: FailedMessage,
      triesMax: number
    ) => Effect.Effect<{ readonly tries: number; readonly isDead: boolean }, SqlError.SqlError>
    /** Takes back one try that was counted before it was made, and was not the message's to answer for. */
    readonly pardon: (message: MessageName) => Effect.Effect<void, SqlError.SqlError>
    /** Forgets what was counted of messages that succeeded after all. */
    readonly forget: (messages: ReadonlyArray<MessageName>) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Forgets at `now` the tries of messages that nobody came back to: a worker that was late counted one of what another had
     * written, and was killed then. No letter goes. Gives how many went.
     */
    readonly purge: (now: number) => Effect.Effect<number, SqlError.SqlError>
    /** Dead letters, those that began to fail last first, from below the ID `before` on; `rowsMax` at most. */
    readonly page: (
      options: DeadLetterFilter & { readonly before?: number | undefined; readonly rowsMax: number }
    ) => Effect.Effect<ReadonlyArray<DeadLetter>, SqlError.SqlError>
    readonly find: (id: number) => Effect.Effect<DeadLetterBody | null, SqlError.SqlError>
    /**
     * Takes letters, hands them to somebody and removes them when that succeeded; those that are not there are left out.
     *
     * They are locked meanwhile: a message that fails again at once waits, and becomes a letter of its own.
     * *Shape*: what was handed over. *Fails* also as `hand` does; then nothing is removed.
     */
    readonly handOver: <E, R>(
      ids: ReadonlyArray<number>,
      hand: (letters: ReadonlyArray<DeadLetterBody>) => Effect.Effect<void, E, R>
    ) => Effect.Effect<ReadonlyArray<DeadLetterBody>, E | SqlError.SqlError, R>
  }
>()("@spoor/postgres/DeadLetters") {
  static readonly layer = Layer.effect(
    DeadLetters,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const columns = sql`
        id, nullif(unit_id, 0) as "unitId", topic, message_id as "messageId", error, tries, length(body) as bytes,
        ${instant(sql, "appended_at", "appendedAt")}, ${instant(sql, "failed_at", "failedAt")}`

      const add = Effect.fn("DeadLetters.add")(function* (failed: FailedMessage, triesMax: number) {
        const rows = yield* sql<{ readonly tries: number; readonly isDead: boolean }>`
          insert into dead_letter as known
            (unit_id, topic, message_id, body, error, tries, is_dead, appended_at, failed_at)
          values (${failed.unitId ?? 0}, ${failed.topic}, ${failed.messageId}, ${Buffer.from(failed.body)}::bytea,
            ${failed.error.replaceAll("\0", "\uFFFD")}, 1, 1 >= ${triesMax}::integer,
            to_timestamp(${failed.appendedAt}::float8 / 1000), to_timestamp(${failed.failedAt}::float8 / 1000))
          on conflict (unit_id, topic, message_id) do update set
            error = excluded.error, tries = known.tries + 1,
            is_dead = known.is_dead or known.tries + 1 >= ${triesMax}::integer,
            appended_at = excluded.appended_at, failed_at = excluded.failed_at
          returning tries, is_dead as "isDead"`
        return rows[0]!
      })

      const pardon = Effect.fn("DeadLetters.pardon")(function* ({ messageId, topic, unitId }: MessageName) {
        const named = sql`unit_id = ${unitId ?? 0} and topic = ${topic} and message_id = ${messageId}`
        yield* sql`delete from dead_letter where ${named} and tries <= 1`
        yield* sql`update dead_letter set tries = tries - 1 where ${named}`
      })

      const forget = Effect.fn("DeadLetters.forget")(function* (messages: ReadonlyArray<MessageName>) {
        if (messages.length === 0) return
        const names = messages.map(({ unitId, ...name }) => ({ ...name, unitId: unitId ?? 0 }))
        yield* sql`
          delete from dead_letter using jsonb_to_recordset(${JSON.stringify(names)}::text::jsonb)
            as well ("unitId" integer, topic text, "messageId" text)
          where unit_id = "unitId" and dead_letter.topic = well.topic and message_id = "messageId"`
      })

      const purge = Effect.fn("DeadLetters.purge")(function* (now: number) {
        const oldest = now - Duration.toMillis(triesKeptFor)
        const rows = yield* sql`
          delete from dead_letter where not is_dead and failed_at < to_timestamp(${oldest}::float8 / 1000) returning 1`
        return rows.length
      })

      const page = Effect.fn("DeadLetters.page")(function* ({
        before = Number.MAX_SAFE_INTEGER,
        rowsMax,
        topic,
        unitId
      }: Parameters<(typeof DeadLetters.Service)["page"]>[0]) {
        const where = [
          sql`is_dead`,
          sql`id < ${before}::bigint`,
          ...(unitId === undefined ? [] : [sql`unit_id = ${unitId}`]),
          ...(topic === undefined ? [] : [sql`topic = ${topic}`])
        ]
        return yield* sql<DeadLetter>`
          select ${columns} from dead_letter where ${sql.and(where)} order by id desc limit ${rowsMax}`
      })

      const find = Effect.fn("DeadLetters.find")(function* (id: number) {
        const rows = yield* sql<Stored>`select ${columns}, body from dead_letter where is_dead and id = ${id}::bigint`
        return rows.map(read)[0] ?? null
      })

      const handOver = Effect.fn("DeadLetters.handOver")(function* <E, R>(
        ids: ReadonlyArray<number>,
        hand: (letters: ReadonlyArray<DeadLetterBody>) => Effect.Effect<void, E, R>
      ) {
        const rows = yield* sql<Stored>`
          select ${columns}, body from dead_letter where is_dead and id = any(${ids}::bigint[]) order by id for update`
        const letters = rows.map(read)
        if (letters.length === 0) return letters
        yield* hand(letters)
        yield* sql`delete from dead_letter where is_dead and id = any(${letters.map(({ id }) => id)}::bigint[])`
        return letters
      }, sql.withTransaction)

      return DeadLetters.of({ add, pardon, forget, purge, page, find, handOver })
    })
  )
}

interface Stored extends DeadLetter {
  readonly body: Uint8Array
}

const read = ({ body, ...letter }: Stored): DeadLetterBody => ({ ...letter, body: Buffer.from(body).toString() })
