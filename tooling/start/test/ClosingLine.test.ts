import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { root } from "../src/config.ts"
import { format } from "../src/ClosingLine.ts"

/** A run of its own over these files; the last line that it prints, and its exit code. */
const runOver = (files: Record<string, string>) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "spoor-closing-"))
  try {
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text)
    const vitest = path.join(root, "node_modules/vitest/vitest.mjs")
    const reporter = path.join(root, "tooling/start/src/ClosingLine.ts")
    const options = ["run", "--root", folder, "--globals", "--reporter=default", `--reporter=${reporter}`]
    const { stdout, status } = spawnSync(process.execPath, [vitest, ...options], { encoding: "utf8" })
    return { last: stdout.trimEnd().split("\n").at(-1), status }
  } finally {
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

describe("ClosingLine", () => {
  it("names skipped tests only when there are any", () => {
    assert.strictEqual(format({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed")
    assert.strictEqual(format({ passed: 3, failed: 1, skipped: 2 }), "3 passed, 1 failed, 2 skipped")
  })

  it("is the last line of a run that is green", { timeout: 30_000 }, () => {
    assert.deepStrictEqual(runOver({ "a.test.js": "it('is', () => {})" }), { last: "1 passed, 0 failed", status: 0 })
  })

  it("counts failed tests, files that do not load and set-ups that fail", { timeout: 30_000 }, () => {
    const run = runOver({
      "a.test.js": "it('is', () => {}); it('is not', () => { throw new Error('no') })",
      "b.test.js": "import './missing.js'; it('is', () => {})",
      "c.test.js": "describe('c', () => { beforeAll(() => { throw new Error('no') }); it('is', () => {}) })"
    })
    assert.deepStrictEqual(run, { last: "1 passed, 3 failed, 1 skipped", status: 1 })
  })
})
