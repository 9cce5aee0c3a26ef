import { library } from "@spoor/presets/tsup"
import { defineConfig } from "tsup"

/**
 * One file per module, as in src. Bundlers leave out files, not parts of files, so whoever imports one namespace carries
 * that one and what it needs.
 */
export default defineConfig({
  ...library(["src/**/*.ts"]),
  silent: true,
  esbuildPlugins: [
    {
      name: "mirror",
      setup: (build) =>
        build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path }) =>
          kind === "entry-point" ? null : { path: path.replace(/\.ts$/, ".js"), external: true }
        )
    }
  ],
  esbuildOptions: (options) => {
    // The package carries src, which the maps point to.
    options.sourcesContent = false
  }
})
