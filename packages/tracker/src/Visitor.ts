export const cookieName = "spoor_visitor"

/** 13 months, renewed at every page load. Browsers cap it (Chrome at 400 days, Safari at 7 days for scripts). */
export const cookieAgeSeconds = 396 * 24 * 60 * 60

/**
 * This browser's id on this site, in a first-party cookie. A browser that refuses cookies gets an id for as long as the
 * page lives: better a short trace than none.
 */
export const recallVisitor = (domain: string | undefined, make: () => string): string => {
  const id = readCookie(document.cookie) ?? make()
  write(`${id}; Max-Age=${cookieAgeSeconds}`, domain)
  return id
}

export const forgetVisitor = (domain: string | undefined): void => write("; Max-Age=0", domain)

/** A value that we cannot have written is not taken over. */
export const readCookie = (cookies: string): string | undefined =>
  /(?:^|;\s*)spoor_visitor=([\w-]{1,64})(?:;|$)/.exec(cookies)?.[1]

const write = (value: string, domain: string | undefined): void => {
  const secure = location.protocol === "https:" ? "; Secure" : ""
  const scope = domain === undefined ? "" : `; Domain=${domain}`
  document.cookie = `${cookieName}=${value}; Path=/; SameSite=Lax${scope}${secure}`
}
