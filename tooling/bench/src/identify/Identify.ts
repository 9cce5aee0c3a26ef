import { FilterText, Ids, Interval } from "@spoor/domain"
import { type LogQuery, LogReader, Retention, UnitLock, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Effect, Layer, Redacted, Result } from "effect"
import { SqlClient } from "effect/sql"
import { createHash, randomUUID } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Bench, Options, Report } from "../Bench.ts"
import * as Server from "../doors/Server.ts"
import { scansOf } from "../pages/Plan.ts"
import { fill, layer } from "../pages/Store.ts"

const program = new URL("../../../../apps/ingest/src/main.ts", import.meta.url)
const siteId = Ids.SiteId.make("shop")
const pageRows = 50

/** What is promised of it. *Units*: milliseconds. */
const bound = 5_000

/** Somebody who never said their e-mail. */
interface Anonymous {
  readonly visitorId: string
  readonly rows: number
}

interface Found extends Anonymous {
  readonly ms: number
}

/** From an `identify` to the visitor's earlier rows in *Website activity*, filtered by the e-mail, on a log that has grown. */
export const identify: Bench = {
  name: "identify",
  summary: "Milliseconds from an identify until the earlier rows are found by the e-mail, on --rows rows.",
  run: ({ rounds, ...shape }) =>
    Effect.runPromise(
      Effect.gen(function* () {
        const { unitId } = yield* fill(shape, (said) => console.error(said))
        const sql = yield* SqlClient.SqlClient
        // What is older than retention allows would go while the worker runs.
        yield* (yield* Retention).keep(unitId, { log: "activity", days: 3_650 })
        const key = `wk_bench_${randomUUID()}`
        const sha256 = createHash("sha256").update(key).digest("hex")
        const named = { unitId, siteId, kind: "browser", name: "Pages", prefix: key, publicKey: key } as const
        yield* (yield* WriteKeys).add({ ...named, sha256 })
        const asked = rounds * 10
        const visitors = yield* sql<Anonymous>`
          select visitor_id as "visitorId", sum(event_count)::float8 as rows from session
          where unit_id = ${unitId} and site_id = ${siteId} group by visitor_id
          having count(email) = 0 and count(*) between 2 and 200 order by random() limit ${asked + 1}`
        const home = yield* Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-bench-identify-")))
        const settings = { DATABASE_URL: Redacted.value((yield* EmbeddedPostgres).url), SPOOR_HOME: home, NATS_URL: "" }
        const server = yield* Effect.promise(() => Server.start(program, settings))
        const found: Array<Found> = []
        for (const visitor of visitors)
          found.push(yield* UnitLock.within(unitId)(measure(unitId, key, server.port, visitor)))
        const scans = yield* scansOf((yield* LogReader).page(queryOf(unitId, "nobody@example.pl"), newest, pageRows))
        yield* Effect.promise(() => server.stop())
        yield* Effect.promise(() => rm(home, { recursive: true, force: true }))
        // The first one waits for the door to know the key.
        return report({ rounds, ...shape }, found.slice(1), scans)
      }).pipe(Effect.provide(Layer.merge(Retention.layer, WriteKeys.layer).pipe(Layer.provideMerge(layer(shape)))))
    )
}

const newest = { direction: "newest" } as const

const queryOf = (unitId: number, email: string): LogQuery<"activity"> => ({
  unitId,
  log: "activity",
  filter: Result.getOrThrow(FilterText.parse("activity", `email:${email}`)),
  interval: Interval.always
})

const measure = Effect.fnUntraced(function* (unitId: number, key: string, port: number, visitor: Anonymous) {
  const reader = yield* LogReader
  const email = `${randomUUID()}@example.pl`
  const wanted = Math.min(pageRows, visitor.rows)
  const begun = performance.now()
  yield* Effect.promise(() => send(port, key, visitor.visitorId, email))
  for (;;) {
    const { rows } = yield* reader.page(queryOf(unitId, email), newest, pageRows)
    const ms = performance.now() - begun
    if (rows.length >= wanted || ms > 10 * bound) return { ...visitor, ms } satisfies Found
    yield* Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 10)))
  }
})

/** As a Segment client does; again where the door does not know the key yet. */
const send = async (port: number, writeKey: string, anonymousId: string, email: string): Promise<void> => {
  const body = JSON.stringify({ writeKey, messageId: randomUUID(), anonymousId, traits: { email } })
  const headers = { "content-type": "application/json" }
  for (;;) {
    const { status } = await fetch(`http://127.0.0.1:${port}/v1/identify`, { method: "POST", headers, body })
    if (status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

const report = (
  { rounds, rows, seed }: Omit<Options, "events">,
  found: ReadonlyArray<Found>,
  scans: ReadonlyArray<string>
): Report => {
  const taken = found.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const quantile = (share: number) =>
    Number(taken[Math.min(taken.length - 1, Math.ceil(taken.length * share) - 1)]!.toFixed(1))
  const [p50, p95, most] = [quantile(0.5), quantile(0.95), quantile(1)]
  return {
    table: [
      ["milliseconds", "p50", "p95", "most"],
      ["from an identify to the rows", `${p50}`, `${p95}`, `${most}`]
    ],
    notes: [
      `${rows} rows of seed ${seed}; ${found.length} visitors with ${Math.min(...found.map((one) => one.rows))} to ` +
        `${Math.max(...found.map((one) => one.rows))} rows each, one after the other, asked every 10 ms`,
      scans.length === 0 ? "no plan reads a whole table" : `reads a whole table: ${scans.join(", ")}`
    ],
    line: {
      ratio: Number((most / bound).toFixed(3)),
      p50_ms: p50,
      p95_ms: p95,
      most_ms: most,
      plans_that_scan: scans.length,
      rows,
      seed,
      rounds
    },
    errors: most > bound ? [`An identify took ${most} ms; ${bound} are promised.`] : []
  }
}
