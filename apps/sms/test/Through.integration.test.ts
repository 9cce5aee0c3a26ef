import { assert, layer } from "@effect/vitest"
import { SmsGateway } from "@spoor/contracts"
import { Sites, SmsGateways } from "@spoor/postgres"
import { TestDatabase } from "@spoor/testing"
import { Clock, Context, Effect, Layer, Schedule, Schema } from "effect"
import { SqlClient } from "effect/sql"
import { randomUUID } from "node:crypto"
import { once } from "node:events"
import smpp, { type Fields, type PDU, type Session } from "smpp"
import type { Sent } from "./Doors.ts"
import * as House from "./House.ts"
import * as Smsc from "./smpp/Smsc.ts"
import { pathSecret, vendors } from "./Vendors.ts"

class Open extends Context.Service<Open, Effect.Success<typeof House.open>>()("@spoor/sms/test/Open") {
  static readonly layer = Layer.effect(Open, House.open)
}

const Everything = Open.layer.pipe(
  Layer.provideMerge(Layer.merge(Sites.layer, SmsGateways.layer)),
  Layer.provideMerge(TestDatabase.layer)
)

const newGateway = Effect.fnUntraced(function* (
  plugin: SmsGateway.Plugin,
  settings: (typeof SmsGateway.Settings)["Encoded"]
) {
  const unitId = yield* (yield* Sites).addUnit({ name: "Dom", timeZone: "Europe/Warsaw" })
  const key = `${plugin}-${randomUUID().slice(0, 6)}`
  yield* Schema.decodeEffect(SmsGateway.Settings)(settings)
  const id = yield* (yield* SmsGateways).add(
    { unitId, key, name: plugin, plugin, settings },
    yield* Clock.currentTimeMillis
  )
  return { unitId, id: id!, path: `/sms/v1/dlr/${key}` }
})

/** Sends as a vendor does: again, until it is taken. */
const send = Effect.fnUntraced(function* ({ path, ...init }: Sent) {
  const { origin } = yield* Open
  return yield* Effect.tryPromise(async () => {
    const response = await fetch(`${origin}${path}`, init)
    await response.arrayBuffer()
    if (response.status !== 200) throw new Error(`${path} is answered ${response.status}.`)
  }).pipe(Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 200 }))
})

const rowsOf = Effect.fnUntraced(function* (unitId: number) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ readonly shown: string }>`
    select concat_ws(' | ', phone, coalesce(sender, '-'), error_code, category) as shown
    from sms_log where unit_id = ${unitId} order by 1`.pipe(Effect.map((rows) => rows.map(({ shown }) => shown)))
})

/** Waits until there are so many rows and messages. What must not come has its chance to: the queue is drained in order. */
const settled = Effect.fnUntraced(function* (unitId: number, count: number) {
  return yield* rowsOf(unitId).pipe(
    Effect.filterOrFail((rows) => rows.length >= count),
    Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
  )
})

/** A failure that is sent last: when its row is there, so is all that was sent before. */
const last = (gateway: { readonly path: string }) =>
  send({ path: `${gateway.path}/${pathSecret}?type=2&answer=stat:UNDELIV&fid=last&from=48500999999&to=Last` })

/** *Units*: milliseconds. Processes start and end meanwhile, on machines that have other work. */
const patience = 90_000

const pathSecrets = [...(vendors[0]!.settings.pathSecrets ?? [])]

