import { isFields } from "./Text.ts"

/** What an answer means for the batch: done with it, drop it, or try again. */
export type Verdict =
  | { readonly kind: "done"; readonly rejections: ReadonlyArray<string> }
  | { readonly kind: "drop"; readonly why: string }
  | { readonly kind: "retry"; readonly afterMs: number | undefined }

const hopeless: Readonly<Record<number, string>> = {
  400: "the server could not read the batch",
  401: "the write key is missing, wrong or revoked",
  403: "the write key may not be used here",
  413: "the batch is too large"
}

const retryAfterMsMax = 300_000

/** *Shape*: the status, the answer's JSON if there was one, and Retry-After in whole seconds. */
export const judge = (status: number, answer: unknown, retryAfter: string | null): Verdict => {
  if (status >= 200 && status < 300) return { kind: "done", rejections: rejectionsOf(answer) }
  const why = hopeless[status]
  if (why !== undefined) return { kind: "drop", why }
  const seconds = Number(retryAfter ?? NaN)
  return { kind: "retry", afterMs: seconds > 0 ? Math.min(seconds * 1000, retryAfterMsMax) : undefined }
}

const rejectionsOf = (answer: unknown): ReadonlyArray<string> => {
  if (!isFields(answer) || !Array.isArray(answer["verdicts"])) return []
  const verdicts: ReadonlyArray<unknown> = answer["verdicts"]
  return verdicts.flatMap((verdict) =>
    isFields(verdict) && verdict["verdict"] === "rejected" ? [`${verdict["reason"]} ${verdict["pointer"] ?? ""}`] : []
  )
}
