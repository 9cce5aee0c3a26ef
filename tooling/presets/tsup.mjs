/** Shared tsup settings: ESM for Node 24; types are emitted by the type checker, several times faster. */
export const library = (entry) => ({
  entry,
  format: ["esm"],
  target: "node24",
  dts: false,
  sourcemap: true,
  // `node:sqlite` exists under that name only.
  removeNodeProtocol: false,
  clean: true,
  splitting: true
})

/** A server keeps npm packages external and carries the workspace's own packages inside its bundle. */
export const server = (entry) => ({
  ...library(entry),
  noExternal: [/^@spoor\//],
  // What comes along with the workspace's packages may be CommonJS that requires Node's own modules.
  banner: {
    js: 'import { createRequire as requireOf } from "node:module"; const require = requireOf(import.meta.url);'
  },
  esbuildOptions: (options) => {
    options.conditions = ["@spoor/source"]
  }
})
