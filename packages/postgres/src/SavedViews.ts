import type { Log } from "@spoor/domain"
import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"

/** So many a person may keep of one log. */
export const ownViewsMax = 50

/** A question to a log under a name. *Shape*: `query` is that of the log's address in the panel, without "?". */
export interface SavedView {
  readonly id: number
  readonly name: string
  readonly query: string
  readonly isShared: boolean
  readonly ownerId: string
  readonly ownerEmail: string
}

/** Who asks. An administrator may remove what others have shared. */
export interface ViewReader {
  readonly unitId: number
  readonly userId: string
  readonly isAdministrator: boolean
}

/** What a person keeps. */
export type NewView = Pick<SavedView, "name" | "query" | "isShared">

/**
 * What came of it: "taken" where the person has a view of that name in this log, in any case; "full" where they have too
 * many; "missing" where there is no such view, or it is not theirs to change.
 */
export type Kept = { readonly _tag: "kept"; readonly id: number } | { readonly _tag: "taken" | "full" | "missing" }

/** The questions that people keep, for themselves or for all of their unit. *Fails* with `SqlError`. */
export class SavedViews extends Context.Service<
  SavedViews,
  {
    /** A person's own and the shared ones, by name. */
    readonly of: (reader: ViewReader, log: Log.Log) => Effect.Effect<ReadonlyArray<SavedView>, SqlError.SqlError>
    readonly add: (reader: ViewReader, log: Log.Log, view: NewView) => Effect.Effect<Kept, SqlError.SqlError>
    /** Its owner's alone. What is not named stays. */
    readonly change: (
      reader: ViewReader,
      log: Log.Log,
      id: number,
      changes: Partial<NewView>
    ) => Effect.Effect<Kept, SqlError.SqlError>
    readonly remove: (reader: ViewReader, log: Log.Log, id: number) => Effect.Effect<Kept, SqlError.SqlError>
  }
>()("@spoor/postgres/SavedViews") {
  static readonly layer = Layer.effect(
    SavedViews,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient

      const of = Effect.fn("SavedViews.of")(function* ({ unitId, userId }: ViewReader, log: Log.Log) {
        return yield* sql<SavedView>`
          select view.id, view.name, query, is_shared as "isShared", owner_id as "ownerId", email as "ownerEmail"
          from saved_view as view
          join panel_user as owner on owner.unit_id = view.unit_id and owner.id = view.owner_id
          where view.unit_id = ${unitId} and log = ${log} and (owner_id = ${userId} or is_shared)
          order by lower(view.name), view.id`
      })

      const add = Effect.fn("SavedViews.add")(function* (
        { unitId, userId }: ViewReader,
        log: Log.Log,
        { name, query, isShared }: NewView
      ) {
        const own = yield* sql<{ readonly count: number }>`
          select count(*)::float8 as count from saved_view
          where unit_id = ${unitId} and owner_id = ${userId} and log = ${log}`
        if ((own[0]?.count ?? 0) >= ownViewsMax) return { _tag: "full" } as const
        const rows = yield* sql<{ readonly id: number }>`
          insert into saved_view (unit_id, log, owner_id, name, is_shared, query)
          values (${unitId}, ${log}, ${userId}, ${name}, ${isShared}, ${query})
          on conflict do nothing returning id`
        return keptOr("taken", rows)
      })

      const change = Effect.fn("SavedViews.change")(
        function* ({ unitId, userId }: ViewReader, log: Log.Log, id: number, changes: Partial<NewView>) {
          const { name = null, query = null, isShared = null } = changes
          const rows = yield* sql<{ readonly id: number }>`
            update saved_view set name = coalesce(${name}, name), query = coalesce(${query}, query),
              is_shared = coalesce(${isShared}::boolean, is_shared), updated_at = now()
            where unit_id = ${unitId} and log = ${log} and id = ${id} and owner_id = ${userId}
            returning id`
          return keptOr("missing", rows)
        },
        Effect.catchIf(isTaken, () => Effect.succeed({ _tag: "taken" } as const))
      )

      const remove = Effect.fn("SavedViews.remove")(function* (
        { unitId, userId, isAdministrator }: ViewReader,
        log: Log.Log,
        id: number
      ) {
        const rows = yield* sql<{ readonly id: number }>`
          delete from saved_view
          where unit_id = ${unitId} and log = ${log} and id = ${id}
            and (owner_id = ${userId} or (is_shared and ${isAdministrator}))
          returning id`
        return keptOr("missing", rows)
      })

      return SavedViews.of({ of, add, change, remove })
    })
  )
}

const isTaken = ({ reason }: SqlError.SqlError): boolean => reason._tag === "UniqueViolation"

const keptOr = (otherwise: "taken" | "missing", [row]: ReadonlyArray<{ readonly id: number }>): Kept =>
  row === undefined ? { _tag: otherwise } : { _tag: "kept", id: row.id }
