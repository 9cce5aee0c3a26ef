import { redirect } from "@sveltejs/kit"
import { cookieName, isLocale } from "#lib/paraglide/runtime.js"
import { writePreference } from "#lib/server/Cookies.ts"
import { ownPath } from "#lib/server/OwnPath.ts"
import { preferences } from "#lib/server/Preferences.ts"
import type { RequestHandler } from "./$types"

/** Language and looks, as plain forms: they work before and without any script. */
export const POST: RequestHandler = async ({ request, cookies }) => {
  const form = await request.formData()
  const locale = form.get("locale")
  if (isLocale(locale)) writePreference(cookies, cookieName, locale)
  for (const [name, values] of Object.entries(preferences)) {
    const chosen = values.find((value) => value === form.get(name))
    if (chosen !== undefined) writePreference(cookies, name, chosen)
  }
  const next = form.get("next")
  redirect(303, ownPath(typeof next === "string" ? next : null))
}
