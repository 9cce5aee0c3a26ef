import { redirect } from "@sveltejs/kit"
import { personOf } from "#lib/server/Guard.ts"
import { sectionsFor } from "#lib/server/Rights.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = ({ locals }) => redirect(303, `/settings/${sectionsFor(personOf(locals))[0]}`)
