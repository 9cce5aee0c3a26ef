import { project } from "@spoor/presets/vitest"
import { BaseSequencer, type TestSpecification } from "vitest/node"

/** A mutant is dead at the first failure, so the quick files come first; vitest has the slow ones first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    return (await super.sort(files)).toReversed()
  }
}

// Mutants are tried in threads, which cannot change the time zone, as Time.test.ts does: it is set before there are any.
process.env["TZ"] = "Asia/Kolkata"

/** What the mutants of src/session are tried on: all examples, and each law on a few cases. */
export default project("mutation", {
  include: ["test/session/**/*.test.ts"],
  // Loading the modules takes longer than the tests: once for all files, not once for each.
  isolate: false,
  sequence: { sequencer: QuickFirst },
  env: { SPOOR_LAW_RUNS: process.env["SPOOR_LAW_RUNS"] ?? "20" }
})
