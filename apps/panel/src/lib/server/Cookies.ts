import type { Cookies } from "@sveltejs/kit"
import { settings } from "./runtime.ts"

/** The `__Host-` prefix makes browsers refuse the cookie from another host or path; it needs https (RFC 6265bis 4.1.3.2). */
const sessionName = (): string => (settings().isCookieSecure ? "__Host-spoor" : "spoor")

/** Of somebody whose password was right and whose code is awaited. */
const stepName = (): string => `${sessionName()}-step`

const attributes = () => ({ path: "/", sameSite: "lax", secure: settings().isCookieSecure }) as const

const YEAR_S = 31_536_000

export const readSession = (cookies: Cookies): string | undefined => cookies.get(sessionName())

/** Ends with the browser; the server ends it earlier when it is idle or old (Auth.ts). */
export const writeSession = (cookies: Cookies, token: string): void =>
  cookies.set(sessionName(), token, { ...attributes(), httpOnly: true })

export const forgetSession = (cookies: Cookies): void =>
  cookies.delete(sessionName(), { ...attributes(), httpOnly: true })

export const readStep = (cookies: Cookies): string | undefined => cookies.get(stepName())

export const writeStep = (cookies: Cookies, token: string): void =>
  cookies.set(stepName(), token, { ...attributes(), httpOnly: true })

export const forgetStep = (cookies: Cookies): void => cookies.delete(stepName(), { ...attributes(), httpOnly: true })

/** What a person chose about the looks of the panel. Scripts may read it; it says nothing about anyone. */
export const writePreference = (cookies: Cookies, name: string, value: string): void =>
  cookies.set(name, value, { ...attributes(), httpOnly: false, maxAge: YEAR_S })
