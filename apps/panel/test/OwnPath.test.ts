import { describe, expect, it } from "vitest"
import { ownPath } from "../src/lib/server/OwnPath.ts"

describe("ownPath", () => {
  it.each(["/", "/activity", "/activity/12?type=ModifyCart&site=a%2Fb", "/session-events?email=a@b"])(
    "keeps %s",
    (path) => {
      expect(ownPath(path)).toBe(path)
    }
  )

  it.each([
    null,
    "",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/.//evil.example",
    "/x/..//evil.example",
    "https://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "activity",
    " /activity"
  ])("sends %j to the start page", (path) => {
    expect(ownPath(path)).toBe("/")
  })
})
