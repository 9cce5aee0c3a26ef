import { Program } from "@spoor/testing"
import { Effect } from "effect"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"

const has = () => ["bearerbox", "smsbox"].every((program) => spawnSync("which", [program]).status === 0)

/** Only where nobody is asked for a password, and nothing else has to be got. */
const install = () => {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  const packages = ["install", "-y", "--no-install-recommends", "kannel", "kannel-extras"]
  spawnSync("apt-get", packages, { stdio: "ignore", env: environment, timeout: 120_000 })
}

if (!has()) install()

/** Whether there is a Kannel to test with; every test without it is counted as skipped. */
export const isInstalled = has()
if (!isInstalled)
  console.warn("SKIPPED: the tests through a real Kannel, for want of it (Debian: kannel, kannel-extras).")

/** A real Kannel that sends over SMPP to a port of this machine. *Shape*: `send` hands it a message; those of its reports that the mask has go to the address. */
export const open = Effect.fnUntraced(function* (smscPort: number) {
  const folder = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(join(tmpdir(), "spoor-kannel-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true, force: true }))
  )
  const [admin, box, sendsms] = [yield* Program.freePort, yield* Program.freePort, yield* Program.freePort]
  const file = join(folder, "kannel.conf")
  yield* Effect.promise(() => writeFile(file, settings({ admin, box, sendsms, smscPort })))
  yield* running("bearerbox", file, folder)
  yield* Effect.promise(() => answers(`http://127.0.0.1:${admin}/status.txt?password=admin`, "online"))
  yield* running("smsbox", file, folder)
  yield* Effect.promise(() => answers(`http://127.0.0.1:${sendsms}/cgi-bin/sendsms`, ""))
  const send = (to: string, reports: string, mask = 31) =>
    Effect.promise(async () => {
      const fields = {
        username: "spoor",
        password: "spoor",
        from: "Sklep",
        to,
        text: "Paczka czeka",
        "dlr-mask": String(mask)
      }
      const query = new URLSearchParams({ ...fields, "dlr-url": reports })
      // Kannel closes idle connections when it likes, and a request on its way is lost with one.
      const headers = { connection: "close" }
      const response = await fetch(`http://127.0.0.1:${sendsms}/cgi-bin/sendsms?${query}`, { headers })
      if (response.status !== 202) throw new Error(`Kannel answers ${response.status}: ${await response.text()}`)
    })
  return { send }
})

const settings = ({
  admin,
  box,
  sendsms,
  smscPort
}: Record<"admin" | "box" | "sendsms" | "smscPort", number>): string => `
group = core
admin-port = ${admin}
admin-password = admin
admin-allow-ip = "127.0.0.1"
smsbox-port = ${box}
box-allow-ip = "127.0.0.1"
dlr-storage = internal
sms-resend-freq = 1
sms-resend-retry = 1
log-level = 4

group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = ${smscPort}
smsc-username = kannel
smsc-password = kannel
system-type = VMA
transceiver-mode = true

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = ${sendsms}
log-level = 4
http-request-retry = 60
http-queue-delay = 1

group = sendsms-user
username = spoor
password = spoor
`

const running = (program: string, file: string, folder: string) =>
  Effect.acquireRelease(
    Effect.sync(() => spawn(program, [file], { cwd: folder, stdio: "ignore" })),
    (child) => Effect.promise(() => end(child))
  )

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

const answers = async (url: string, word: string): Promise<void> => {
  for (let attempt = 0; attempt < 200; attempt++) {
    const said = await fetch(url).then(
      (response) => response.text(),
      () => undefined
    )
    if (said?.includes(word) === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`${url} does not say ${word}.`)
}
