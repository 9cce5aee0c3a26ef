import LayoutDashboard from "@lucide/svelte/icons/layout-dashboard"
import Settings from "@lucide/svelte/icons/settings"
import Split from "@lucide/svelte/icons/split"
import UserRoundSearch from "@lucide/svelte/icons/user-round-search"
import * as m from "#lib/paraglide/messages.js"
import { logs } from "./Logs.ts"

/** The start page. `key` follows "g" on the keyboard. */
export const overview = {
  area: "overview",
  path: "/",
  key: "o",
  icon: LayoutDashboard,
  name: m.overview,
  short: m.overview_short
} as const

/** What answers questions that no single log answers. */
export const tools = [
  { area: "person", path: "/person", key: "e", icon: UserRoundSearch, name: m.person, short: m.person_short },
  { area: "what-if", path: "/what-if", key: "w", icon: Split, name: m.what_if, short: m.what_if },
  { area: "settings", path: "/settings", key: ",", icon: Settings, name: m.settings, short: m.settings }
] as const

/** All that one can go to, in the order of the navigation. */
const all = [overview, ...logs, ...tools] as const

/** What a role lets somebody look at. */
export type Area = (typeof all)[number]["area"]

/** Those of them that somebody may go to. */
export const placesIn = (areas: ReadonlyArray<Area>) => all.filter(({ area }) => areas.includes(area))

/** As many stand in a phone's bar; the rest is behind one button. */
const barMax = 6
export const inBar = (areas: ReadonlyArray<Area>) => placesIn(areas).slice(0, barMax)
export const behindBar = (areas: ReadonlyArray<Area>) => placesIn(areas).slice(barMax)

export const isCurrent = (path: string, pathname: string): boolean =>
  pathname === path || (path !== "/" && pathname.startsWith(`${path}/`))
