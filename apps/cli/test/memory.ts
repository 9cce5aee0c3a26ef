// How memory grows with a sorted input: node_modules/.bin/node apps/cli/test/memory.ts [events]. Fails when it is more
// than the IDs.
import { spawn } from "node:child_process"
import process from "node:process"
import { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import { sortedEvents } from "./events.ts"

/** What an event may cost: an ID of 36 characters, its share of the table, and of its visitor. */
const bytesMax = 150

const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const report =
  'data:text/javascript,process.on("exit",()=>process.stderr.write(String(process.resourceUsage().maxRSS)))'

/** The greatest resident size of a run. *Units*: bytes. */
const peak = (events: number) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, ["--conditions=@spoor/source", "--import", report, main, "sessionize"], {
      stdio: ["pipe", "ignore", "pipe"]
    })
    let said = ""
    child.stderr.on("data", (bytes: Buffer) => (said += bytes.toString()))
    child.once("close", (status) => (status === 0 ? resolve(Number(said) * 1024) : reject(new Error(said))))
    Readable.from(sortedEvents(events, 3)).pipe(child.stdin)
  })

const events = Number(process.argv[2] ?? 2_000_000)
const startedAt = performance.now()
const few = await peak(events / 4)
const many = await peak(events)
const perEvent = (many - few) / (events * 0.75)
const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)} MB`
console.log(
  `${events / 4} events: ${megabytes(few)}; ${events} events: ${megabytes(many)}; ${Math.round(perEvent)} bytes an event more`
)
console.log(`${Math.round((events * 1.25e3) / (performance.now() - startedAt))} events a second, made and read`)
if (perEvent > bytesMax) {
  console.error(`More than ${bytesMax} bytes an event: it is not the IDs alone.`)
  process.exitCode = 1
}
