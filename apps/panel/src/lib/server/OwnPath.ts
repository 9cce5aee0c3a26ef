/**
 * The path of `?next=` if it is one of ours, else the start page.
 *
 * Only the browser's own parser tells what an address means: "//evil", "/\evil" and "javascript:" all come out with
 * another origin, and a control character could hide any of them (ASVS V1.2.2).
 */
export const ownPath = (next: string | null): string => {
  if (next === null || !next.startsWith("/") || [...next].some(isDeceptive)) return "/"
  const base = "http://panel.invalid"
  if (!URL.canParse(next, base)) return "/"
  const url = new URL(next, base)
  return url.origin === base && !url.pathname.startsWith("//") ? `${url.pathname}${url.search}` : "/"
}

const isDeceptive = (character: string): boolean => character < " " || character === "\u007f" || character === "\\"
