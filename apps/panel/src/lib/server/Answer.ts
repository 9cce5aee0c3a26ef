import { json, redirect } from "@sveltejs/kit"
import { ownPath } from "./OwnPath.ts"

/**
 * Where a form was sent from: a page of ours, the start page otherwise. What was said there of an earlier form (LogViews.ts)
 * is said once.
 */
export const cameFrom = (form: FormData, url: URL): URL => {
  const next = form.get("next")
  const address = new URL(ownPath(typeof next === "string" ? next : null), url)
  address.searchParams.delete("problem")
  return address
}

/** After a form has done its work: a browser is sent on, a script (lib/frame/Send.ts) is told where to. */
export const goOn = (request: Request, { pathname, search }: URL): Response => {
  const next = `${pathname}${search}`
  return request.headers.get("accept") === "application/json" ? json({ next }) : redirect(303, next)
}
