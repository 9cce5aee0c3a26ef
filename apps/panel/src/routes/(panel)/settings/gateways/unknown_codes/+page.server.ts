import { holderOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import * as Gateways from "#lib/server/settings/Gateways.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => run(Gateways.unknownCodes(holderOf(locals, "gateways")))
