import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** Where a unit's chain ends: everything before it is fixed by its last link. *Shape*: `link` in hex. */
export interface ChainEnd {
  readonly unitId: number
  readonly seq: number
  readonly link: string
}

/**
 * What is wrong with a row of the panel log, or with the chain at it.
 *
 * - `edited`: a field of the row is not what it was; `with` names the row that has what it had, where two were swapped.
 * - `removed`: the row is gone, or with its link. Of the latter no `rowId` is known.
 * - `inserted`: the row has no link, so that it was not written by Spoor.
 * - `broken`: the link does not follow from the one before it: the chain itself was written to.
 *
 * *Shape*: `seq` null for a row without a link.
 */
export interface Fault {
  readonly kind: "edited" | "removed" | "inserted" | "broken"
  readonly seq: number | null
  readonly rowId: number | null
  readonly with: number | null
}

/** *Shape*: `erased` rows have lost what named somebody; `expired` ones were kept for long enough. */
export interface Verification {
  readonly end: ChainEnd
  readonly erased: number
  readonly expired: number
  readonly faults: ReadonlyArray<Fault>
}

/** More faults than this are not told one by one. */
export const faultsMax = 1_000

/** What an erasure leaves in a text (Persons.ts). */
const blank = "%[erased]%"

/** Whether the panel log is as it was written. *Fails* with `SqlError`. *Source*: ADR 0044. */
export class PanelChain extends Context.Service<
  PanelChain,
  {
    /** The units that have a chain. */
    readonly units: Effect.Effect<ReadonlyArray<number>, SqlError.SqlError>
    /**
     * Recomputes all of a unit's chain from its rows. *Units*: `expiredBefore` in UTC milliseconds: older rows may be gone. The
     * unit's new rows wait meanwhile for nobody: what comes in is left to the next time.
     */
    readonly verify: (unitId: number, expiredBefore: number) => Effect.Effect<Verification, SqlError.SqlError>
    /** Asks all of it in one picture of the tables, whatever is written meanwhile. */
    readonly picture: <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E | SqlError.SqlError, R>
    /** The link of a place in the chain, in hex; null where there is none. */
    readonly linkAt: (unitId: number, seq: number) => Effect.Effect<string | null, SqlError.SqlError>
  }
