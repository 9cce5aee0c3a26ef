import { detailOf } from "#lib/server/LogLoad.ts"
import { readerOf } from "#lib/server/Rights.ts"
import { run } from "#lib/server/runtime.ts"
import { explain, smsView } from "#lib/server/SmsView.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { locale } = await parent()
  const person = readerOf(locals, "sms")
  const entry = await detailOf("sms", person, params.id, smsView(locale))
  return { entry, explanation: await run(explain(person.unitId, entry, locale)) }
}
