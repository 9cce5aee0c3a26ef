import { assert, it } from "@effect/vitest"
import { Clock, Effect } from "effect"
import { SqlClient } from "effect/sql"
import * as Books from "../src/Books.ts"
import * as Client from "../src/Client.ts"
import { withHouse } from "../src/House.ts"
import * as Subscriber from "../src/Subscriber.ts"
import * as Traffic from "../src/Traffic.ts"

const silent = () => {}

/** What must not pass unseen, as a statement that does it, and a word of the fault. */
const misdeeds: ReadonlyArray<readonly [statement: string, fault: string]> = [
  ["delete from activity where id = (select min(id) from activity)", "events are in the log"],
  ["update intake_count set stored = stored - 1", "items are stored"],
  ["update intake_count set duplicate = duplicate + 1", "is not stored"],
  ["delete from rejected_item where id = (select min(id) from rejected_item)", "rejected items were kept"],
  ["delete from intake where batch_id = (select min(batch_id) from intake)", "the first part is missing"],
  [
    "delete from intake where split_part(batch_id, '+', 1) = (select min(batch_id) from intake)",
    "requests were written"
  ],
  ["update session set event_count = 77 where no = (select min(no) from session)", "The session"],
  ["delete from session_event where id = (select min(id) from session_event)", "is missing"],
  ["update session_event set key = key || '!' where id = (select min(id) from session_event)", "by the rules"],
  ["delete from webhook_delivery where id = (select min(id) from webhook_delivery)", "nobody sent"]
]

it.live(
  "the audit has nothing to say against a house in which all is well, and sees whatever is not",
  () =>
    Effect.gen(function* () {
      const subscriber = yield* Subscriber.open(1)
      yield* withHouse({ queue: "embedded", doors: 1, workers: 1, subscriber, tell: silent }, (house) =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const traffic = Traffic.make(1, 1_000, (yield* Clock.currentTimeMillis) - Traffic.settledAfter)
          const tally = Client.newTally()
          const origins = house.doors.map(({ origin }) => origin)
          yield* Client.send({ ...traffic, origins, writeKey: house.writeKey, concurrency: 4, tally })
          yield* Books.untilWritten(house, traffic, silent)
          yield* Books.untilTold(house, silent)
          const faults = Effect.map(Books.audit(house, traffic, tally, subscriber), (found) => found.faults)
          assert.deepStrictEqual(yield* faults, [])
          for (const [statement, fault] of misdeeds) {
            const found = yield* sql
              .unsafe(statement)
              .pipe(Effect.andThen(faults), Effect.flatMap(Effect.fail), sql.withTransaction, Effect.flip)
            assert.include(JSON.stringify(found), fault, statement)
          }
          const early = { ...subscriber, taken: subscriber.taken.toReversed() }
          const { faults: disorder } = yield* Books.audit(house, traffic, tally, early)
          assert.include(JSON.stringify(disorder), "came as")
        })
      )
    }).pipe(Effect.scoped),
  120_000
)
