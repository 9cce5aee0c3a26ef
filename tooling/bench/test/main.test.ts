import { afterAll, assert, describe, it } from "@effect/vitest"
import { spawnSync } from "node:child_process"
import { chmodSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const bench = (...options: ReadonlyArray<string>) =>
  spawnSync(process.execPath, ["--conditions=@spoor/source", "--expose-gc", main, ...options], {
    encoding: "utf8",
    env: { ...process.env, SPOOR_HOME: home }
  })

const home = mkdtempSync(join(tmpdir(), "spoor-bench-test-"))
chmodSync(home, 0o711) // As root the database's server is another user, who must be able to pass.
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe("npm run bench", { timeout: 240_000 }, () => {
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

  it("measures receipts over SMPP beside one who keeps nothing, and none is refused", () => {
    const { stdout, stderr, status } = bench("sms", "--receipts", "1000", "--rounds", "1")
    assert.strictEqual(status, 0, stderr)
    const line: Record<string, number | string> = JSON.parse(stdout.trimEnd().split("\n").at(-1)!)
    assert.deepInclude(line, { bench: "sms", receipts: 1000, rounds: 1 })
    for (const key of ["ratio", "per_second", "p99_ms", "memory_ratio"]) assert.isAbove(Number(line[key]), 0, key)
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

  it("reads pages under every filter, of rows that it keeps", () => {
    const { stdout, stderr, status } = bench("pages", "--rows", "10000", "--rounds", "1", "--seed", "3")
    assert.strictEqual(status, 0, stderr)
    const line: Record<string, number | string> = JSON.parse(stdout.trimEnd().split("\n").at(-1)!)
    assert.deepInclude(line, { bench: "pages", rows: 10_000, seed: 3, rounds: 1 })
    for (const key of ["ratio", "p95_ms_max", "p95_ms_max_prefix", "first_page_p95_ms", "deep_page_p95_ms"]) {
      assert.isAbove(Number(line[key]), 0, key)
    }
  })
})
