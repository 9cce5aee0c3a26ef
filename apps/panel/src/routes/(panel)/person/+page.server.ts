import { redirect } from "@sveltejs/kit"
import * as PersonQuery from "#lib/server/PersonQuery.ts"
import * as PersonScreen from "#lib/server/PersonScreen.ts"
import * as Identity from "#lib/server/Identity.ts"
import { isMasked, readerOf, sectionsFor, show } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { formAction } from "#lib/server/settings/FormAction.ts"
import type { Actions, PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, url, parent }) => {
  const reader = readerOf(locals, "person")
  const { unitId } = reader
  const asked = PersonQuery.read(url.searchParams)
  switch (asked._tag) {
    case "Nobody":
      return { typed: "", problem: null, person: null, mayUnlink: false }
    case "Problem":
      return { typed: asked.typed, problem: asked.by, person: null, mayUnlink: false }
    case "Session": {
      const owner = await run(PersonScreen.ownerOf(reader, asked.id))
      if (owner === null) return { typed: asked.id, problem: "session" as const, person: null, mayUnlink: false }
      return redirect(303, `/person?${new URLSearchParams(owner)}`)
    }
    case "Who": {
      const { by, value } = asked.who
      // What somebody may not see they cannot ask by either.
      if (isMasked(reader) && by !== "visitor")
        return { typed: value, problem: "masked" as const, person: null, mayUnlink: false }
      // One address for one person, to be sent on.
      if (url.searchParams.has("find")) redirect(303, `/person?${new URLSearchParams({ [by]: value })}`)
      const { locale } = await parent()
      const person = await show(reader, PersonScreen.tell(unitId, asked.who, url.searchParams, locale))
      return { typed: value, problem: null, person, mayUnlink: sectionsFor(reader).includes("rights") }
    }
  }
}

export const actions: Actions = {
  unlink: formAction("rights", Identity.unlink),
  relink: formAction("rights", Identity.relink)
}
