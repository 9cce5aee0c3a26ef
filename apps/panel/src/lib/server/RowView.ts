import type { Log } from "@spoor/domain"
import type { Locale } from "#lib/text/Format.ts"
import * as ActivityScreen from "./ActivityScreen.ts"
import type { Listed } from "./LogScreen.ts"
import { apiView, panelView } from "./RequestView.ts"
import * as SessionEventScreen from "./SessionEventScreen.ts"
import { smsView } from "./SmsView.ts"

/** What a list shows of a row, whichever the log. */
export const rowView = <L extends Log.Log>(log: L, locale: Locale): ((row: Log.RowOf<L>) => Listed) =>
  views(locale)[log]

const views = (locale: Locale): { readonly [L in Log.Log]: (row: Log.RowOf<L>) => Listed } => ({
  panel: panelView(locale),
  activity: ActivityScreen.summarise,
  "session-events": SessionEventScreen.summarise,
  api: apiView(locale),
  sms: smsView(locale)
})
