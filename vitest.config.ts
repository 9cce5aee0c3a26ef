import { defineConfig } from "vitest/config"

/** One run over every workspace, not one vitest per workspace: two cores stay busy and there is one closing line. */
export default defineConfig({
  test: {
    projects: ["packages/*/vitest.config.ts", "apps/*/vitest.config.ts", "tooling/*/vitest.config.ts"],
    reporters: ["default", "./tooling/start/src/ClosingLine.ts"]
  }
})
