import { assert, layer } from "@effect/vitest"
import { FilterFields, FilterMatch, FilterText, Interval, Log, LogFilter } from "@spoor/domain"
import { Array as Arr, Effect, Layer, Result, Schema, Stream } from "effect"
import { SqlClient, Statement } from "effect/sql"
import { TestClock } from "effect/testing"
import { Activities } from "../src/Activities.ts"
import { countMax, ordered, type Turn } from "../src/Keyset.ts"
import { cut } from "../src/log/LogCut.ts"
import { conditions } from "../src/log/LogWhere.ts"
import { cursorOf, type LogQuery, LogReader, turnAfter } from "../src/LogReader.ts"
import { Sessions } from "../src/Sessions.ts"
import * as Logs from "./Logs.ts"
import * as Shop from "./Shop.ts"

const MINUTE = 60_000
const seed = Number(process.env["SPOOR_LAW_SEED"] ?? 20_261_124)
/** How many random filters each log is asked with. */
const filterCount = 120

const Database = LogReader.layer.pipe(Layer.provideMerge(Shop.layer))

const said = <L extends Log.Log>(unitId: number, log: L, text: string): LogQuery<L> => ({
  unitId,
  log,
  filter: Result.getOrThrow(FilterText.parse(log, text)),
  interval: Interval.always
})

/** For a `select` of sessions as no worker would make them, in this order. */
const intoSession = (sql: SqlClient.SqlClient) => sql`
  insert into session (unit_id, no, site_id, id, visitor_id, email, started_at, ended_at, closed_at, event_count,
    product_view_count, products_viewed) overriding system value`

/** The same for their rows. */
const intoActivity = (sql: SqlClient.SqlClient) => sql`
  insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence)`

const all = Effect.fnUntraced(function* <L extends Log.Log>(query: LogQuery<L>) {
  return yield* Stream.runCollect((yield* LogReader).stream(query, null))
})
const idsOf = (rows: ReadonlyArray<{ readonly id: string }>) => rows.map(({ id }) => id)

/** What a field of some log is, when the log is any of them. */
interface AnyField<Row> {
  readonly kind: string
  readonly of: (row: Row) => unknown
}

/** A filter whose values mostly come from the rows, so that it narrows and seldom empties. */
const randomFilter = <Row extends { readonly createdAt: number }>(
  rows: ReadonlyArray<Row>,
  fields: Readonly<Record<string, AnyField<Row>>>,
  textsOf: (row: Row) => ReadonlyArray<unknown>,
  below: Logs.Below
) => {
  const rowOf = () => Logs.pick(below, rows)
  const cut = (text: string) => text.slice(below(text.length), 1 + below(text.length)).toWellFormed()
  const valueOf = ({ of, kind }: AnyField<Row>) => {
    const found = Logs.pick(below, [of(rowOf())].flat())
    if (kind === "status") return below(2) === 0 ? found : `${Math.floor(Number(found) / 100)}xx`
    if (kind !== "pattern") return found
    const text = String(found ?? "")
    return Logs.pick(below, [
      { op: "is", value: text },
      { op: "startsWith", value: text.slice(0, below(text.length + 1)).toWellFormed() },
      { op: "contains", value: cut(text) }
    ])
  }
  const wordOf = () => {
    const text = String(Logs.pick(below, textsOf(rowOf())) ?? "nothing")
    const part = below(3) === 0 ? text : cut(text)
    return below(2) === 0 ? part.toUpperCase() : part
  }
  const several = (max: number, of: () => unknown) =>
    Arr.dedupeWith(Array.from({ length: below(max + 1) }, of), (a, b) => JSON.stringify(a) === JSON.stringify(b))
  const clauses = Object.entries(fields)
    .filter(() => below(4) === 0)
    .map(([name, field]) => [name, { any: several(3, () => valueOf(field)), none: several(2, () => valueOf(field)) }])
  return {
    ...Object.fromEntries(clauses),
    ...(below(3) === 0 && { text: { all: several(2, wordOf), none: several(1, wordOf) } })
  }
}

