import { describe, expect, it } from "@effect/vitest"
import { Effect } from "effect"
import { spoor } from "./run.ts"

describe("the command spoor", () => {
  it.effect("helps, with every command, its options and examples", () =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* spoor(["--help"], "")
      expect({ err, isSuccess }).toEqual({ err: "", isSuccess: true })
      for (const command of ["sessionize", "what-if", "explain"]) {
        expect(out).toContain(command)
        const help = yield* spoor([command, "--help"], "")
        for (const part of ["--rules", "--now", "EXAMPLES", `spoor ${command}`]) expect(help.out).toContain(part)
      }
    })
  )

  it.effect("tells its version and completes", () =>
    Effect.gen(function* () {
      expect((yield* spoor(["--version"], "")).out).toMatch(/^spoor v\d/)
      for (const shell of ["bash", "zsh", "fish"]) {
        expect((yield* spoor(["--completions", shell], "")).out).toContain("sessionize")
      }
    })
  )

  it.effect.each([
    [["sessionise"], /^spoor: Unknown subcommand "sessionise"/],
    [["sessionize", "--speed"], /^spoor: Unrecognized flag: --speed/],
    [["sessionize", "more"], /^spoor: Unexpected positional argument: "more"/],
    [["sessionize", "--rules"], /^spoor: Missing value for flag --rules/],
    [
      ["sessionize", "--now", "soon"],
      /^spoor: Invalid value for flag --now: "soon"\. [^\n]*\nMore: spoor sessionize --help\n$/
    ],
    [["sessionize", "--now", "2026-02-30T00:00:00Z"], /^spoor: Invalid value for flag --now/],
    [
      ["export", "--email", "anna"],
      /^spoor: Invalid value for flag --email: "anna"\. Expected: an e-mail address, such as/
    ],
    [["export", "--phone", "12"], /Expected: a phone number with its country's code, such as/],
    [["retention", "set", "api", "7"], /Expected: a value between 30 and 3650\n/],
    [["dead-letters", "show", "abc"], /^spoor: Invalid value for argument <id>: "abc"\. Expected: a number\n/],
    [["explain"], /^spoor: Missing required argument: id/],
    [["explain", "e1", "--lang", "de"], /^spoor: Invalid value for flag --lang: "de"/]
  ] as const)("%j is refused on standard error", ([args, sentence]) =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* spoor(args, "")
      expect({ out, isSuccess }).toEqual({ out: "", isSuccess: false })
      expect(err).toMatch(sentence)
    })
  )

  it.effect("says what is expected where standard input is a terminal", () =>
    Effect.gen(function* () {
      const { out, err, isSuccess } = yield* spoor(["sessionize"], "", { isTerminal: true })
      expect({ out, isSuccess }).toEqual({ out: "", isSuccess: true })
      expect(err).toBe(
        "Waiting for events, one JSON object a line, on standard input. Try: spoor sessionize < events.ndjson\n"
      )
    })
  )
})
