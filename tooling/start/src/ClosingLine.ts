import type { Reporter, TestModule } from "vitest/node"

interface Counts {
  passed: number
  failed: number
  skipped: number
}

/** Closes a test run with one plain line, "N passed, N failed", and ", N skipped" when there are any. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: ReadonlyArray<TestModule>, errors: ReadonlyArray<unknown>) {
    const line = format(count(modules, errors.length))
    // Other reporters may still write after this call; the end of the process comes after all of them.
    process.once("exit", () => console.log(line))
  }
}

export const count = (modules: ReadonlyArray<TestModule>, unhandledErrors: number): Counts => {
  const counts = { passed: 0, failed: unhandledErrors, skipped: 0 }
  for (const module of modules) {
    const before = counts.failed
    for (const test of module.children.allTests()) {
      const { state } = test.result()
      counts[state === "passed" || state === "failed" ? state : "skipped"] += 1
    }
    // A file that did not load, or whose set-up failed, has no failed test to show for it.
    if (module.state() === "failed" && counts.failed === before) counts.failed += 1
  }
  return counts
}

export const format = ({ passed, failed, skipped }: Counts): string =>
  `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`
