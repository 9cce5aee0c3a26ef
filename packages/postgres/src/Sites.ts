import { type Activity, Ids, Rules } from "@spoor/domain"
import { Context, Effect, Layer, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { Place } from "./Activities.ts"
import { instant } from "./Keyset.ts"
import * as KeyText from "./KeyText.ts"
import { WriteKeys } from "./WriteKeys.ts"

/** One shop, as the panel names it. */
export interface Site extends Place {
  readonly name: string
  readonly url: string
}

/** A site's own names of events. *Shape*: `map` is the JSON text of a `SegmentEventMap.EventMap`, as it was set. */
export interface SiteEventMap extends Schema.Schema.Type<typeof SiteEventMap> {}

export const SiteEventMap = Schema.Struct({ unitId: Schema.Int, siteId: Ids.SiteId, map: Schema.String })

/** Rules as they were set once. *Units*: UTC milliseconds. *Shape*: the first version has no `appliesFrom` and nobody's name. */
export interface RulesVersion {
  readonly version: number
  readonly rules: Rules.Rules
  readonly appliesFrom: number | null
  readonly changedAt: number
  readonly changedBy: string | null
}

type VersionRow = Omit<RulesVersion, "rules"> & Rules.Rules

/**
 * New rules after those of `version`, for sessions that begin from `appliesFrom` on. *Units*: UTC milliseconds.
 *
 * *Shape*: `appliesFrom` lies ahead by more than a worker's transaction lasts, so that none settles a session by rules that
 * are another's by then.
 */
export interface RulesChange {
  readonly version: number
  readonly rules: Rules.Rules
  readonly userId: string
  readonly changedAt: number
  readonly appliesFrom: number
}

/** The sites of the business units and their rules. *Fails* with `SqlError`. */
export class Sites extends Context.Service<
  Sites,
  {
    /** Adds a business unit and gives its ID. */
    readonly addUnit: (unit: {
      readonly name: string
      readonly timeZone: string
    }) => Effect.Effect<number, SqlError.SqlError>
    readonly add: (site: Site, rules: Rules.Rules) => Effect.Effect<void, SqlError.SqlError>
    /**
     * Adds a site with the standard rules and the key of its pages, both or none, and gives the key. *Fails* with the reason
     * `UniqueViolation` when the unit has a site of that ID.
     */
    readonly addWithKey: (site: Site) => Effect.Effect<string, SqlError.SqlError>
    /** The unit's sites, by name. */
    readonly ofUnit: (unitId: number) => Effect.Effect<ReadonlyArray<Site>, SqlError.SqlError>
    /** When each type of activity was seen last on a site, of those since an instant. *Units*: UTC milliseconds. */
    readonly seen: (
      place: Place,
      since: number
    ) => Effect.Effect<ReadonlyMap<Activity.ActivityType, number>, SqlError.SqlError>
    /** The rules with those before them. A site that does not exist is a defect: its keys are gone with it. */
    readonly rules: (place: Place) => Effect.Effect<Rules.Rules, SqlError.SqlError>
    /** Every version of the rules, the first one first. */
    readonly versions: (place: Place) => Effect.Effect<ReadonlyArray<RulesVersion>, SqlError.SqlError>
    /** Adds a version; false when somebody else has changed the one that this follows. */
    readonly changeRules: (place: Place, change: RulesChange) => Effect.Effect<boolean, SqlError.SqlError>
    /** What the sites' clients call their events, of all sites that have names of their own. */
    readonly eventMaps: Effect.Effect<ReadonlyArray<SiteEventMap>, SqlError.SqlError>
    /** Sets a site's own names of events; null for the standard ones alone. */
    readonly setEventMap: (place: Place, map: object | null) => Effect.Effect<void, SqlError.SqlError>
  }
>()("@spoor/postgres/Sites") {
  static readonly layer = Layer.effect(
    Sites,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const keys = yield* WriteKeys

      const addUnit = Effect.fn("Sites.addUnit")(function* (unit: {
        readonly name: string
        readonly timeZone: string
      }) {
        const rows = yield* sql<{ readonly id: number }>`
          insert into business_unit (name, time_zone) values (${unit.name}, ${unit.timeZone}) returning unit_id as id`
        return rows[0]!.id
      })

      const add = Effect.fn("Sites.add")(function* (site: Site, rules: Rules.Rules) {
        yield* sql`
          insert into site (unit_id, id, name, url, inactivity_ms, grace_ms, repeat_window_ms, recovery_window_ms,
            allowed_lateness_ms)
          values (${site.unitId}, ${site.siteId}, ${site.name}, ${site.url}, ${rules.inactivity}, ${rules.grace},
            ${rules.repeatWindow}, ${rules.recoveryWindow}, ${rules.allowedLateness})`
      })

      const addWithKey = Effect.fn("Sites.addWithKey")(function* (site: Site) {
        const { unitId, siteId } = site
        const key = KeyText.make("browser")
        const made = { name: "Pages", prefix: KeyText.prefixOf(key), sha256: KeyText.sha256(key), publicKey: key }
        yield* add(site, Rules.defaults)
        yield* keys.add({ unitId, siteId, kind: "browser", ...made })
        return key
      }, sql.withTransaction)

      const ofUnit = Effect.fn("Sites.ofUnit")(function* (unitId: number) {
        return yield* sql<Site>`
          select unit_id as "unitId", id as "siteId", name, url from site where unit_id = ${unitId} order by name, id`
      })

      const seen = Effect.fn("Sites.seen")(function* ({ unitId, siteId }: Place, since: number) {
        const rows = yield* sql<{ readonly type: Activity.ActivityType; readonly at: number }>`
          select type, ${instant(sql, "max(occurred_at)", "at")} from activity
          where unit_id = ${unitId} and site_id = ${siteId} and occurred_at > to_timestamp(${since}::float8 / 1000)
          group by type`
        return new Map(rows.map(({ at, type }) => [type, at]))
      })

      const ruleColumns = sql`inactivity_ms as inactivity, grace_ms as grace, repeat_window_ms as "repeatWindow",
        recovery_window_ms as "recoveryWindow", allowed_lateness_ms as "allowedLateness"`

      const versions = Effect.fn("Sites.versions")(function* ({ unitId, siteId }: Place) {
        const rows = yield* sql<VersionRow>`
          select 1 as version, ${ruleColumns}, null::float8 as "appliesFrom",
            (extract(epoch from created_at) * 1000)::float8 as "changedAt", null as "changedBy"
          from site where unit_id = ${unitId} and id = ${siteId}
          union all
          select version, ${ruleColumns}, (extract(epoch from applies_from) * 1000)::float8,
            (extract(epoch from changed_at) * 1000)::float8,
            (select email from panel_user where id = changed_by)
          from site_rules where unit_id = ${unitId} and site_id = ${siteId}
          order by version`
        if (rows.length === 0) return yield* Effect.die(new Error(`There is no site ${siteId}.`))
        return rows.map(({ version, appliesFrom, changedAt, changedBy, ...rules }) => {
          return { version, appliesFrom, changedAt, changedBy, rules }
        })
      })

      const rules = Effect.fn("Sites.rules")(function* (place: Place) {
        const all = yield* versions(place)
        const former = all.slice(0, -1).map(({ rules }, index) => ({ until: all[index + 1]!.appliesFrom!, rules }))
        const newest = all.at(-1)!.rules
        return former.length === 0 ? newest : { ...newest, former }
      })

      const changeRules = Effect.fn("Sites.changeRules")(function* (place: Place, change: RulesChange) {
        const { unitId, siteId } = place
        const { rules, userId, changedAt, appliesFrom } = change
        // Two who change the same version meet in the row's key: the first one wins, and only whole versions follow each other.
        const rows = yield* sql`
          insert into site_rules (unit_id, site_id, version, inactivity_ms, grace_ms, repeat_window_ms, recovery_window_ms,
            allowed_lateness_ms, applies_from, changed_by, changed_at)
          select ${unitId}, ${siteId}, ${change.version + 1}, ${rules.inactivity}, ${rules.grace}, ${rules.repeatWindow},
            ${rules.recoveryWindow}, ${rules.allowedLateness}, to_timestamp(${appliesFrom}::float8 / 1000), ${userId},
            to_timestamp(${changedAt}::float8 / 1000)
          where ${change.version} = coalesce((
            select max(version) from site_rules where unit_id = ${unitId} and site_id = ${siteId}), 1)
          on conflict do nothing returning version`
        return rows.length > 0
      })

      const eventMaps = sql<SiteEventMap>`
        select unit_id as "unitId", id as "siteId", event_map::text as map from site where event_map is not null`

      const setEventMap = Effect.fn("Sites.setEventMap")(function* ({ unitId, siteId }: Place, map: object | null) {
        yield* sql`
          update site set event_map = nullif(${JSON.stringify(map)}::text::jsonb, 'null')
          where unit_id = ${unitId} and id = ${siteId}`
      })

      return Sites.of({ addUnit, add, addWithKey, ofUnit, seen, rules, eventMaps, setEventMap, versions, changeRules })
    })
  ).pipe(Layer.provide(WriteKeys.layer))
}
