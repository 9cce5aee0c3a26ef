import type { Intake } from "@spoor/contracts"
import type { Batch } from "./Rounds.ts"

/** What a message holds of some visitors. *Shape*: `entry` names it among the messages that were written. */
export interface Part {
  readonly entry: string
  readonly intake: Intake.Intake
}

/** While PostgreSQL writes one, the sessions of another are computed. */
const lanes = 2

/**
 * Shares messages out by their visitors, so that each lane is written by a transaction of its own beside the others. Which visitor is
 * in which lane is for good: what was written of a message before is found again, whoever gets the rest.
 *
 * *Shape*: of each message the lane of its first visitor has the message's own name, and what is of no visitor.
 */
export const inLanes = (batches: ReadonlyArray<Batch<Intake.Intake>>): ReadonlyArray<ReadonlyArray<Part>> => {
  const parts: ReadonlyArray<Array<Part>> = Array.from({ length: lanes }, () => [])
  for (const { delivery, intake } of batches) {
    const activities = Map.groupBy(intake.activities, laneOf)
    const identifications = Map.groupBy(intake.identifications, laneOf)
    const [home = 0, ...others] = new Set([...activities.keys(), ...identifications.keys()])
    const own = (lane: number) => ({
      ...intake,
      activities: activities.get(lane) ?? [],
      identifications: identifications.get(lane) ?? []
    })
    parts[home]!.push({ entry: delivery.id, intake: own(home) })
    for (const lane of others) {
      const rest = { ...own(lane), duplicates: 0, rejections: [] }
      parts[lane]!.push({ entry: `${delivery.id}+${lane}`, intake: rest })
    }
  }
  return parts.filter((some) => some.length > 0)
}

/** By the last character: IDs that tools draw are as good as drawn there, too. */
const laneOf = ({ visitorId }: { readonly visitorId: string }): number =>
  visitorId.charCodeAt(visitorId.length - 1) % lanes
