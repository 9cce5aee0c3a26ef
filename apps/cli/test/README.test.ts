import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { spoor } from "./run.ts"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")

describe("README.md", () => {
  it.effect("shows what the command really writes", () =>
    Effect.gen(function* () {
      const [input, output] = [...readme.matchAll(/```json\n([^]*?)```/g)].map(([, block]) => block)
      expect(yield* spoor(["sessionize"], input ?? "")).toEqual({ out: output, err: "", isSuccess: true })
    })
  )
})
