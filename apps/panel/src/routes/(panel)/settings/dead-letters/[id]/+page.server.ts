import { error } from "@sveltejs/kit"
import { holderOf, show } from "#lib/server/Rights.ts"
import * as DeadLetters from "#lib/server/settings/DeadLetters.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params }) => {
  const person = holderOf(locals, "dead-letters")
  return { letter: (await show(person, DeadLetters.find(person, params.id))) ?? error(404, "Not found") }
}