layer(Database, { timeout: "60 seconds" })("a log", (it) => {
  const agrees = Effect.fnUntraced(function* <L extends Log.Log>(
    log: L,
    fields: Readonly<Record<string, AnyField<Log.RowOf<L>>>>
  ) {
    const below = Logs.numbers(seed)
    const now = Logs.noon + 620 * MINUTE
    yield* TestClock.setTime(now)
    const unitId = yield* Shop.open(log)
    yield* Logs.fill(unitId, 150, below)
    yield* Logs.visit(unitId, 300, below, now)
    const rows = yield* all(said(unitId, log, ""))
    assert.isAbove(rows.length, 50)
    const instant = () => (below(2) === 0 ? null : Logs.pick(below, rows).createdAt)
    let asked = 0
    let narrowed = 0
    while (asked < filterCount) {
      const json = { log, ...randomFilter(rows, fields, FilterFields.texts[log], below) }
      // A random value may be none of its field: a null, an empty text.
      const decoded = Schema.decodeUnknownResult<(typeof LogFilter.filters)[L]>(LogFilter.filters[log])(json)
      if (Result.isFailure(decoded)) continue
      asked += 1
      const filter = decoded.success
      const interval = { from: instant(), to: instant() }
      const found = yield* all({ unitId, log, filter, interval })
      const expected = rows.filter((row) => FilterMatch.matches[log](filter, row, interval))
      if (expected.length > 0 && expected.length < rows.length) narrowed += 1
      const asText = `seed ${seed}: ${FilterText.print(filter)} ${JSON.stringify(interval)}`
      assert.deepStrictEqual(idsOf(found), idsOf(expected), asText)
      // A page of one row is first looked for in few sessions.
      const { page } = yield* LogReader
      const query = { unitId, log, filter, interval }
      const newest = yield* page(query, turnAfter(null), 1)
      assert.deepStrictEqual(idsOf(newest.rows), idsOf(expected.slice(0, 1)), asText)
      const cursor = cursorOf(Logs.pick(below, rows))
      const isOlder = (row: Log.RowOf<L>) =>
        row.createdAt < cursor.at || (row.createdAt === cursor.at && Number(row.id) < Number(cursor.id))
      const older = yield* page(query, { direction: "older", cursor }, 1)
      assert.deepStrictEqual(idsOf(older.rows), idsOf(expected.filter(isOlder).slice(0, 1)), asText)
      const newer = yield* page(query, { direction: "newer", cursor }, 1)
      const isNewer = (row: Log.RowOf<L>) => !isOlder(row) && row.id !== cursor.id
      assert.deepStrictEqual(idsOf(newer.rows), idsOf(expected.filter(isNewer).slice(-1)), asText)
    }
    // The filters are worth asking: many let some rows pass and not others.
    assert.isAbove(narrowed, filterCount / 3)
  })

  const { fields } = FilterFields
  const agreements = {
    panel: agrees("panel", fields.panel),
    activity: agrees("activity", fields.activity),
    "session-events": agrees("session-events", fields["session-events"]),
    api: agrees("api", fields.api),
    sms: agrees("sms", fields.sms)
  }
  for (const [log, agreement] of Object.entries(agreements)) {
    it.effect(`answers random filters of ${log} as the domain does`, () => agreement, 60_000)
  }

  it.effect("is turned page by page, in both directions, and found row by row", () =>
    Effect.gen(function* () {
      const reader = yield* LogReader
      const unitId = yield* Shop.open("pages")
      yield* Logs.fill(unitId, 103, Logs.numbers(seed))
      const asked = said(unitId, "panel", "")
      const rows = yield* all(asked)
      assert.strictEqual(new Set(idsOf(rows)).size, 103)
      const walked: Array<(typeof rows)[number]> = []
      let page = yield* reader.page(asked, turnAfter(null), 10)
      walked.push(...page.rows)
      assert.isFalse(page.hasNewer)
      while (page.hasOlder) {
        page = yield* reader.page(asked, turnAfter(cursorOf(page.rows.at(-1)!)), 10)
        walked.push(...page.rows)
      }
      assert.deepStrictEqual(walked, rows)
      const back = yield* reader.page(asked, { direction: "newer", cursor: cursorOf(rows[30]!) }, 10)
      assert.deepStrictEqual(back.rows, rows.slice(20, 30))
      assert.isTrue(back.hasNewer)
      assert.deepStrictEqual(yield* reader.find(unitId, "panel", rows[7]!.id), rows[7]!)
    })
  )

  it.effect("stops counting where nobody reads on", () =>
    Effect.gen(function* () {
      const reader = yield* LogReader
      const sql = yield* SqlClient.SqlClient
      yield* TestClock.setTime(Logs.noon)
      const unitId = yield* Shop.open("many")
      yield* sql`
        insert into panel_log (unit_id, item_id, occurred_at, url, method, status, processing_ms)
        select ${unitId}, i::text, to_timestamp(i), '/', case when i % 500 = 7 then 'POST' else 'GET' end, 200, 1
        from generate_series(1, ${countMax + 50}::integer) as i`
      assert.strictEqual(yield* reader.count(said(unitId, "panel", "")), countMax + 1)
      assert.strictEqual(yield* reader.count(said(unitId, "panel", "method:POST")), 21)
    })
  )

  it.effect("never gives another unit's rows", () =>
    Effect.gen(function* () {
      const reader = yield* LogReader
      const [own, other] = [yield* Shop.open("own"), yield* Shop.open("other")]
      yield* Logs.fill(other, 5, Logs.numbers(seed))
      yield* Logs.visit(other, 30, Logs.numbers(seed), Logs.noon + 600 * MINUTE)
      for (const log of Log.Log.literals) {
        const theirs = yield* all(said(other, log, ""))
        assert.isNotEmpty(theirs)
        assert.isEmpty(yield* all(said(own, log, "")))
        assert.isEmpty((yield* reader.page(said(own, log, ""), turnAfter(cursorOf(theirs[0]!)), 10)).rows)
        assert.isNull(yield* reader.find(own, log, theirs[0]!.id))
      }
      const [event] = yield* all(said(other, "activity", ""))
      assert.isNotEmpty(yield* all(said(other, "activity", `session:"${event!.sessionId}"`)))
      assert.isEmpty(yield* all(said(own, "activity", `session:"${event!.sessionId}"`)))
    })
  )

  it.effect("takes a former ID for the session that holds its event now", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("former")
      const place = { unitId, siteId: Shop.siteId }
      const events = [Shop.event("t1", Logs.noon), Shop.event("t3", Logs.noon + 50 * MINUTE)]
      const { sessions, numbers } = yield* Shop.fill(unitId, events, Logs.noon)
      // What the worker does when a late event bridges two sessions (sessions.md 3.7).
      yield* (yield* Activities).move(place, [{ eventId: events[1]!.id, sessionNo: numbers[0]! }])
      yield* (yield* Sessions).remove(place, [numbers[1]!])
      for (const { id } of sessions) {
        assert.strictEqual((yield* all(said(unitId, "activity", `session:"${id}"`))).length, 2)
        assert.isEmpty(yield* all(said(unitId, "activity", `-session:"${id}"`)))
      }
      assert.isEmpty(yield* all(said(unitId, "activity", "session:shop:never")))
      assert.strictEqual((yield* all(said(unitId, "activity", "-session:shop:never"))).length, 2)
    })
  )

  it.effect("tells what a session's customer looked at, each product once and as it was last", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("products")
      const view = (id: string, minute: number, product: { readonly id: string; readonly name: string }) =>
        Shop.event(id, Logs.noon + minute * MINUTE, { type: "VisitOnProductPage", product })
      const events = [
        view("a", 0, { id: "mug", name: "Mug" }),
        view("b", 1, { id: "cup", name: "Cup" }),
        view("c", 2, { id: "mug", name: "Mug, blue" })
      ]
      yield* Shop.fill(unitId, events, Logs.noon + 600 * MINUTE)
      const [row] = yield* all(said(unitId, "session-events", "blue"))
      assert.deepStrictEqual(row!.details.products, [
        { id: "mug", name: "Mug, blue" },
        { id: "cup", name: "Cup" }
      ])
      const [first] = yield* all(said(unitId, "activity", "blue"))
      assert.strictEqual(row!.details.evidence[0]!.id, "a")
      assert.strictEqual(first!.details.session.productsViewed, 2)
    })
  )

  it.effect("tells long addresses apart, by the whole of them and by what they begin with", () =>
    Effect.gen(function* () {
      const unitId = yield* Shop.open("long addresses")
      // A sign of two code units is the last that an index has.
      const begin = `https://shop.example/${"x".repeat(178)}`
      const urls = [`${begin}\u{1f41f}`, `${begin}\u{1f41f}a`, `${begin}\u{1f41f}ab`, `${begin}\u{1f420}`, begin]
      yield* Shop.fill(
        unitId,
        urls.map((url, index) => Shop.event(`e${index}`, Logs.noon + index, { url })),
        Logs.noon
      )
      const reader = yield* LogReader
      for (const value of [...urls, begin.slice(0, -1)]) {
        for (const op of ["is", "startsWith"] as const) {
          const filter = { log: "activity", url: { any: [{ op, value }], none: [] } } as const
          const { rows } = yield* reader.page(
            { unitId, log: "activity", filter, interval: Interval.always },
            turnAfter(null),
            9
          )
          const wanted = urls.filter((url) => (op === "is" ? url === value : url.startsWith(value)))
          assert.sameMembers(
            rows.map((row) => row.details.url),
            wanted,
            `${op} ${value.slice(200)}`
          )
        }
      }
    })
  )

  const rare = [
    ["status:503", "api_log_status"],
    ["status:5xx", "api_log_status"],
    ["method:DELETE", "api_log_method"],
    ["key:old", "api_log_key_prefix"],
    ["ip:10.0.0.9", "api_log_ip"],
    ["request:r-7", "api_log_request"]
  ] as const
  const rarely = [
    ["type:VisitOnLoginPage", "activity_type"],
    ["-type:VisitOnWebsite -type:VisitOnProductPage -type:ModifyCart", "activity_type"],
    ["type:VisitOnSalePage", "activity_type"],
    ["type:VisitOnWebsite,VisitOnLoginPage site:s3", "activity_type"],
    ["site:s9", "activity_site_time"],
    ["site:s1,s2,s9", "activity_site_time"],
    ["url:https://shop.example/7", "activity_url"],
    ["url:https://shop.example/7 type:ModifyCart", "activity_"],
    ["url:https://nowhere.example/*", "activity_url"],
    ["url:https://shop.example/1999*", "activity_url"],
    ["email:anna*", "activity_session"],
    ["active:yes", "activity_session"]
  ] as const
  it.effect(
    "finds a site, a type or an address that is rare, wherever it may be, as if it walked the time",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* TestClock.setTime(Logs.noon)
        const unitId = yield* Shop.open("rarely")
        yield* sql`
          insert into site (unit_id, id, name, url)
          select ${unitId}, 's' || i, 'Shop', 'https://shop.example' from generate_series(1, 9) as i`
        yield* sql`
          ${intoSession(sql)}
          select ${unitId}, 1000000 + i, 's1', 's1:' || i, 'v', case when i = 5 then 'anna@example.pl' end, to_timestamp(i),
            to_timestamp(i), case when i = 9 then 'infinity' else to_timestamp(i) end, 1, 0, 0
          from generate_series(1, 8000) as i`
        yield* sql`
          insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence, url)
          select ${unitId}, case when i % 9000 = 7 then 's9' else 's' || 1 + i % 3 end, 'e' || i, 'v' || i % 50,
            1000000 + 1 + i % 8000, case when i % 13000 = 11 then 'VisitOnLoginPage' when i % 3 = 0 then 'VisitOnProductPage'
              else 'VisitOnWebsite' end::activity_type, to_timestamp(i / 3), now(), 0, 'https://shop.example/' || i % 20000
          from generate_series(1, 40000) as i`
        yield* sql`
          update session set started_at = begun, ended_at = ended, closed_at = greatest(closed_at, ended)
          from (select session_no, min(occurred_at) as begun, max(occurred_at) as ended from activity
            where unit_id = ${unitId} group by session_no) as span
          where session.unit_id = ${unitId} and session.no = span.session_no`
        yield* sql`vacuum analyze activity`
        const reader = yield* LogReader
        for (const [text, index] of rarely) {
          const query = said(unitId, "activity", text)
          const walked = sql.and(yield* conditions(sql, query, Logs.noon))
          const rows = yield* sql<{ readonly id: string }>`
            select id::text from activity where ${walked} order by occurred_at desc, id desc limit 200`
          assert.deepStrictEqual(idsOf((yield* reader.page(query, turnAfter(null), 200)).rows), idsOf(rows), text)
          const beyond = yield* reader.page(query, turnAfter({ at: 5_000_000, id: 0 }), 3)
          const expected = yield* sql<{ readonly id: string }>`
            select id::text from activity where ${walked} and occurred_at < to_timestamp(5000)
            order by occurred_at desc, id desc limit 3`
          assert.deepStrictEqual(idsOf(beyond.rows), idsOf(expected), text)
          const { rows: found } = (yield* cut(sql, query, Logs.noon, turnAfter(null), 50))(Infinity)
          const plan = yield* sql`explain select * from ${found} as row`.unprepared
          assert.include(JSON.stringify(plan), index, text)
          assert.notInclude(JSON.stringify(plan), "activity_time", text)
          assert.notInclude(JSON.stringify(plan), "Seq Scan on activity", text)
        }
      }),
    60_000
  )

  const others = (of: (place: number) => readonly [began: number, ended: number, at: number]) => [1, 2, 3, 4].map(of)
  const start: Turn = { direction: "newer", cursor: { at: 0, id: 0 } }
  for (const [what, turn, spans, place] of [
    ["that ended earlier has a newer row", turnAfter(null), [...others((i) => [i, 100 + i, i]), [5, 50, 50]], 5],
    [
      "that ended earlier has the last of a time",
      turnAfter(null),
      [...others((i) => [i, 100 + i, 50]), [5, 50, 50]],
      5
    ],
    ["that began later has an older row", start, [...others((i) => [i, 200, 100 + i]), [10, 200, 20]], 5],
    ["that began later has the first of a time", start, [[50, 200, 50], ...others((i) => [i, 200, 50])], 1]
  ] as const) {
    it.effect(`looks on where a session ${what} of those that are asked for`, () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* Shop.open(what)
        const sessions = spans.map(([began, ended, at], place) => ({ place: place + 1, began, ended, at }))
        yield* sql`
          ${intoSession(sql)}
          select ${unitId}, ${unitId} * 10 + place, 'shop', 'shop:' || place, 'v' || place, 'anna@example.pl', to_timestamp(began),
            to_timestamp(ended), to_timestamp(ended), 1, 0, 0
          from jsonb_to_recordset(${JSON.stringify(sessions)}::text::jsonb) as one (place int, began int, ended int)`
        yield* sql`
          ${intoActivity(sql)}
          select ${unitId}, 'shop', 'e' || place, 'v' || place, ${unitId} * 10 + place, 'VisitOnLoginPage', to_timestamp(at), now(), 0
          from jsonb_to_recordset(${JSON.stringify(sessions)}::text::jsonb) as one (place int, at int) order by place`
        const query = said(unitId, "activity", "email:anna@example.pl type:VisitOnLoginPage")
        const { rows } = yield* (yield* LogReader).page(query, turn, 1)
        assert.deepStrictEqual(
          rows.map(({ visitorId }) => visitorId),
          [`v${place}`]
        )
      })
    )
  }

  it.effect(
    "reads the same page from few sessions as from all, wherever they begin, end and overlap",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* TestClock.setTime(Logs.noon)
        const unitId = yield* Shop.open("overlapping")
        const below = Logs.numbers(seed)
        const event = (place: number) => ({
          place,
          no: 3_000_000 + below(300),
          at: below(60),
          type: below(16) === 0 ? "VisitOnLoginPage" : "VisitOnWebsite"
        })
        // Sessions of up to a minute, in which many rows fall into one second; every third is nobody's, and nine of ten go on.
        const events = Array.from({ length: 2_000 }, (_, place) => event(place))
        yield* sql`
        ${intoActivity(sql)}
        select ${unitId}, 'shop', 'e' || place, 'v' || no, no, type::activity_type, to_timestamp(at + no % 300 * 2), now(), 0
        from jsonb_to_recordset(${JSON.stringify(events)}::text::jsonb) as event (place int, no int, at int, type text)`
        yield* sql`
        ${intoSession(sql)}
        select ${unitId}, session_no, 'shop', 'shop:' || session_no, visitor_id,
          case when session_no % 3 > 0 then 'anna.' || session_no || '@example.pl' end, min(occurred_at), max(occurred_at),
          case when session_no % 10 > 0 then 'infinity' else max(occurred_at) end, 1, 0, 0
        from activity where unit_id = ${unitId} group by session_no, visitor_id`
        const reader = yield* LogReader
        for (const [text, wanted] of [
          ["email:anna.*", sql`session.email is not null`],
          ["email:anna.* type:VisitOnLoginPage", sql`session.email is not null and type = 'VisitOnLoginPage'`],
          [
            "email:anna.* -email:anna.300001*",
            sql`session.email is not null and session.email not like 'anna.300001%'`
          ],
          [
            "email:anna.* visitor:v3000002 visitor:v3000004",
            sql`session.email is not null and activity.visitor_id in ('v3000002', 'v3000004')`
          ],
          ["-email:anna.*", sql`session.email is null`],
          ["active:yes", sql`session.closed_at = 'infinity'`],
          ["active:yes type:VisitOnLoginPage", sql`session.closed_at = 'infinity' and type = 'VisitOnLoginPage'`],
          ["active:yes email:anna.*", sql`session.closed_at = 'infinity' and session.email is not null`]
        ] as const) {
          const rows = yield* sql<{ readonly id: string; readonly at: number }>`
          select activity.id::text, extract(epoch from occurred_at)::float8 * 1000 as at
          from activity join session on session.unit_id = activity.unit_id and session.no = activity.session_no
          where activity.unit_id = ${unitId} and ${wanted} order by occurred_at desc, activity.id desc`
          for (let time = 0; time < 30; time++) {
            const rowsMax = 1 + below(4)
            const { at, id } = Logs.pick(below, rows)
            const [from, to] = [below(3) === 0 ? at - below(60_000) : null, below(3) === 0 ? at + below(60_000) : null]
            const query = { ...said(unitId, "activity", text), interval: { from, to } }
            const within = rows.filter((row) => (from === null || row.at >= from) && (to === null || row.at < to))
            const place = rows.findIndex((row) => row.id === id)
            const isOlder = (row: { readonly id: string }) => rows.findIndex(({ id }) => id === row.id) > place
            const cursor = { at, id: Number(id) }
            const asked = `${text} ${JSON.stringify({ from, to, cursor, rowsMax })}`
            const newest = yield* reader.page(query, turnAfter(null), rowsMax)
            assert.deepStrictEqual(idsOf(newest.rows), idsOf(within.slice(0, rowsMax)), asked)
            assert.strictEqual(newest.hasOlder, within.length > rowsMax, asked)
            const older = yield* reader.page(query, turnAfter(cursor), rowsMax)
            assert.deepStrictEqual(idsOf(older.rows), idsOf(within.filter(isOlder).slice(0, rowsMax)), asked)
            const newer = yield* reader.page(query, { direction: "newer", cursor }, rowsMax)
            const isNewer = (row: { readonly id: string }) => row.id !== id && !isOlder(row)
            assert.deepStrictEqual(idsOf(newer.rows), idsOf(within.filter(isNewer).slice(-rowsMax)), asked)
          }
        }
      }),
    60_000
  )

  it.effect("takes more sessions than it names one by one", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      yield* TestClock.setTime(Logs.noon)
      const unitId = yield* Shop.open("many")
      yield* sql`
        ${intoSession(sql)}
        select ${unitId}, 4000000 + i, 'shop', 'shop:' || i, 'v' || i,
          case when i % 100 > 0 then case when i > 3000 then 'anna.' else 'ewa.' end || i || '@example.pl' end,
          to_timestamp(i), to_timestamp(i), case when i > 8000 then 'infinity' else to_timestamp(i) end, 1, 0, 0
        from generate_series(1, 9000) as i`
      yield* sql`
        insert into activity (unit_id, site_id, event_id, visitor_id, session_no, type, occurred_at, received_at, sequence, url)
        select unit_id, site_id, id, visitor_id, no, 'VisitOnWebsite', started_at, now(), 0,
          'https://shop.example/' || case when no % 100 = 7 then 'mug' else no::text end
        from session where unit_id = ${unitId} order by no`
      yield* sql`vacuum analyze activity`
      const visitors = Effect.fnUntraced(function* (text: string) {
        const { rows } = yield* (yield* LogReader).page(
          said(unitId, "activity", text),
          turnAfter({ at: 5_003_000, id: 0 }),
          4
        )
        return rows.map(({ visitorId }) => visitorId)
      })
      assert.deepStrictEqual(yield* visitors("email:anna.*"), ["v5002", "v5001", "v4999", "v4998"])
      assert.deepStrictEqual(yield* visitors("email:anna.* -email:anna.5*"), ["v4999", "v4998", "v4997", "v4996"])
      assert.deepStrictEqual(yield* visitors("-email:anna.*"), ["v5000", "v4900", "v4800", "v4700"])
      assert.deepStrictEqual(yield* visitors("email:anna.* type:VisitOnWebsite"), ["v5002", "v5001", "v4999", "v4998"])
      assert.deepStrictEqual(yield* visitors("email:anna.* type:ModifyCart"), [])
      const mug = "url:https://shop.example/mug"
      assert.deepStrictEqual(yield* visitors(`email:anna.* ${mug}`), ["v4907", "v4807", "v4707", "v4607"])
      assert.deepStrictEqual(yield* visitors(`email:ewa.* ${mug}`), ["v2907", "v2807", "v2707", "v2607"])
      assert.deepStrictEqual(yield* visitors(`email:ewa.* ${mug} type:ModifyCart`), [])
      const planOf = Effect.fnUntraced(function* (text: string) {
        const { rows } = (yield* cut(sql, said(unitId, "activity", text), Logs.noon, turnAfter(null), 50))(Infinity)
        return JSON.stringify(yield* sql`explain select * from ${rows} as row`.unprepared)
      })
      // Told by an index before a row is read, and not session by session.
      const thousands = yield* planOf(`email:ewa.* ${mug}`)
      assert.match(thousands, /activity_url.*session_no = ANY/)
      assert.notInclude(thousands, "activity_session")
      assert.include(yield* planOf("email:anna.* type:VisitOnWebsite"), "Index Only Scan using activity_type")
      // Where most rows make the page, sites share a plan; else each has its own.
      assert.include(yield* planOf("type:VisitOnWebsite active:no"), "each_site_id")
      assert.notInclude(yield* planOf("type:VisitOnWebsite mug"), "each_site_id")
      // Of active sessions the newest rows of the log are, and they are not named.
      const active = yield* planOf("active:yes")
      assert.match(active, /activity_time.*occurred_at >= /)
      assert.notInclude(active, "activity_session")
      const newest = yield* (yield* LogReader).page(said(unitId, "activity", "active:yes"), turnAfter(null), 3)
      assert.deepStrictEqual(
        newest.rows.map(({ visitorId }) => visitorId),
        ["v9000", "v8999", "v8998"]
      )
      // Of far more the planner knows, and nobody counts them.
      yield* sql`
        ${intoSession(sql)}
        select ${unitId}, 4010000 + i, 'shop', 'shop:z' || i, 'z' || i, 'zofia.' || i || '@example.pl',
          to_timestamp(i), to_timestamp(i), to_timestamp(i), 1, 0, 0
        from generate_series(1, 30000) as i`
      yield* sql`analyze session`
      const areCounted = Effect.fnUntraced(function* (text: string) {
        const asked: Array<string> = []
        yield* Effect.provideService(visitors(text), Statement.CurrentTransformer, (statement) =>
          Effect.sync(() => {
            asked.push(statement.compile()[0])
            return statement
          })
        )
        return asked.some((text) => text.includes("few as materialized"))
      })
      assert.isFalse(yield* areCounted("email:zofia.*"))
      assert.isTrue(yield* areCounted("email:anna.*"))
      assert.deepStrictEqual(yield* visitors("email:zofia.*"), [])
    })
  )

  it.effect(
    "finds what is rare by an index of its own and not by walking the time",
    () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const unitId = yield* Shop.open("rare")
        yield* sql`
        insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms, key_name,
          key_prefix, ip)
        select ${unitId}, i::text, to_timestamp(i), '/orders', case when i = 7 then 'DELETE' else 'GET' end, case when i = 7 then 503 else 200 end, 'r-' || i, 1,
          'Shop', case when i = 7 then 'old' else 'new' end, case when i = 7 then '10.0.0.9' else '10.0.0.1' end
        from generate_series(1, 50000) as i`
        yield* sql`analyze api_log`
        for (const [text, index] of rare) {
          const where = yield* conditions(sql, said(unitId, "api", text), Logs.noon)
          const plan = yield* sql`
          explain select * from api_log where ${sql.and(where)} ${ordered(sql, turnAfter(null))}`.unprepared
          assert.include(JSON.stringify(plan), index, text)
          assert.strictEqual((yield* all(said(unitId, "api", text))).length, 1)
        }
      }),
    30_000
  )

  it.effect("turns a page deep in an interval without walking there", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const unitId = yield* Shop.open("deep")
      yield* sql`
        insert into api_log (unit_id, item_id, occurred_at, url, method, status, request_id, processing_ms)
        select ${unitId}, i::text, to_timestamp(i), '/orders', 'GET', 200, 'r-' || i, 1 from generate_series(1, 30000) as i`
      yield* sql`vacuum analyze api_log`
      const interval = { from: 1_000_000, to: 29_000_000 }
      const query = { ...said(unitId, "api", ""), interval }
      for (const [direction, at] of [
        ["older", 1_100_000],
        ["newer", 28_900_000]
      ] as const) {
        const { rows } = (yield* cut(sql, query, Logs.noon, { direction, cursor: { at, id: 0 } }, 50))(Infinity)
        const [row] = yield* sql<{
          readonly "QUERY PLAN": readonly [{ readonly Plan: Readonly<Record<string, number>> }]
        }>`
          explain (analyze, buffers, format json) select * from ${rows} as row`.unprepared
        const plan = row!["QUERY PLAN"][0].Plan
        assert.strictEqual(plan["Actual Rows"], 51, direction)
        assert.isBelow(plan["Shared Hit Blocks"]! + plan["Shared Read Blocks"]!, 20, direction)
      }
    })
  )
})
