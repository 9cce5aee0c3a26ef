import { Activity, Ids } from "@spoor/domain"
import { Schema } from "effect"

/**
 * What a door hands to the worker through the queue: the accepted events of one request, and what became of the rest.
 *
 * *Shape*: sent = activities + duplicates + rejected; the worker finds further duplicates among the activities.
 */
export const Intake = Schema.Struct({
  unitId: Schema.Int,
  siteId: Ids.SiteId,
  activities: Schema.Array(Activity.Activity),
  duplicates: Schema.Int,
  rejected: Schema.Int
})
export interface Intake extends Schema.Schema.Type<typeof Intake> {}

/** The text of a queue message. */
export const IntakeFromText = Schema.fromJsonString(Intake)
