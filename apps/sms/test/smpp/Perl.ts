import { Effect } from "effect"
import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import type { Readable } from "node:stream"

const has = () => spawnSync("perl", ["-MNet::SMPP", "-e", "1"], { stdio: "ignore" }).status === 0

/** Only where nobody is asked for a password, and nothing else has to be got. */
const install = () => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const packages = ["install", "-y", "--no-install-recommends", "libnet-smpp-perl"]
  spawnSync("apt-get", packages, { stdio: "ignore", env: environment, timeout: 60_000 })
}

if (!has()) install()

/** Whether there is Net::SMPP to test against; every test without it is counted as skipped. */
export const isInstalled = has()
if (!isInstalled) {
  console.warn("SKIPPED: the tests against Net::SMPP, for want of Perl's module (Debian: libnet-smpp-perl).")
}

/** A script of this folder that runs until its scope ends, and the lines that it says. */
export const run = (script: "smsc.pl" | "esme.pl" | "deliver.pl", ...args: ReadonlyArray<string>) =>
  Effect.acquireRelease(
    Effect.sync(
      () =>
        new Script(spawn("perl", [`${import.meta.dirname}/${script}`, ...args], { stdio: ["ignore", "pipe", "pipe"] }))
    ),
    ({ child }) => Effect.sync(() => child.kill("SIGKILL"))
  )

export class Script {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  /** Its exit code, when all is said. */
  readonly ended: Promise<number>
  private readonly lines: AsyncIterator<string>

  constructor(child: ChildProcessByStdio<null, Readable, Readable>) {
    this.child = child
    this.ended = once(child, "close").then(([code]) => Number(code))
    this.lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    child.stderr.resume()
  }

  /** The next line, by its fields. */
  async next(): Promise<ReadonlyArray<string>> {
    const line = await this.lines.next()
    if (line.done === true) throw new Error("The script says no more.")
    return line.value.split("\t")
  }
}
