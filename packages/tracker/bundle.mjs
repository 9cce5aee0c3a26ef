// Node only: how a server finds the file that it serves at /tracker.js.
import { existsSync, readdirSync, statSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { dirname, join } from "node:path"

/** The oldest language that the snippet speaks: browsers since 2019. */
export const options = { target: "es2019" }

/**
 * The text of /tracker.js: `dist/tracker.js` as the build left it, or, in a checkout that has no build or whose sources
 * are newer, a bundle made on the spot, so that tests and development never serve stale code.
 */
export const bundle = async () => {
  const folder = home()
  const built = join(folder, "dist", "tracker.js")
  if (isFresh(built, join(folder, "src"))) return readFile(built, "utf8")
  try {
    return await compile(join(folder, "src", "main.ts"))
  } catch (error) {
    if (existsSync(built)) return readFile(built, "utf8")
    throw error
  }
}

// A server's build carries this module inside its own bundle, so the package is found by name, not by this file's place.
const home = () => dirname(createRequire(import.meta.url).resolve("@spoor/tracker/package.json"))

const isFresh = (built, sources) => {
  if (!existsSync(built)) return false
  if (!existsSync(sources)) return true
  const changed = readdirSync(sources).map((name) => statSync(join(sources, name)).mtimeMs)
  return Math.max(...changed) <= statSync(built).mtimeMs
}

const compile = async (entry) => {
  // Named through a variable, so that a bundler leaves it for run time: production has no compiler and needs none.
  const compiler = "esbuild"
  const { build } = await import(compiler)
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    minify: true,
    format: "iife",
    target: options.target,
    logLevel: "silent"
  })
  return result.outputFiles[0].text
}
