import { personOf } from "#lib/server/Guard.ts"
import { detailOf } from "#lib/server/LogLoad.ts"
import { apiView } from "#lib/server/RequestView.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { locale } = await parent()
  return { entry: await detailOf("api", personOf(locals), params.id, apiView(locale)) }
}
