import type { Intake } from "@spoor/contracts"
import { lanes, type Message } from "@spoor/queue"

/** What an intake holds of the visitors of one lane. *Shape*: `entry` names it among the messages that were written. */
export interface Part {
  readonly lane: number
  readonly entry: string
  readonly intake: Intake.Intake
}

/**
 * Shares an intake out by its visitors, so that one worker at a time has all that concerns a visitor (ADR 0056). Which visitor is in
 * which lane is for good: what was written of a message before is found again, whoever gets the rest.
 *
 * *Shape*: the lane of the first visitor has the message's own name, and what is of no visitor; one part is the intake itself.
 */
export const partsOf = (id: string, intake: Intake.Intake): ReadonlyArray<Part> => {
  const activities = Map.groupBy(intake.activities, laneOf)
  const identifications = Map.groupBy(intake.identifications, laneOf)
  const [home = 0, ...others] = new Set([...activities.keys(), ...identifications.keys()])
  if (others.length === 0) return [{ lane: home, entry: id, intake }]
  const own = (lane: number) => ({
    ...intake,
    activities: activities.get(lane) ?? [],
    identifications: identifications.get(lane) ?? []
  })
  return [
    { lane: home, entry: id, intake: own(home) },
    ...others.map((lane) => {
      const rest = { ...own(lane), duplicates: 0, rejections: [] }
      return { lane, entry: `${id}+${lane}`, intake: rest }
    })
  ]
}

/** What a door hands over of one request. An intake's fields are their own encoding: what was decoded there need not be encoded again. */
export const messagesOf = (requestId: string, intake: Intake.Intake): ReadonlyArray<Message> =>
  partsOf(requestId, intake).map(({ entry, intake: part, lane }) => ({
    id: entry,
    topic: "activity",
    lane,
    body: JSON.stringify(part)
  }))

/** By the last character: IDs that tools draw are as good as drawn there, too. */
const laneOf = ({ visitorId }: { readonly visitorId: string }): number =>
  visitorId.charCodeAt(visitorId.length - 1) % lanes.activity
