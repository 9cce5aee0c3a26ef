import { redirect } from "@sveltejs/kit"
import { personOf } from "#lib/server/Guard.ts"
import * as PersonQuery from "#lib/server/PersonQuery.ts"
import * as PersonScreen from "#lib/server/PersonScreen.ts"
import { run } from "#lib/server/runtime.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, url, parent }) => {
  const { unitId } = personOf(locals)
  const asked = PersonQuery.read(url.searchParams)
  switch (asked._tag) {
    case "Nobody":
      return { typed: "", problem: null, person: null }
    case "Problem":
      return { typed: asked.typed, problem: asked.by, person: null }
    case "Session": {
      const owner = await run(PersonScreen.ownerOf(unitId, asked.id))
      if (owner === null) return { typed: asked.id, problem: "session" as const, person: null }
      return redirect(303, `/person?${new URLSearchParams(owner)}`)
    }
    case "Who": {
      const { by, value } = asked.who
      // One address for one person, to be sent on.
      if (url.searchParams.has("find")) redirect(303, `/person?${new URLSearchParams({ [by]: value })}`)
      const { locale } = await parent()
      const person = await run(PersonScreen.tell(unitId, asked.who, url.searchParams, locale))
      return { typed: value, problem: null, person }
    }
  }
}
