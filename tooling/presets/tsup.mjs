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
  esbuildOptions: (options) => {
    options.conditions = ["@spoor/source"]
  }
})
