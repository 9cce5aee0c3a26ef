import { error } from "@sveltejs/kit"
import { Clock, DateTime, Effect, Stream } from "effect"
import { readSession } from "#lib/server/Cookies.ts"
import { holderOf } from "#lib/server/Rights.ts"
import { run, toBody } from "#lib/server/runtime.ts"
import * as PersonRights from "#lib/server/settings/PersonRights.ts"
import * as Streams from "#lib/server/Streams.ts"
import type { RequestHandler } from "./$types"

/**
 * Everything of one person as a file. A form asks for it and not an address, which would carry them into the panel log.
 *
 * *Shape*: NDJSON (see `PersonFile.lines`).
 */
export const POST: RequestHandler = async ({ cookies, locals, request }) => {
  const person = holderOf(locals, "rights")
  const over = Streams.signedOut(readSession(cookies) ?? "", person)
  const file =
    PersonRights.file(person, await request.formData(), over) ?? error(400, "person is missing or cannot be read")
  const leave = Streams.enter(person) ?? error(429, "Too many open connections")
  const text = file.pipe(Stream.ensuring(Effect.sync(leave)), Stream.encodeText)
  const day = DateTime.formatIsoDateUtc(DateTime.makeUnsafe(await run(Clock.currentTimeMillis)))
  return new Response(await toBody(text), {
    headers: {
      "content-type": "application/x-ndjson",
      "content-disposition": `attachment; filename="spoor-person-${day}.ndjson"`
    }
  })
}
