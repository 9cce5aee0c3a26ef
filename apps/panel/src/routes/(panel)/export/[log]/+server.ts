import { Log } from "@spoor/domain"
import { error } from "@sveltejs/kit"
import { Clock, DateTime, Effect, Stream } from "effect"
import { getLocale } from "#lib/paraglide/runtime.js"
import { readSession } from "#lib/server/Cookies.ts"
import { type PhoneForm, phoneForms } from "#lib/server/CsvCells.ts"
import * as LogExport from "#lib/server/LogExport.ts"
import { read } from "#lib/server/LogFilters.ts"
import { readingOf } from "#lib/server/LogLoad.ts"
import { readerOf } from "#lib/server/Rights.ts"
import { run, toBody } from "#lib/server/runtime.ts"
import * as Shell from "#lib/server/Shell.ts"
import * as Streams from "#lib/server/Streams.ts"
import type { RequestHandler } from "./$types"

const contentTypes = { csv: "text/csv; charset=utf-8; header=present", ndjson: "application/x-ndjson" }

/**
 * A log as a file: exactly the rows that the filter of the address lets pass (see `LogExport.file`).
 *
 * *Shape*: `format` is "csv" or "ndjson", `phones` how a CSV has phone numbers, `id` a UUID of the asker's, to watch it by.
 */
export const GET: RequestHandler = async ({ cookies, locals, params, url }) => {
  const log = Log.Log.literals.find((name) => name === params.log) ?? error(404, "Not found")
  const person = readerOf(locals, log)
  const format = formatOf(url.searchParams) ?? error(400, "format is csv or ndjson, phones is text or plain")
  const id = url.searchParams.get("id") ?? crypto.randomUUID()
  if (!/^[0-9a-f-]{36}$/.test(id) || LogExport.isKnown(id)) error(400, "id is a UUID of which nothing is known yet")
  const reading = readingOf(person, { ...(await run(Shell.read(person.unitId))), locale: getLocale() })
  const now = await run(Clock.currentTimeMillis)
  const { problem, ...asked } = read(log, url.searchParams, { ...reading, now })
  if (problem !== null) error(400, problem)
  const leave = Streams.enter(person) ?? error(429, "Too many open connections")
  const over = Streams.signedOut(readSession(cookies) ?? "", person)
  const file = LogExport.file(id, person, { unitId: person.unitId, log, ...asked }, format, over).pipe(
    Stream.ensuring(Effect.sync(leave)),
    Stream.encodeText
  )
  const day = DateTime.formatIsoDateUtc(DateTime.makeUnsafe(now))
  return new Response(await toBody(file), {
    headers: {
      "content-type": contentTypes[format.name],
      "content-disposition": `attachment; filename="spoor-${log}-${day}.${format.name}"`
    }
  })
}

const formatOf = (search: URLSearchParams): LogExport.Format | null => {
  const phones = phoneForms.find((form): form is PhoneForm => form === (search.get("phones") ?? "text"))
  if (search.get("format") === "ndjson") return { name: "ndjson" }
  return search.get("format") === "csv" && phones !== undefined ? { name: "csv", phones } : null
}
