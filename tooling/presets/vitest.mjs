import { availableParallelism } from "node:os"
import { defineConfig } from "vitest/config"

/**
 * One vitest project per workspace; workspace packages are read as source, so tests need no build. Files run beside each other, but for
 * those of workspaces with `fileParallelism: false`, whose tests go by the clock.
 */
export const project = (name, test = {}) =>
  defineConfig({
    resolve: { conditions: ["@spoor/source"] },
    ssr: { resolve: { conditions: ["@spoor/source"] } },
    test: { name, include: ["test/**/*.test.ts"], maxWorkers: Math.max(2, availableParallelism() - 1), ...test }
  })
