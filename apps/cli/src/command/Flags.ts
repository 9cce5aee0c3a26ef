import { Option } from "effect"
import { Flag } from "effect/cli"
import * as Instant from "../input/Instant.ts"

/** *Shape*: never, where it is left out. *Units*: UTC milliseconds. */
export const now = Flag.String("now").pipe(
  Flag.filterMap(
    (text) => Option.liftPredicate(Instant.parse(text), (instant) => !Number.isNaN(instant)),
    () => "an instant in ISO 8601, such as 2026-03-02T10:00:00Z"
  ),
  Flag.withMetavar("instant"),
  Flag.withDescription(
    "Answer as of this instant (ISO 8601). Without it every session is over and everything due has been emitted"
  ),
  Flag.withDefault(Infinity)
)

/** A file of rules, not yet read. */
export const rulesFile = (name: string, description: string) =>
  Flag.Path(name).pipe(Flag.withMetavar("rules.json"), Flag.withDescription(description), Flag.optional)
