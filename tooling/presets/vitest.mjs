import { defineConfig } from "vitest/config"

/** One vitest project per workspace; workspace packages are read as source, so tests need no build. */
export const project = (name, test = {}) =>
  defineConfig({
    resolve: { conditions: ["@spoor/source"] },
    ssr: { resolve: { conditions: ["@spoor/source"] } },
    test: { name, include: ["test/**/*.test.ts"], ...test }
  })
