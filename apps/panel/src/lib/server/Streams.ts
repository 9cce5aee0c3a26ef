import { Duration, Effect } from "effect"
import { Auth, type Person } from "./Auth.ts"

/** How long somebody whose session ended may still be told something. */
const CHECK_PAUSE = Duration.seconds(3)

/** Answers that go on for long: so many at once for one person, and for all. */
const ofPersonMax = 8
const ofAllMax = 200

const open = new Map<string, number>()

/** Comes to its end when the person's session does, or their rights change. */
export const signedOut = (token: string, person: Person) =>
  Effect.flatMap(Auth, ({ stands }) => stands(token, person)).pipe(
    Effect.delay(CHECK_PAUSE),
    Effect.repeat({ while: (isStanding) => isStanding })
  )

/** Takes a place among the long answers; null when there is none. *Shape*: what it gives leaves the place, once. */
export const enter = ({ unitId, userId }: Person): (() => void) | null => {
  const key = `${unitId} ${userId}`
  const own = open.get(key) ?? 0
  const all = [...open.values()].reduce((sum, count) => sum + count, 0)
  if (own >= ofPersonMax || all >= ofAllMax) return null
  open.set(key, own + 1)
  let isIn = true
  return () => {
    if (!isIn) return
    isIn = false
    const left = (open.get(key) ?? 1) - 1
    if (left === 0) open.delete(key)
    else open.set(key, left)
  }
}
