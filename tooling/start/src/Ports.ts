import { Effect, Schedule } from "effect"
import * as net from "node:net"
import type { Settings } from "./config.ts"
import { StartError } from "./StartError.ts"

/** What a killed start left behind needs a moment to notice and go. */
const PATIENCE = {
  schedule: Schedule.spaced("250 millis"),
  times: 12,
  while: (error: NodeJS.ErrnoException) => error.code === "EADDRINUSE"
}

/** *Fails* when a port is taken, with the setting that chooses another. */
export const checkFree = (settings: Pick<Settings, "host" | "panelPort" | "ingestPort" | "smsPort" | "shopPort">) =>
  Effect.all(
    [
      check(settings.host, settings.panelPort, "the panel", "SPOOR_PANEL_PORT"),
      check(settings.host, settings.ingestPort, "taking in events", "SPOOR_INGEST_PORT"),
      check(settings.host, settings.smsPort, "SMS gateways", "SPOOR_SMS_PORT"),
      check(settings.host, settings.shopPort, "the demo shop", "SPOOR_SHOP_PORT")
    ],
    { concurrency: "unbounded", discard: true }
  )

/** A port that nobody listens on, for those who tell others of it. */
export const findFree = (host: string) =>
  Effect.callback<number, StartError>((resume) => {
    const server = net.createServer()
    server.once("error", ({ message }) =>
      resume(Effect.fail(new StartError({ message: `No port of ${host} is free: ${message}.` })))
    )
    server.listen({ host, port: 0 }, () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resume(Effect.succeed(port)))
    })
  })

const check = (host: string, port: number, purpose: string, setting: string) =>
  tryListen(host, port).pipe(
    Effect.retry(PATIENCE),
    Effect.mapError((error) => new StartError({ message: explain(error, host, port, purpose, setting) }))
  )

const explain = (error: NodeJS.ErrnoException, host: string, port: number, purpose: string, setting: string) => {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} (for ${purpose}) is taken. Stop what uses it, or set ${setting} to another port.`
    case "EACCES":
      return `Port ${port} (for ${purpose}) may not be used. Set ${setting} to one above 1023.`
    default:
      return `Cannot listen on ${host}, port ${port} (for ${purpose}): ${error.message}. See SPOOR_HOST and ${setting}.`
  }
}

const tryListen = (host: string, port: number): Effect.Effect<void, NodeJS.ErrnoException> =>
  Effect.callback((resume) => {
    const server = net.createServer()
    server.once("error", (error) => resume(Effect.fail(error)))
    server.listen({ host, port, exclusive: true }, () => server.close(() => resume(Effect.void)))
  })
