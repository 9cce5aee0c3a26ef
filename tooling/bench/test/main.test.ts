import { assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const bench = (...options: ReadonlyArray<string>) =>
  spawnSync(process.execPath, ["--conditions=@spoor/source", "--expose-gc", main, ...options], { encoding: "utf8" })

describe("npm run bench", { timeout: 120_000 }, () => {
  it("lists the benches when it is given no name", () => {
    const { stdout, status } = bench()
    assert.match(stdout, /^ {2}sessions {2,}\S/m)
    assert.strictEqual(status, 0)
  })

  it("refuses a name or an option that it does not know, and says which there are", () => {
    const unknown = bench("rainbows")
    assert.match(unknown.stderr, /rainbows[^]*sessions/)
    assert.strictEqual(unknown.status, 1)
    assert.match(bench("sessions", "--events", "many").stderr, /--events.*"many"/)
  })

  it("ends with one line of JSON, and all ways find the same sessions", () => {
    const { stdout, stderr, status } = bench("sessions", "--events", "2000", "--rounds", "1", "--seed", "3")
    assert.strictEqual(status, 0, stderr)
    const lines = stdout.trimEnd().split("\n")
    assert.strictEqual(lines.filter((line) => line.startsWith("{")).length, 1)
    const line: Record<string, number | string> = JSON.parse(lines.at(-1)!)
    assert.deepInclude(line, { bench: "sessions", events: 2000, seed: 3, rounds: 1 })
    for (const key of ["ratio", "sessionize_events_per_s", "duckdb_events_per_s", "memory_ratio"]) {
      assert.isAbove(Number(line[key]), 0, key)
    }
  })

  it("measures the door beside a server that only parses", () => {
    const { stdout, stderr, status } = bench("doors", "--events", "2000", "--rounds", "1", "--seed", "3")
    assert.strictEqual(status, 0, stderr)
    const line: Record<string, number | string> = JSON.parse(stdout.trimEnd().split("\n").at(-1)!)
    assert.deepInclude(line, { bench: "doors", events: 2000, seed: 3, rounds: 1 })
    for (const key of ["ratio", "ratio_in_memory", "door_us_per_event", "bare_us_per_event"]) {
      assert.isAbove(Number(line[key]), 0, key)
    }
  })
})
