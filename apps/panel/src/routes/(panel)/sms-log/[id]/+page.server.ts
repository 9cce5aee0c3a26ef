import { detailOf } from "#lib/server/LogLoad.ts"
import { smsView } from "#lib/server/SmsView.ts"
import { readerOf } from "#lib/server/Rights.ts"
import type { PageServerLoad } from "./$types"

export const load: PageServerLoad = async ({ locals, params, parent }) => {
  const { locale } = await parent()
  return { entry: await detailOf("sms", readerOf(locals, "sms"), params.id, smsView(locale)) }
}
