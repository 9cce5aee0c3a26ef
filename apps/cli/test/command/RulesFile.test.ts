import { describe, expect, it } from "@effect/vitest"
import { Rules } from "@spoor/domain"
import { Result } from "effect"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll } from "vitest"
import { Effect } from "effect"
import * as RulesFile from "../../src/command/RulesFile.ts"
import { spoor } from "../run.ts"

const folder = mkdtempSync(join(tmpdir(), "spoor-test-"))
afterAll(() => rmSync(folder, { recursive: true }))

describe("a rules file", () => {
  it.each([
    ["{}", {}],
    ['\ufeff{"inactivity": "1 hour"}', { inactivity: 3_600_000 }],
    ['{"inactivity": "1 minute", "grace": "0 seconds"}', { inactivity: 60_000, grace: 0 }],
    ['{"inactivity": "4 hours", "grace": "24 hours"}', { inactivity: 14_400_000, grace: 86_400_000 }],
    [
      '{"repeatWindow": "2 days", "recoveryWindow": "1 week", "allowedLateness": "1.5 hours"}',
      { repeatWindow: 172_800_000, recoveryWindow: 604_800_000, allowedLateness: 5_400_000 }
    ]
  ])("%s is the defaults but for what it names", (text, rules) => {
    expect(RulesFile.decode(text)).toEqual(Result.succeed({ ...Rules.defaults, ...rules }))
  })

  it.each([
    ["{", "is not JSON"],
    ["", "is not JSON"],
    ["[]", 'must hold an object such as {"inactivity": "30 minutes"}'],
    ["null", 'must hold an object such as {"inactivity": "30 minutes"}'],
    [
      '{"Inactivity": "1 hour"}',
      'names "Inactivity", but the rules are inactivity, grace, repeatWindow, recoveryWindow, allowedLateness'
    ],
    [
      '{"__proto__": "1 hour"}',
      'names "__proto__", but the rules are inactivity, grace, repeatWindow, recoveryWindow, allowedLateness'
    ],
    ['{"grace": 5}', 'must give grace as a duration such as "30 minutes", not 5'],
    ['{"grace": null}', 'must give grace as a duration such as "30 minutes", not null'],
    ['{"grace": "soon"}', 'must give grace as a duration such as "30 minutes", not "soon"'],
    ['{"grace": ""}', 'must give grace as a duration such as "30 minutes", not ""'],
    ['{"inactivity": "59 seconds"}', 'gives inactivity as "59 seconds": expected a value between 1 minute and 4 hours'],
    [
      '{"inactivity": "241 minutes"}',
      'gives inactivity as "241 minutes": expected a value between 1 minute and 4 hours'
    ],
    ['{"grace": "-1 minutes"}', 'gives grace as "-1 minutes": expected a value between 0 seconds and 1 day'],
    [
      '{"repeatWindow": "366 days"}',
      'gives repeatWindow as "366 days": expected a value between 0 seconds and 365 days'
    ],
    ['{"recoveryWindow": "Infinity"}', 'gives recoveryWindow as "Infinity": expected an integer'],
    ['{"allowedLateness": "1.5 millis"}', 'gives allowedLateness as "1.5 millis": expected an integer']
  ])("%s is refused: it %s", (text, reason) => {
    expect(RulesFile.decode(text)).toEqual(Result.fail(reason))
  })

  it.effect("that is missing or wrong ends the command with one sentence that names it", () =>
    Effect.gen(function* () {
      const missing = join(folder, "missing.json")
      expect(yield* spoor(["sessionize", "--rules", missing], "")).toEqual({
        out: "",
        err: `spoor: The rules file ${missing} does not exist.\n`,
        isSuccess: false
      })
      const wrong = join(folder, "wrong.json")
      writeFileSync(wrong, '{"gracee": "1 hour"}')
      const { err, isSuccess } = yield* spoor(["what-if", "--rules", wrong], "")
      expect(err).toMatch(/^spoor: The rules file .*wrong\.json names "gracee", but the rules are [^\n]*\.\n$/)
      expect(isSuccess).toBe(false)
      expect(yield* spoor(["sessionize", "--rules", folder], "")).toMatchObject({ out: "", isSuccess: false })
    })
  )
})