layer(Everything, { timeout: "120 seconds", excludeTestServices: true })("from the gateway to the SMS log", (it) => {
  for (const vendor of vendors) {
    it.effect(
      `writes one row for each message that ${vendor.name} says has failed, though it says so twice`,
      () =>
        Effect.gen(function* () {
          const { path, unitId } = yield* newGateway(vendor.plugin, vendor.settings)
          for (let time = 0; time < 2; time++) {
            const at = yield* Clock.currentTimeMillis
            yield* send(
              yield* Effect.promise(async () => vendor.request({ path, body: vendor.body, at, nonce: randomUUID() }))
            )
          }
          const expected = vendor.shown
            .filter((line) => line.startsWith("failed"))
            .map((line) => line.split(" | ").slice(1))
            .map(([phone = "", sender, code, category]) =>
              [phone, sender || "-", code, category].filter((part) => part !== "").join(" | ")
            )
          const end = yield* newGateway("kannel", { pathSecrets })
          yield* last(end)
          yield* settled(end.unitId, 1)
          assert.deepStrictEqual(yield* rowsOf(unitId), expected.toSorted())
        }),
      patience
    )
  }

  it.effect(
    "writes what npm smpp's server delivers, and answers it when it is kept",
    () =>
      Effect.gen(function* () {
        const sessions: Array<Session> = []
        const server = smpp.createServer({}, (session) => {
          session.on("error", () => {})
          session.on("bind_receiver", (pdu: PDU) => session.send(pdu.response(), () => sessions.push(session)))
          for (const command of ["unbind", "enquire_link"])
            session.on(command, (pdu: PDU) => session.send(pdu.response()))
        })
        yield* Effect.promise(() => once(server.listen(0, "127.0.0.1"), "listening"))
        const link = { host: "127.0.0.1", port: Smsc.portOf(server), systemId: "spoor", isTls: false }
        const { unitId } = yield* newGateway("smpp", { smpp: link, secrets: ["VENDOR"], errProfile: "gsm-map" })
        const session = yield* Effect.sync(() => sessions[0]).pipe(
          Effect.filterOrFail((bound) => bound !== undefined),
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 100 })
        )
        const deliver = (id: string, rest: string, more: Fields = {}) =>
          Effect.promise(
            () =>
              new Promise<PDU>((resolve) => {
                const short_message = `id:${id} sub:001 dlvrd:000 submit date:2611231200 done date:2611231205 ${rest} text:Twoja paczka`
                const fields = {
                  source_addr: "48500100200",
                  destination_addr: "SKLEP",
                  esm_class: 4,
                  short_message,
                  ...more
                }
                session.send(new smpp.PDU("deliver_sm", fields), resolve)
              })
          )
        const answers = [
          yield* deliver("1", "stat:DELIVRD err:000"),
          yield* deliver("2", "stat:ENROUTE err:000"),
          yield* deliver("2", "stat:UNDELIV err:001"),
          yield* deliver("2", "stat:UNDELIV err:001"),
          yield* deliver("0002", "stat:REJECTD err:00B"),
          yield* deliver("3", "stat:EXPIRED err:027"),
          yield* deliver("4", "", { short_message: "Hello", esm_class: 0 }),
          yield* deliver("5", "stat:UNKNOWN err:254")
        ]
        assert.deepStrictEqual(
          answers.map(({ command_status }) => command_status),
          answers.map(() => 0)
        )
        assert.deepStrictEqual(yield* settled(unitId, 2), [
          "+48500100200 | SKLEP | 001 | invalid_number",
          "+48500100200 | SKLEP | 027 | unreachable"
        ])
        session.destroy()
        server.close()
      }),
    patience
  )

  it.effect(
    "keeps reports while PostgreSQL is away, also when it starts then, and writes them when it is there again",
    () =>
      Effect.gen(function* () {
        const { adapter, isReady, wire } = yield* Open
        const { path, unitId } = yield* newGateway("kannel", { pathSecrets })
        const report = (index: number) =>
          send({
            path: `${path}/${pathSecret}?type=2&answer=stat:UNDELIV+err:1&fid=${index}&from=4850010${1_000 + index}&to=Sklep`
          })
        yield* report(0)
        yield* settled(unitId, 1)
        yield* Effect.sync(() => wire.cut())
        yield* adapter.stop("SIGKILL")
        yield* adapter.start
        yield* isReady
        yield* Effect.forEach(
          Array.from({ length: 50 }, (_, index) => index),
          report,
          { concurrency: 10 }
        )
        assert.lengthOf(yield* rowsOf(unitId), 1)
        yield* Effect.promise(() => wire.open())
        assert.lengthOf(yield* settled(unitId, 50), 50)
      }),
    patience
  )

  it.effect(
    "loses and doubles nothing when the adapter is killed half way",
    () =>
      Effect.gen(function* () {
        const { adapter, isReady } = yield* Open
        const { path, unitId } = yield* newGateway("kannel", { pathSecrets })
        let taken = 0
        const report = (index: number) =>
          send({
            path: `${path}/${pathSecret}?type=2&answer=stat:UNDELIV+err:1&fid=${index}&from=4850010${1_000 + index}&to=Sklep`
          }).pipe(Effect.tap(() => Effect.sync(() => taken++)))
        const kill = Effect.gen(function* () {
          yield* Effect.repeat(Effect.sleep("5 millis"), { until: () => taken >= 150 })
          yield* adapter.stop("SIGKILL")
          yield* adapter.start
          yield* isReady
        })
        const all = Effect.forEach(
          Array.from({ length: 400 }, (_, index) => index),
          report,
          { concurrency: 20, discard: true }
        )
        yield* Effect.all([all, kill], { concurrency: 2 })
        const end = yield* newGateway("kannel", { pathSecrets })
        yield* last(end)
        yield* settled(end.unitId, 1)
        const rows = yield* settled(unitId, 400)
        assert.strictEqual(new Set(rows).size, 400)
        assert.lengthOf(rows, 400)
      }),
    patience
  )

  it.effect(
    "stops in time when it is asked to, and says that it is gone",
    () =>
      Effect.gen(function* () {
        const { adapter, isReady } = yield* Open
        const sql = yield* SqlClient.SqlClient
        // One that was killed before has left its last word, which is older.
        const [{ since } = { since: "" }] = yield* sql<{
          readonly since: string
        }>`select clock_timestamp()::text as since`
        const [{ ticket } = { ticket: "" }] = yield* sql<{ readonly ticket: string }>`
          select ticket from sms_adapter where seen_at > ${since}::text::timestamptz limit 1`.pipe(
          Effect.filterOrFail((rows) => rows.length > 0),
          Effect.retry({ schedule: Schedule.spaced("100 millis"), times: 300 })
        )
        const begun = yield* Clock.currentTimeMillis
        yield* adapter.stop("SIGTERM")
        assert.isBelow((yield* Clock.currentTimeMillis) - begun, 10_000)
        assert.lengthOf(yield* sql`select 1 from sms_adapter where ticket = ${ticket}`, 0)
        yield* adapter.start
        yield* isReady
      }),
    patience
  )
})
