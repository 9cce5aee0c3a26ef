import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Rejected from "#lib/server/settings/Rejected.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals, url }) =>
  run(Rejected.list(holderOf(locals, "rejected"), url.searchParams))
