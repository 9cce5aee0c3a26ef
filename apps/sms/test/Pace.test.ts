import { expect, it } from "vitest"
import { Pace } from "../src/report/Pace.ts"

const now = 1_700_000_000_500

it("counts what each gateway gave in the last minute, and forgets the rest", () => {
  const pace = new Pace()
  for (let second = 0; second < 200; second++) pace.count(1, now + 1_000 * second)
  pace.count(2, now + 199_000)
  pace.count(2, now + 199_400)
  expect([...pace.lastMinute(now + 199_000)]).toEqual([
    [1, 60],
    [2, 2]
  ])
  expect([...pace.lastMinute(now + 229_000)]).toEqual([
    [1, 30],
    [2, 2]
  ])
  expect([...pace.lastMinute(now + 300_000)]).toEqual([])
})
