import { Effect } from "effect"
import { once } from "node:events"
import { createServer } from "node:net"

/** The first above those to which `fetch` and browsers do not go. *Source*: WHATWG Fetch, "port blocking". */
const first = 10_081
/** Linux, macOS and Windows give the ports from here on to connections that go out. */
const end = 32_768

const given = new Set<number>()

/**
 * A port of 127.0.0.1 that nobody listens on and that this process has not been given before, for a server that will
 * listen a moment later. No connection that goes out can take it meanwhile, as it can what the system gives for port 0.
 */
export const freePort: Effect.Effect<number> = Effect.promise(async () => {
  for (;;) {
    const port = first + Math.floor(Math.random() * (end - first))
    if (given.has(port)) continue
    given.add(port)
    if (await isFree(port)) return port
  }
})

const isFree = async (port: number): Promise<boolean> => {
  const probe = createServer().listen(port, "127.0.0.1")
  try {
    await once(probe, "listening")
  } catch {
    return false
  }
  await once(probe.close(), "close")
  return true
}
