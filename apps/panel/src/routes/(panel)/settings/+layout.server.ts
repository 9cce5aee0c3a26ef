import { personOf } from "#lib/server/Guard.ts"
import { sectionsFor } from "#lib/server/Rights.ts"
import type { LayoutServerLoad } from "./$types"

export const load: LayoutServerLoad = ({ locals }) => ({ sections: sectionsFor(personOf(locals)) })
