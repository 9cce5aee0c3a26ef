import type { Log } from "@spoor/domain"
import type { Role } from "@spoor/postgres"
import { error } from "@sveltejs/kit"
import type { Effect } from "effect"
import type { Area } from "#lib/frame/Places.ts"
import type { Person } from "./Auth.ts"
import { personOf } from "./Guard.ts"
import { mask } from "./Mask.ts"
import { run, type Services } from "./runtime.ts"

/** The parts of the settings, in the order in which they are shown. */
export const sections = [
  "sites",
  "keys",
  "gateways",
  "webhooks",
  "rejected",
  "dead-letters",
  "people",
  "units",
  "retention",
  "rights",
  "account"
] as const
export type Section = (typeof sections)[number]

/** What each role may change. Everybody has an account of their own. */
const sectionsOf: { readonly [R in Role]: ReadonlyArray<Section> } = {
  administrator: sections,
  developer: ["keys", "rejected", "account"],
  marketer: ["account"],
  analyst: ["account"]
}

const everything: ReadonlyArray<Area> = [
  "overview",
  "panel",
  "activity",
  "session-events",
  "api",
  "sms",
  "person",
  "what-if",
  "settings"
]

/** What each role may look at, of its own unit. */
const areasOf: { readonly [R in Role]: ReadonlyArray<Area> } = {
  administrator: everything,
  marketer: everything,
  analyst: everything,
  developer: ["api", "settings"]
}

type Holder = Pick<Person, "role">

export const sectionsFor = ({ role }: Holder): ReadonlyArray<Section> => sectionsOf[role]

export const areasFor = ({ role }: Holder): ReadonlyArray<Area> => areasOf[role]

/** Whether e-mails, phones, IPs and keys are hidden from somebody, and cannot be asked by. */
export const isMasked = ({ role }: Holder): boolean => role === "analyst"

/** What somebody sees of a value: all of it, or what `Mask.mask` leaves. */
export const seenBy =
  (person: Holder) =>
  <A>(value: A): A =>
    isMasked(person) ? mask(value) : value

/** What a screen shows to somebody: everything that leaves the database for a reader goes through here, or through `seenBy`. */
export const show = async <A, E>(person: Person, screen: Effect.Effect<A, E, Services>): Promise<A> =>
  seenBy(person)(await run(screen))

/** Who asks, if they may open this part. Every load and every action of it asks here first: a layout guards no form. */
export const holderOf = (locals: App.Locals, section: Section): Person => {
  const person = personOf(locals)
  return sectionsFor(person).includes(section) ? person : error(403, "Forbidden")
}

/** Who asks, if they may look at this. */
export const readerOf = (locals: App.Locals, area: Area | Log.Log): Person => {
  const person = personOf(locals)
  return areasFor(person).includes(area) ? person : error(403, "Forbidden")
}
