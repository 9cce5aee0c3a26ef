import { personOf } from "#lib/server/Guard.ts"
import { findOrGoOn, readingOf } from "#lib/server/LogLoad.ts"
import * as LogScreen from "#lib/server/LogScreen.ts"
import { panelView } from "#lib/server/RequestView.ts"
import { run } from "#lib/server/runtime.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = async ({ locals, url, parent, depends }) => {
  depends("log:panel-log")
  const reading = readingOf(personOf(locals), await parent())
  const found = findOrGoOn("panel", "/panel-log", url.searchParams, reading)
  return { ...(await run(LogScreen.list("panel", reading, url.searchParams, panelView(reading.locale)))), found }
}
