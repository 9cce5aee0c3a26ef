import { Log } from "@spoor/domain"
import { error } from "@sveltejs/kit"
import { Effect, Stream } from "effect"
import { getLocale } from "#lib/paraglide/runtime.js"
import { readSession } from "#lib/server/Cookies.ts"
import * as LogLive from "#lib/server/LogLive.ts"
import { readingOf } from "#lib/server/LogLoad.ts"
import { readerOf } from "#lib/server/Rights.ts"
import { run, toBody } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import * as Streams from "#lib/server/Streams.ts"
import type { RequestHandler } from "./$types"

/**
 * The open end of a log (see `LogLive.events`); "end" says that the session is over.
 *
 * *Shape*: `after` is the place of the page that asks; whoever comes back says it by `Last-Event-ID`.
 */
export const GET: RequestHandler = async ({ cookies, locals, params, request, url }) => {
  const log = Log.Log.literals.find((name) => name === params.log) ?? error(404, "Not found")
  const person = readerOf(locals, log)
  const after = Number(request.headers.get("last-event-id") ?? url.searchParams.get("after"))
  if (!Number.isSafeInteger(after) || after < 0) error(400, "No place in the log")
  const reading = readingOf(person, { ...(await run(Shell.read(person.unitId))), locale: getLocale() })
  const leave = Streams.enter(person) ?? error(429, "Too many open connections")
  const over = Streams.signedOut(readSession(cookies) ?? "", person)
  const events = LogLive.events(log, reading, url.searchParams, after).pipe(
    Stream.interruptWhen(over),
    Stream.concat(Stream.make("event: end\ndata:\n\n")),
    Stream.ensuring(Effect.sync(leave)),
    Stream.encodeText
  )
  return new Response(await toBody(events), {
    headers: { "content-type": "text/event-stream", "x-accel-buffering": "no" }
  })
}
