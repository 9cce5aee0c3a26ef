import { redirect } from "@sveltejs/kit"
import { type Handle, type HandleServerError, sequence, type ServerInit } from "@sveltejs/kit/hooks"
import { Effect } from "effect"
import { paraglideMiddleware } from "#lib/paraglide/server.js"
import { Auth } from "#lib/server/Auth.ts"
import { forgetSession, readSession } from "#lib/server/Cookies.ts"
import { PanelLog } from "#lib/server/PanelLog.ts"
import { readPreferences } from "#lib/server/Preferences.ts"
import { allowedNetworks, asking, run, runtime, tell } from "#lib/server/runtime.ts"

/** Reads the settings and builds the layer now: what is wrong stops the start, not the first visitor. */
export const init: ServerInit = async () => {
  allowedNetworks()
  await run(Effect.void)
}

process.on("sveltekit:shutdown", () => void runtime.dispose())

/**
 * Every request of somebody who is signed in, or fails to be, is a row of the panel log; an open page that asks whether
 * there is anything new, or how what is being typed may go on, is nobody's doing.
 */
const trace: Handle = async ({ event, resolve }) => {
  const { locals, request, url } = event
  locals.requestId = crypto.randomUUID()
  locals.person = null
  locals.attempt = null
  const begun = performance.now()
  const response = await resolve(event)
  if (/^\/\(panel\)\/(live|values|exports)\//.test(event.route.id ?? "")) return response
  const visit = {
    requestId: locals.requestId,
    url: `${url.pathname}${url.search}`,
    method: request.method,
    status: response.status,
    ip: event.getClientAddress(),
    userAgent: request.headers.get("user-agent"),
    processingMs: performance.now() - begun
  }
  const { person, attempt } = locals
  if (person !== null) await run(Effect.flatMap(PanelLog, (log) => log.record(person, visit)))
  // Nobody waits for this one: the time of an answer must not tell whether there is such an account (ASVS V6.3.8).
  else if (attempt !== null) void run(Effect.flatMap(PanelLog, (log) => log.recordAttempt(attempt, visit)))
  return response
}

const security: Handle = async ({ event, resolve }) => {
  const response = await resolve(event)
  response.headers.set("x-content-type-options", "nosniff")
  response.headers.set("referrer-policy", "same-origin")
  response.headers.set("x-frame-options", "DENY")
  response.headers.set("cross-origin-opener-policy", "same-origin")
  response.headers.set("permissions-policy", "camera=(), geolocation=(), microphone=()")
  response.headers.set("x-request-id", event.locals.requestId)
  if (event.url.protocol === "https:") response.headers.set("strict-transport-security", "max-age=31536000")
  // Pages are of one person: neither a proxy nor the next user of the browser may see them again.
  if (!response.headers.has("cache-control")) response.headers.set("cache-control", "private, no-store")
  return response
}

const language: Handle = ({ event, resolve }) =>
  paraglideMiddleware(event.request, ({ locale }) =>
    resolve(event, {
      transformPageChunk: ({ html }) =>
        html.replace("%lang%", locale).replace("%preferences%", readPreferences(event.cookies)),
      preload: ({ type, path }) =>
        type !== "font" || path.includes("latin-wght") || (locale === "pl" && path.includes("inter-latin-ext"))
    })
  )

const session: Handle = async ({ event, resolve }) => {
  if (event.route.id === "/session") return resolve(event)
  const token = readSession(event.cookies)
  event.locals.person = token === undefined ? null : await run(Effect.flatMap(Auth, (auth) => auth.identify(token)))
  if (token !== undefined && event.locals.person === null) forgetSession(event.cookies)
  if (event.locals.person === null && event.route.id?.startsWith("/(panel)")) {
    const next = `${event.url.pathname}${event.url.search}`
    redirect(303, next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`)
  }
  const { person } = event.locals
  // Whoever signs in as somebody else may be of another unit then.
  if (person === null || !event.route.id?.startsWith("/(panel)")) return resolve(event)
  if (person.isPasswordHandedOver) {
    const next = event.request.method === "GET" ? `${event.url.pathname}${event.url.search}` : "/"
    redirect(303, next === "/" ? "/new-password" : `/new-password?next=${encodeURIComponent(next)}`)
  }
  return asking.run(person, () => resolve(event))
}

export const handle = sequence(trace, security, language, session)

export const handleError: HandleServerError = ({ kind, error, event }) => {
  const { requestId } = event.locals
  if (kind === "unknown") {
    tell(Effect.logError("A request failed", { requestId, method: event.request.method, route: event.route.id }, error))
  }
  return { requestId }
}
