import { assert, layer } from "@effect/vitest"
import { Ids, Rules } from "@spoor/domain"
import { Intakes, Sites, WriteKeys } from "@spoor/postgres"
import { EmbeddedPostgres } from "@spoor/postgres/embedded"
import { Program, TestDatabase } from "@spoor/testing"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { createHash } from "node:crypto"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const siteId = Ids.SiteId.make("sklep")
const writeKey = "wk_test"
const batches = 120
const perBatch = 20
const invalidPerBatch = 1
/** Every fifth batch repeats half of the one before it. */
const repeats = (batch: number) => (batch % 5 === 4 ? perBatch / 2 : 0)
const kills = 3
const attemptsMax = 400

const Everything = Layer.mergeAll(Intakes.layer, Sites.layer, WriteKeys.layer).pipe(
  Layer.provideMerge(TestDatabase.layer)
)

const eventsOf = (batch: number) => [
  ...Array.from({ length: perBatch - repeats(batch) - invalidPerBatch }, (_, index) =>
    event(`b${batch}-${index}`, batch)
  ),
  ...Array.from({ length: repeats(batch) }, (_, index) => event(`b${batch - 1}-${index}`, batch - 1)),
  { id: `bad${batch}`, visitorId: "v", type: "Ping" }
]

const event = (id: string, batch: number) => ({
  id,
  visitorId: `v${batch % 17}`,
  type: "VisitOnWebsite",
  at: 1.7e12 + batch * 1000
})

layer(Everything, { timeout: "90 seconds", excludeTestServices: true })("ingest", (it) => {
  it.effect(
    "loses and doubles nothing when it is killed with -9 while events stream in",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const sites = yield* Sites
        const keys = yield* WriteKeys
        const intakes = yield* Intakes
        const { url } = yield* EmbeddedPostgres
        const unitId = yield* sites.addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
        const place = { unitId, siteId }
        yield* sites.add({ ...place, name: "Sklep", url: "http://localhost" }, Rules.defaults)
        const sha256 = createHash("sha256").update(writeKey).digest("hex")
        yield* keys.add({ ...place, sha256, kind: "browser", name: "Sklep", prefix: "wk_test", publicKey: writeKey })

        const home = yield* Effect.acquireRelease(
          Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-crash-"))),
          (folder) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
        )
        const port = yield* Program.freePort
        const settings = { SPOOR_HOME: home, SPOOR_INGEST_PORT: String(port), DATABASE_URL: Redacted.value(url) }
        const ingest = yield* Program.run(Program.ingest(settings))

        let acknowledged = 0
        let attempts = 0
        const post = async (batch: number): Promise<void> => {
          for (let attempt = 0; attempt < attemptsMax; attempt++) {
            attempts++
            const answer = await fetch(`http://127.0.0.1:${port}/v1/events`, {
              method: "POST",
              body: JSON.stringify({ writeKey, sentAt: Date.now(), events: eventsOf(batch) }),
              signal: AbortSignal.timeout(5_000)
            }).catch(() => undefined)
            if (answer?.status === 200) {
              acknowledged++
              return
            }
            await new Promise((resolve) => setTimeout(resolve, 50))
          }
          throw new Error(`No answer to batch ${batch}.`)
        }
        yield* Effect.promise(async () => {
          for (let batch = 0; batch < batches; batch++) {
            const posted = post(batch)
            if (batch % (batches / kills) === batches / kills / 2) {
              await ingest.kill("SIGKILL")
              ingest.start()
            }
            await posted
          }
        })

        const entered = sql<{ n: number }>`
          select count(*) as n from intake where unit_id = ${unitId} and batch_id not like '%+%'`.pipe(
          Effect.map((rows) => rows[0]?.n ?? 0)
        )
        const look = Effect.all({ books: intakes.totals(place, "activity"), requests: entered })
        // What was counted before a kill is written again after it.
        const { books, requests } = yield* Effect.repeat(Effect.delay(look, "200 millis"), {
          until: ({ books: { duplicate, rejected, stored }, requests }) =>
            requests >= batches && stored + duplicate + rejected >= requests * perBatch
        })
        const repeated = Array.from({ length: batches }, (_, batch) => repeats(batch)).reduce((sum, n) => sum + n, 0)

        assert.strictEqual(acknowledged, batches)
        assert.isAtMost(requests, attempts)
        assert.strictEqual(books.stored + books.duplicate + books.rejected - requests * perBatch, 0)
        assert.strictEqual(books.stored, batches * (perBatch - invalidPerBatch) - repeated)
        const [rows] = yield* sql<{ n: number }>`select count(*) as n from activity where unit_id = ${unitId}`
        assert.strictEqual(rows?.n, books.stored)
      }).pipe(Effect.scoped),
    60_000
  )
})
