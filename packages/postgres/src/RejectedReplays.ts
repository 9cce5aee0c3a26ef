import { Time } from "@spoor/domain"
import { Context, Duration, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Tally } from "./Intakes.ts"
import { instant } from "./Keyset.ts"
import type { RejectedCursor, RejectedFilter } from "./RejectedItems.ts"

type Filter = Pick<RejectedFilter, "ids" | "site" | "reason">

/** A replay that was asked for. *Shape*: what came of the items so far. *Units*: instants in UTC milliseconds. */
export interface RejectedReplay extends Tally {
  readonly ids: ReadonlyArray<number> | null
  readonly askedAt: number
  readonly finishedAt: number | null
}

/** A step of one, taken by a worker. *Shape*: `filter` and `after` as `RejectedItems.page` has them. */
export interface TakenReplay {
  readonly unitId: number
  readonly filter: Filter
  readonly after: RejectedCursor
  readonly heldUntil: number
}

/**
 * Rejected items that are to be read again, handed to the worker by those who may not write logs.
 *
 * *Fails* with `SqlError`. *Source*: ADR 0048.
 */
export class RejectedReplays extends Context.Service<
  RejectedReplays,
  {
    /** Asks for those that were received until now; false, and nothing, while the unit's last one is not finished. */
    readonly ask: (unitId: number, filter: Filter, now: number) => Effect.Effect<boolean, SqlError.SqlError>
    /** The unit's last one; null where there was none. */
    readonly last: (unitId: number) => Effect.Effect<RejectedReplay | null, SqlError.SqlError>
    /** Takes the next step of any unit's; nobody else gets it until `settle` or the end of the lease. */
    readonly take: (now: number, lease: Duration.Duration) => Effect.Effect<TakenReplay | null, SqlError.SqlError>
    /** Adds what came of a step. *Shape*: `next` is where it goes on; null when that was all. */
    readonly settle: (
      taken: TakenReplay,
      tally: Tally,
      next: RejectedCursor | null,
      now: number
    ) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/RejectedReplays") {
  static readonly layer = Layer.effect(
    RejectedReplays,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const at = (moment: number) => sql`${Time.formatInstant(moment)}::text::timestamptz`

      const ask = Effect.fn("RejectedReplays.ask")(function* (
        unitId: number,
        { ids, reason, site }: Filter,
        now: number
      ) {
        const rows = yield* sql`
          insert into rejected_replay as last (unit_id, ids, site_id, reason, asked_at, after_at, after_id)
          values (${unitId}, ${ids ?? null}::bigint[], ${site ?? null}::text, ${reason ?? null}::rejection_reason, ${at(now)},
            ${at(now)}, ${Number.MAX_SAFE_INTEGER}::bigint)
          on conflict (unit_id) do update set ids = excluded.ids, site_id = excluded.site_id, reason = excluded.reason,
            asked_at = excluded.asked_at, after_at = excluded.after_at, after_id = excluded.after_id, stored = 0,
            duplicate = 0, rejected = 0, held_until = null, finished_at = null
          where last.finished_at is not null
          returning 1`
        return rows.length > 0
      })

      const last = Effect.fn("RejectedReplays.last")(function* (unitId: number) {
        const rows = yield* sql<RejectedReplay>`
          select to_json(ids) as ids, stored, duplicate, rejected, ${instant(sql, "asked_at", "askedAt")},
            ${instant(sql, "finished_at", "finishedAt")}
          from rejected_replay where unit_id = ${unitId}`
        return rows[0] ?? null
      })

      const take = Effect.fn("RejectedReplays.take")(function* (now: number, lease: Duration.Duration) {
        const heldUntil = now + Duration.toMillis(lease)
        const rows = yield* sql<{
          readonly unitId: number
          readonly ids: ReadonlyArray<number> | null
          readonly site: string | null
          readonly reason: NonNullable<Filter["reason"]> | null
          readonly afterAt: number
          readonly afterId: number
        }>`
          update rejected_replay set held_until = ${at(heldUntil)}
          where unit_id = (
            select unit_id from rejected_replay
            where finished_at is null and (held_until is null or held_until <= ${at(now)})
            order by asked_at limit 1 for update skip locked)
          returning unit_id as "unitId", to_json(ids) as ids, site_id as site, reason,
            ${instant(sql, "after_at", "afterAt")}, after_id::float8 as "afterId"`
        return (
          rows.map(({ afterAt, afterId, ids, reason, site, unitId }): TakenReplay => ({
            unitId,
            filter: { ids: ids ?? undefined, site: site ?? undefined, reason: reason ?? undefined },
            after: { at: afterAt, id: afterId },
            heldUntil
          }))[0] ?? null
        )
      })

      const settle = Effect.fn("RejectedReplays.settle")(function* (
        { heldUntil, unitId }: TakenReplay,
        tally: Tally,
        next: RejectedCursor | null,
        now: number
      ) {
        const onwards =
          next === null ? sql`finished_at = ${at(now)}` : sql`after_at = ${at(next.at)}, after_id = ${next.id}::bigint`
        yield* sql`
          update rejected_replay set held_until = null, stored = stored + ${tally.stored},
            duplicate = duplicate + ${tally.duplicate}, rejected = rejected + ${tally.rejected}, ${onwards}
          where unit_id = ${unitId} and held_until = ${at(heldUntil)} and finished_at is null`
      })

      return RejectedReplays.of({ ask, last, take, settle })
    })
  )
}
