import type { Role } from "@spoor/postgres"
import { error } from "@sveltejs/kit"
import type { Person } from "./Auth.ts"
import { personOf } from "./Guard.ts"

/** The parts of the settings, in the order in which they are shown. */
export const sections = ["sites", "keys", "people", "account"] as const
export type Section = (typeof sections)[number]

/** What each role may change. Everybody has an account of their own. */
const sectionsOf: { readonly [R in Role]: ReadonlyArray<Section> } = {
  administrator: sections,
  developer: ["keys", "account"],
  marketer: ["account"],
  analyst: ["account"]
}

export const sectionsFor = ({ role }: Pick<Person, "role">): ReadonlyArray<Section> => sectionsOf[role]

/** Who asks, if they may open this part. Every load and every action of it asks here first: a layout guards no form. */
export const holderOf = (locals: App.Locals, section: Section): Person => {
  const person = personOf(locals)
  return sectionsFor(person).includes(section) ? person : error(403, "Forbidden")
}
