import { holderOf, show } from "#lib/server/Rights.ts"
import * as DeadLetters from "#lib/server/settings/DeadLetters.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals, url }) => {
  const person = holderOf(locals, "dead-letters")
  return show(person, DeadLetters.list(person, url.searchParams))
}

export const actions: Actions = {
  replay: formAction("dead-letters", DeadLetters.replay)
}
