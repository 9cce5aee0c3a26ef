/** Mutation testing of the rules: `npm run mutate -w @spoor/domain`. The survivors and why they live: test/session/README.md. */
export default {
  mutate: ["src/session/*.ts"],
  testRunner: "vitest",
  vitest: { configFile: "vitest.mutation.config.ts", related: false },
  plugins: ["@stryker-mutator/vitest-runner"],
  coverageAnalysis: "perTest",
  // A mutant of a bound may loop for ever; the tests themselves take seconds.
  timeoutMS: 20_000,
  concurrency: 2,
  reporters: ["clear-text", "json", "progress-append-only"],
  jsonReporter: { fileName: ".stryker-report/mutation.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  tempDirName: ".stryker",
  thresholds: { high: 95, low: 90, break: 90 }
}
