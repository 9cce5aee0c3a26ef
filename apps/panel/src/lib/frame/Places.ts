import LayoutDashboard from "@lucide/svelte/icons/layout-dashboard"
import Settings from "@lucide/svelte/icons/settings"
import Split from "@lucide/svelte/icons/split"
import UserRoundSearch from "@lucide/svelte/icons/user-round-search"
import * as m from "#lib/paraglide/messages.js"
import { logs } from "./Logs.ts"

/** The start page. `key` follows "g" on the keyboard. */
export const overview = {
  path: "/",
  key: "o",
  icon: LayoutDashboard,
  name: m.overview,
  short: m.overview_short
} as const

/** What answers questions that no single log answers. */
export const tools = [
  { path: "/person", key: "e", icon: UserRoundSearch, name: m.person, short: m.person_short },
  { path: "/what-if", key: "w", icon: Split, name: m.what_if, short: m.what_if },
  { path: "/settings", key: ",", icon: Settings, name: m.settings, short: m.settings }
] as const

/** All that one can go to, in the order of the navigation. */
export const places = [overview, ...logs, ...tools] as const

/** As many stand in a phone's bar; the rest is behind one button. */
const barMax = 6
export const inBar = places.length <= barMax ? places : places.slice(0, barMax)
export const behindBar = places.slice(inBar.length)

export const isCurrent = (path: string, pathname: string): boolean =>
  pathname === path || (path !== "/" && pathname.startsWith(`${path}/`))
