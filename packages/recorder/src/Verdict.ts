/** What an answer means for the batch: done with it, again later, in smaller pieces, or never. */
export type Verdict =
  | { readonly kind: "done"; readonly rejected: number; readonly why: string }
  | { readonly kind: "retry"; readonly afterMs: number | undefined; readonly why: string }
  | { readonly kind: "split"; readonly why: string }
  | { readonly kind: "drop"; readonly why: string }

/** The longest pause that a server may ask for: who is told to wait a day would lose what comes in between. */
const retryAfterMsMax = 300_000

const hopeless: Readonly<Record<number, string>> = {
  400: "the batch could not be read",
  401: "the key is missing, wrong or revoked",
  403: "the key may not write to this log",
  404: "there is no such door: is `url` the address of the ingest server?"
}

/**
 * *Shape*: the status, the text of the answer, Retry-After in seconds or as a date.
 * *Units*: `now` in epoch milliseconds.
 */
export const judge = (status: number, answer: string, retryAfter: string | null, now: number): Verdict => {
  if (status >= 200 && status < 300) return { kind: "done", ...rejectionsOf(answer) }
  if (status === 413) return { kind: "split", why: "the batch is too large" }
  if (status === 408 || status === 425 || status === 429 || status >= 500) {
    return { kind: "retry", afterMs: pauseOf(retryAfter, now), why: `the server answered ${status}` }
  }
  if (status >= 300 && status < 400) return { kind: "drop", why: `\`url\` redirects (${status}), and is not followed` }
  return { kind: "drop", why: hopeless[status] ?? `the server answered ${status}` }
}

const pauseOf = (retryAfter: string | null, now: number): number | undefined => {
  if (retryAfter === null) return undefined
  const pauseMs = /^\s*\d+\s*$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now
  return pauseMs > 0 ? Math.min(pauseMs, retryAfterMsMax) : undefined
}

/** A door that says nothing readable beside its 2xx has taken everything. */
const rejectionsOf = (answer: string): { readonly rejected: number; readonly why: string } => {
  const verdicts = verdictsOf(answer)
  const rejected = verdicts.filter((verdict) => verdict?.verdict === "rejected")
  return { rejected: rejected.length, why: `${rejected[0]?.reason ?? ""} ${rejected[0]?.pointer ?? ""}`.trim() }
}

type ItemVerdict = { readonly verdict?: unknown; readonly reason?: unknown; readonly pointer?: unknown } | null

const verdictsOf = (answer: string): ReadonlyArray<ItemVerdict> => {
  try {
    const { verdicts }: { readonly verdicts?: unknown } = JSON.parse(answer)
    return Array.isArray(verdicts) ? verdicts : []
  } catch {
    return []
  }
}
