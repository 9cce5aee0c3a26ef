import { personOf } from "#lib/server/Guard.ts"
import { detailOf } from "#lib/server/LogLoad.ts"
import { smsView } from "#lib/server/SmsView.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { locale } = await parent()
  return { entry: await detailOf("sms", personOf(locals), params.id, smsView(locale)) }
}
