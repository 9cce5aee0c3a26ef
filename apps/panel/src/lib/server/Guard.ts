import { redirect } from "@sveltejs/kit"
import type { Person } from "./Auth.ts"

/**
 * Who asks, for a load function of the panel.
 *
 * hooks.server.ts has sent everybody else away already; this is what gives the type, and a second lock on the door.
 */
export const personOf = (locals: App.Locals): Person => locals.person ?? redirect(303, "/sign-in")