>()("@spoor/postgres/PanelChain") {
  static readonly layer = Layer.effect(
    PanelChain,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const units = Effect.map(
        sql<{ readonly id: number }>`
          select unit_id as id from panel_log_chain union select unit_id from panel_log group by unit_id order by 1`,
        (rows) => rows.map(({ id }) => id)
      )

      const linkAt = Effect.fn("PanelChain.linkAt")(function* (unitId: number, seq: number) {
        const rows = yield* sql<{ readonly link: string }>`
          select encode(link, 'hex') as link from panel_log_link where unit_id = ${unitId} and seq = ${seq}::bigint`
        return rows[0]?.link ?? null
      })

      const factsOf =
        sql.literal(`panel_log_facts(log.id, log.item_id, log.occurred_at, log.method, log.status, log.user_id,
        log.request_id, log.processing_ms)`)

      /** Links that do not follow from the one before, or follow none. */
      const unlinked = (unitId: number, end: number) => sql<Unlinked>`
        select seq::float8 as seq, row_id::float8 as "rowId", last::float8 as last, last <> seq - 1 as "isAlone"
        from (
          select *, lag(seq, 1, 0::bigint) over chain as last, lag(link, 1, ''::bytea) over chain as before
          from panel_log_link where unit_id = ${unitId} and seq <= ${end}::bigint
          window chain as (order by seq)) as known
        where last <> seq - 1 or link <> panel_log_join(before, seq, facts, who, url, agent)
        order by seq limit ${faultsMax}`

      /** Links whose row is gone before its time, or is another than it was. */
      const different = (unitId: number, end: number, expiredBefore: number) => sql<Different>`
        select known.seq::float8 as seq, known.row_id::float8 as "rowId", log.id is null as "isGone"
        from panel_log_link as known
        left join panel_log as log on log.unit_id = ${unitId} and log.id = known.row_id
        where known.unit_id = ${unitId} and known.seq <= ${end}::bigint and case
          when log.id is null then extract(epoch from known.occurred_at) * 1000 >= ${expiredBefore}::float8
          else known.facts <> ${factsOf}
            or case when known.who_salt is null then log.user_email is not null
              else known.who <> panel_log_seal(known.who_salt, row(log.user_email, log.ip)::text) end
            or case when known.url_salt is null then log.url not like ${blank}
              else known.url <> panel_log_seal(known.url_salt, log.url) end
            or case when known.agent_salt is null then log.user_agent not like ${blank}
              else known.agent <> panel_log_seal(known.agent_salt, log.user_agent) end
          end
        order by known.seq limit ${faultsMax}`

      const counted = (unitId: number, end: number, expiredBefore: number) => sql<
        Pick<Verification, "erased" | "expired">
      >`
        select
          (select count(*)::float8 from panel_log_link where unit_id = ${unitId} and seq <= ${end}::bigint
            and (who_salt is null or url_salt is null or agent_salt is null)) as erased,
          (select count(*)::float8 from panel_log_link as known where unit_id = ${unitId} and seq <= ${end}::bigint
            and extract(epoch from occurred_at) * 1000 < ${expiredBefore}::float8 and not exists (
              select from panel_log as log where log.unit_id = ${unitId} and log.id = known.row_id)) as expired`

      const inserted = (unitId: number, lastRow: number) => sql<{ readonly rowId: number }>`
        select id::float8 as "rowId" from panel_log as log where unit_id = ${unitId} and id <= ${lastRow}::bigint
          and not exists (select from panel_log_link as known where known.unit_id = log.unit_id and row_id = log.id)
        order by id limit ${faultsMax}`

      /** Which of the edited rows have what another of them had. */
      const swaps = (unitId: number, rows: ReadonlyArray<number>) => sql<{
        readonly rowId: number
        readonly with: number
      }>`
        select known.row_id::float8 as "rowId", log.id::float8 as "with"
        from panel_log_link as known join panel_log as log on log.unit_id = known.unit_id and log.id <> known.row_id
        where known.unit_id = ${unitId} and known.row_id = any(${rows}::bigint[]) and log.id = any(${rows}::bigint[])
          and known.facts = panel_log_facts(known.row_id, log.item_id, log.occurred_at, log.method, log.status, log.user_id,
            log.request_id, log.processing_ms)`

      const verify = Effect.fn("PanelChain.verify")(function* (unitId: number, expiredBefore: number) {
        yield* sql`set local statement_timeout = 0`
        yield* sql`set local work_mem = '128MB'`
        // Hardly a row is a fault, which the planner cannot know: all processors may look.
        yield* sql`set local parallel_tuple_cost = 0`
        const [chain] = yield* sql<{ readonly seq: number; readonly link: string; readonly lastRow: number }>`
          select seq::float8 as seq, encode(link, 'hex') as link,
            (select coalesce(max(id), 0)::float8 from panel_log where unit_id = ${unitId}) as "lastRow"
          from panel_log_chain where unit_id = ${unitId}`
        const { lastRow, ...end } = chain ?? { seq: 0, link: "", lastRow: Number.MAX_SAFE_INTEGER }
        const faults: Array<Fault> = []
        for (const { isAlone, last, rowId, seq } of yield* unlinked(unitId, end.seq)) {
          // After a gap the next link cannot follow.
          if (!isAlone) faults.push({ kind: "broken", seq, rowId, with: null })
          faults.push(...missing(isAlone ? last + 1 : seq, seq))
        }
        for (const { isGone, rowId, seq } of yield* different(unitId, end.seq, expiredBefore)) {
          faults.push({ kind: isGone ? "removed" : "edited", seq, rowId, with: null })
        }
        const [last] = yield* sql<{ readonly seq: number; readonly link: string }>`
          select seq::float8 as seq, encode(link, 'hex') as link from panel_log_link
          where unit_id = ${unitId} and seq <= ${end.seq}::bigint order by seq desc limit 1`
        faults.push(...missing((last?.seq ?? 0) + 1, end.seq + 1))
        if (last !== undefined && last.seq === end.seq && last.link !== end.link) {
          faults.push({ kind: "broken", seq: end.seq, rowId: null, with: null })
        }
        for (const { rowId } of yield* inserted(unitId, lastRow)) {
          faults.push({ kind: "inserted", seq: null, rowId, with: null })
        }
        const edited = faults.flatMap(({ kind, rowId }) => (kind === "edited" && rowId !== null ? [rowId] : []))
        const others = new Map((yield* swaps(unitId, edited)).map((swap) => [swap.rowId, swap.with]))
        return {
          end: { unitId, ...end },
          ...(yield* counted(unitId, end.seq, expiredBefore))[0]!,
          faults: faults
            .toSorted((one, other) => (one.seq ?? Infinity) - (other.seq ?? Infinity))
            .slice(0, faultsMax)
            .map((fault) => ({ ...fault, with: others.get(fault.rowId ?? 0) ?? null }))
        } satisfies Verification
      })

      const picture = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
        sql.withTransaction(Effect.andThen(sql`set transaction isolation level repeatable read, read only`, effect))

      return PanelChain.of({
        units,
        picture,
        linkAt,
        verify: (unitId, expiredBefore) => picture(verify(unitId, expiredBefore))
      })
    })
  )
}

/** Links that are gone, from a place up to before another. */
const missing = (from: number, until: number): ReadonlyArray<Fault> =>
  Array.from({ length: Math.min(faultsMax, until - from) }, (_, index) => ({
    kind: "removed",
    seq: from + index,
    rowId: null,
    with: null
  }))

interface Unlinked {
  readonly seq: number
  readonly rowId: number
  readonly isAlone: boolean
  readonly last: number
}

interface Different {
  readonly seq: number
  readonly rowId: number
  readonly isGone: boolean
}
