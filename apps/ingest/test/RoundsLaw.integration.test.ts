import { assert, layer } from "@effect/vitest"
import { DeadLetters } from "@spoor/postgres"
import { Faults, Queue } from "@spoor/queue"
import { TestDatabase } from "@spoor/testing"
import { Arbitrary, Effect, Exit, Layer, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { TestClock } from "effect/testing"
import { Rounds, type Work } from "../src/Rounds.ts"

const runs = Number(process.env["SPOOR_ARRIVAL_RUNS"] ?? 40)
const seed = Number(process.env["SPOOR_ARRIVAL_SEED"] ?? 20261124)
const triesMax = 3

const kinds = ["good", "unreadable", "refused", "unlucky", "mended"] as const
const weathers = ["fair", "fair", "away", "acknowledgements lost", "deliveries doubled"] as const
const index = (count: number) => Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: count - 1 }))
/** *Shape*: what a message is, and in which round it comes; how it goes with each round. Indexes into the tables above. */
const Case = Schema.Struct({
  messages: Schema.Array(Schema.Struct({ kind: index(kinds.length), round: index(8) })).check(Schema.isMaxLength(12)),
  weather: Schema.Array(index(weathers.length)).check(Schema.isMaxLength(8))
})

/** One instance belongs to one queue, so every case has its own of both. */
const roundsOn = (faults: Faults) =>
  Rounds.layerOf({ triesMax }).pipe(Layer.provideMerge(Queue.layerMemory({ faults })))

/** What the server answers: it is away, or refuses a message, for ever or for a while, or has others in the way. */
const raise = (sql: SqlClient.SqlClient, code: string) =>
  sql.unsafe(`do $$ begin raise exception using errcode = '${code}'; end $$`)

const workOf = (sql: SqlClient.SqlClient, isAway: () => boolean): Work<string> => {
  const conflicts = new Map<string, number>()
  const writeOne = (body: string) => {
    if (body.startsWith("refused")) return raise(sql, "22003")
    const count = (conflicts.get(body) ?? 0) + 1
    conflicts.set(body, count)
    if (body.startsWith("unlucky") && count <= 8) return raise(sql, "40P01")
    if (body.startsWith("mended") && count <= 2) return raise(sql, "23503")
    return sql`insert into written values (${body}) on conflict do nothing`
  }
  return {
    topic: "log",
    messagesMax: 5,
    bytesMax: 1e9,
    decode: Schema.decodeUnknownEffect(Schema.String.check(Schema.isPattern(/^(?!unreadable)/))),
    keyOf: (body) => body.slice(-1),
    write: (batches) =>
      isAway() ? raise(sql, "57P01") : sql.withTransaction(Effect.forEach(batches, ({ intake }) => writeOne(intake)))
  }
}

layer(DeadLetters.layer.pipe(Layer.provideMerge(TestDatabase.layer)), { timeout: "60 seconds" })(
  `rounds in any weather, ${runs} cases from seed ${seed}`,
  (it) => {
    it.effect.prop(
      "write what is good once, put aside what is not after as many tries of its own, and lose nothing",
      [Arbitrary.schema(Case)],
      ([{ messages, weather }]) => {
        const faults = new Faults()
        return Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const queue = yield* Queue
          const { once } = yield* Rounds
          yield* sql`create table if not exists written (name text primary key)`
          yield* sql`delete from written`
          yield* sql`delete from dead_letter`
          const tries = sql<{ name: string; tries: number; dead: boolean }>`
            select message_id as name, tries, is_dead as dead from dead_letter order by name`
          let isAway = false
          const work = workOf(sql, () => isAway)
          const round = Effect.gen(function* () {
            if ((yield* queue.depth("log")).waiting === 0) return
            const before = yield* tries
            const exit = yield* Effect.exit(once(work))
            if (isAway && Exit.isFailure(exit)) assert.deepEqual(yield* tries, before)
          })

          const names = messages.map(({ kind }, at) => `${kinds[kind]} ${at}`)
          for (let at = 0; at < 8; at++) {
            const arriving = names.filter((_, place) => messages[place]?.round === at)
            yield* queue.append(arriving.map((name) => ({ id: name, topic: "log" as const, body: name })))
            const now = weathers[weather[at] ?? 0]
            isAway = now === "away"
            if (now === "acknowledgements lost") yield* faults.loseAcknowledgements(1)
            if (now === "deliveries doubled") yield* faults.doubleDeliveries(2)
            yield* TestClock.adjust("5 minutes")
            yield* round
          }
          isAway = false
          for (
            let depth = yield* queue.depth("log");
            depth.waiting + depth.taken > 0;
            depth = yield* queue.depth("log")
          ) {
            yield* TestClock.adjust("5 minutes")
            yield* round
          }

          const isPoison = (name: string) => /^(unreadable|refused)/.test(name)
          const written = yield* sql<{ name: string }>`select name from written`
          assert.sameMembers(
            written.map(({ name }) => name),
            names.filter((name) => !isPoison(name))
          )
          const letters = yield* tries
          assert.sameMembers(
            letters.map(({ name }) => name),
            names.filter(isPoison)
          )
          for (const { name, tries, dead } of letters) assert.isTrue(dead && tries >= triesMax, `${name}: ${tries}`)
        }).pipe(Effect.provide(roundsOn(faults)))
      },
      { timeout: 60_000 + runs * 3_000, arbitrary: { runs, seed, size: 60 } }
    )
  }
)
