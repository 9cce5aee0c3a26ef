/** What stands in place of a secret. */
const mask = "***"

/** How many addresses inside addresses (`?next=https%3A…`) are looked into. */
const depthMax = 3

/**
 * An address without its secrets: values of parameters that are named like keys, tokens, passwords, e-mails or phones,
 * e-mails wherever they stand, and a user with a password before the host. All else stays as it is.
 *
 * *Shape*: any text is an address, absolute or not. Masking twice changes nothing.
 * *Source*: OWASP ASVS 5.0.0, V14.2.1 and V16.2.5: no secrets in logs.
 */
export const withoutSecrets = (url: string): string => maskAddress(url.toWellFormed(), 0)

/** An address as a log keeps it: without secrets, and no longer than a row's field (a mask may be longer than its secret). */
export const logged = (url: string): string => withoutSecrets(url).slice(0, 2_048).toWellFormed()

const maskAddress = (url: string, depth: number): string =>
  maskParameters(url.replace(/^([a-z][a-z0-9+.-]*:)?\/\/[^/?#]*@/i, "$1//"), depth).replace(
    /[^/?&;#=]+/g,
    (word: string) => (namesSomebody(word) ? mask : word)
  )

/** A parameter begins after any of these marks: fragments carry tokens, and so do addresses that nobody encoded. */
const maskParameters = (url: string, depth: number): string => {
  let masked = ""
  let from = 0
  for (const { index, 0: head, 1: name = "" } of url.matchAll(/[?&;#]([^=&;#?]*)=/g)) {
    if (index < from) continue
    const begin = index + head.length
    const isHidden = isSecret(decoded(name))
    // A secret may hold a question mark.
    const end = endOf(url, begin, isHidden ? /[&;#]/g : /[&;#?]/g)
    const value = url.slice(begin, end)
    masked += url.slice(from, begin) + (isHidden && value !== "" ? mask : maskInner(value, depth))
    from = end
  }
  return masked + url.slice(from)
}

const endOf = (url: string, begin: number, mark: RegExp): number => {
  mark.lastIndex = begin
  return mark.exec(url)?.index ?? url.length
}

const maskInner = (value: string, depth: number): string => {
  const inner = decoded(value)
  if (inner === value || depth === depthMax) return value
  const masked = maskAddress(inner, depth + 1)
  return masked === inner ? value : encodeURIComponent(masked)
}

const isSecret = (name: string): boolean => {
  const bare = name.toLowerCase().replace(/[^a-z0-9]/g, "")
  return names.has(bare) || nameParts.test(bare)
}

const names = new Set(["auth", "code", "jsessionid", "jwt", "otp", "pass", "phpsessid", "pin", "pwd", "sig", "tel"])
const nameParts = /key$|keyid$|token|secret|passw|signature|credential|authori|email|mail$|phone|msisdn/

const namesSomebody = (word: string): boolean =>
  (word.includes("@") || word.includes("%40")) &&
  decoded(word)
    .split(/[\s,:<>"'()]+/)
    .some((part) => /^[^@]+@[^@]+\.[a-z]{2,}$/i.test(part))

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return text
  }
}
