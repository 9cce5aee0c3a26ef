// What runs before anything is installed: no dependency, any Node from 20 on.
import { spawn } from "node:child_process"
import { existsSync, readFileSync } from "node:fs"
import { constants } from "node:os"
import { delimiter, join } from "node:path"
import { fileURLToPath } from "node:url"

export const root = fileURLToPath(new URL("../../", import.meta.url))

const modules = join(root, "node_modules")
const bin = join(modules, ".bin")
const isWindows = process.platform === "win32"

/** A first start may take minutes: whoever waits sees at least this often that it goes on. */
const SIGN_OF_LIFE_MS = 10_000

/** How often a child looks whether the npm that started us is still there. */
const PARENT_POLL_MS = 300

/** The servers' Node: Effect 4 and `node:sqlite` need it. */
const NODE_MINIMUM = [22, 19]

/** Installs what package-lock.json names, if it is not what is installed. Install scripts never run: none is needed. */
export const install = async () => {
  if (isInstalled()) return
  const options = [
    "--ignore-scripts",
    "--include=dev",
    "--include=optional",
    "--no-audit",
    "--no-fund",
    "--loglevel=error"
  ]
  const npm = process.env.npm_execpath
  const [command, ...first] = npm?.endsWith(".js") ? [process.execPath, npm] : ["npm"]
  await run("Installing dependencies", command, [...first, "ci", ...options])
}

/**
 * Node 24 from npm where the platform has it, else the one that runs this, if it is new enough.
 * The pinned one keeps everybody on the version that the tests ran on.
 */
export const node = () => {
  const pinned = join(bin, isWindows ? "node.cmd" : "node")
  if (existsSync(pinned)) return pinned
  const [major, minor] = process.versions.node.split(".").map(Number)
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return process.execPath
  return stop(`Node ${NODE_MINIMUM.join(".")} or newer is needed on ${process.platform}-${process.arch}.`)
}

/** Runs a tool of node_modules/.bin. */
export const tool = (label, name, options) => run(label, isWindows ? `${name}.cmd` : name, options)

/**
 * Runs one step to its end, with its name before and the time after it, on standard error: the other stream is for the
 * data of whatever we become. What the step says is shown when it fails, and ends this process.
 */
export const run = async (label, command, options) => {
  const startedAt = Date.now()
  const seconds = () => `${Math.round((Date.now() - startedAt) / 1000)} s`
  console.error(`▸ ${label}…`)
  const signs = setInterval(() => console.error(`  still ${lowerFirst(label)}, ${seconds()}`), SIGN_OF_LIFE_MS)
  const child = start(command, options, { stdio: ["ignore", "pipe", "pipe"] })
  const said = []
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => said.push(chunk))
  const code = await exitOf(child)
  clearInterval(signs)
  if (code !== 0) {
    process.stderr.write(Buffer.concat(said))
    stop(`✗ ${label} failed after ${seconds()}.`, code)
  }
  console.error(`  done in ${seconds()}`)
}

/** Runs a program in our place: same streams, same exit code, and on a leash it never outlives whoever started us. */
export const become = async (command, options, { cwd = root, isLeashed = true } = {}) => {
  const child = start(command, options, { cwd, stdio: "inherit" })
  // Ctrl-C reaches the child by itself, through the terminal's process group.
  process.on("SIGINT", () => {})
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill("SIGTERM"))
  // npm runs us below a shell that passes no signal on, so the only sign of its end is that we have another parent.
  const parent = process.ppid
  const watch = setInterval(() => isLeashed && process.ppid !== parent && child.kill("SIGTERM"), PARENT_POLL_MS)
  const code = await exitOf(child)
  clearInterval(watch)
  process.exit(code)
}

/** The tools come first on the path; nothing phones home; what was compiled once starts in half the time. */
const start = (command, options, { cwd = root, stdio }) =>
  spawn(command, options, {
    cwd,
    stdio,
    shell: isWindows,
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(root, "node_modules/.cache/spoor"),
      DO_NOT_TRACK: "1",
      TURBO_TELEMETRY_DISABLED: "1",
      TURBO_NO_UPDATE_NOTIFIER: "1"
    }
  })

/** `close` comes after the last of what the child said, `exit` may come before. */
const exitOf = (child) =>
  new Promise((resolve) => {
    child.once("error", (error) => {
      console.error(error.message)
      resolve(1)
    })
    child.once("close", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)))
  })

const stop = (message, code = 1) => {
  console.error(message)
  process.exit(code)
}

const lowerFirst = (text) => text.charAt(0).toLowerCase() + text.slice(1)

/** Compares the lock file with the one npm keeps inside node_modules, which it writes when it has finished. */
const isInstalled = () => {
  const present = join(modules, ".package-lock.json")
  if (!existsSync(present)) return false
  const installed = JSON.parse(readFileSync(present, "utf8")).packages
  const wanted = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages
  return Object.entries(wanted).every(([place, { link, optional, version }]) => {
    if (!place.includes("node_modules/")) return true
    // What is optional may be missing: it is for another platform.
    return installed[place] === undefined ? optional === true : link === true || installed[place].version === version
  })
}
