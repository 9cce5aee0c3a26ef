import { detailOf } from "#lib/server/LogLoad.ts"
import { apiView } from "#lib/server/RequestView.ts"
import { readerOf } from "#lib/server/Rights.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { locale } = await parent()
  return { entry: await detailOf("api", readerOf(locals, "api"), params.id, apiView(locale)) }
}
