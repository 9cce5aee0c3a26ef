import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { panelView } from "#lib/server/RequestView.ts"
import { readerOf, show } from "#lib/server/Rights.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:panel-log")
  const person = readerOf(locals, "panel")
  const reading = readingOf(person, await parent())
  const found = findOrGoOn("panel", "/panel-log", url.searchParams, reading)
  return {
    ...(await show(person, LogScreen.list("panel", reading, url.searchParams, panelView(reading.locale)))),
    found
  }
}
