/** An answer of the panel. *Shape*: `text` is all of it, or the beginning of one that goes on. */
export interface Answer {
  readonly status: number
  readonly location: string | null
  readonly text: string
}

/** Somebody who asks the panel as a browser would, without one. */
export interface Visitor {
  readonly ask: (path: string, form?: Readonly<Record<string, string>>, method?: string) => Promise<Answer>
  readonly open: (path: string) => Promise<Response>
}

/** *Shape*: `cookie` is null for somebody who is not signed in. */
export const visitor = (panel: string, cookie: string | null): Visitor => {
  const headers = {
    accept: "text/html",
    "accept-language": "en",
    origin: panel,
    ...(cookie === null ? {} : { cookie })
  }
  const ask: Visitor["ask"] = async (path, form, method = form === undefined ? "GET" : "POST") => {
    const response = await fetch(panel + path, {
      method,
      headers,
      redirect: "manual",
      ...(form === undefined ? {} : { body: new URLSearchParams(form) })
    })
    const isEndless = response.headers.get("content-type") === "text/event-stream"
    return {
      status: response.status,
      location: response.headers.get("location"),
      text: isEndless ? await beginning(response) : await response.text()
    }
  }
  return { ask, open: (path) => fetch(panel + path, { headers, redirect: "manual" }) }
}

/** The cookie of a session that begins now. */
export const signIn = async (panel: string, email: string, password: string): Promise<string> => {
  const response = await fetch(`${panel}/sign-in`, {
    method: "POST",
    headers: { origin: panel, accept: "text/html" },
    body: new URLSearchParams({ email, password }),
    redirect: "manual"
  })
  const cookie = response.headers.getSetCookie().find((one) => one.startsWith("spoor="))
  if (cookie === undefined) throw new Error(`${email} cannot sign in: ${response.status}`)
  return cookie.split(";", 1)[0]!
}

/** What an answer that goes on says up to its first rows. */
const beginning = async (response: Response): Promise<string> => {
  let text = ""
  for await (const part of response.body ?? []) {
    text += Buffer.from(part).toString()
    if (/event: rows\n[^]*\n\n/.test(text)) break
  }
  return text
}
