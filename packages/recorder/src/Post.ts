import { textOf } from "./Problem.ts"
import type { Settings } from "./Settings.ts"
import { judge, type Verdict } from "./Verdict.ts"

/** *Units*: bytes. More than the answer to the largest batch has; what is longer is not from our door. */
const answerBytesMax = 1_048_576

/** Sends one batch and reads the answer, both within the time limit. Never fails: no answer is a reason to try again. */
export const post = async (
  { door, key, requestTimeoutMs }: Settings,
  send: typeof fetch,
  body: string,
  aborter: AbortController
): Promise<Verdict> => {
  if (door === null) return { kind: "drop", why: "there is no door" }
  const timer = setTimeout(() => aborter.abort(), requestTimeoutMs)
  // The timer is not what a process should stay for; in browsers and their like it is a number.
  if (typeof timer === "object") timer.unref()
  try {
    const response = await send(door, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body,
      signal: aborter.signal,
      // Followed, a redirect would become a GET without a body, and count as delivered.
      redirect: "manual"
    })
    const answer = await read(response.body)
    return judge(response.status, answer, response.headers.get("retry-after"), Date.now())
  } catch (error) {
    return { kind: "retry", afterMs: undefined, why: aborter.signal.aborted ? "no answer in time" : reasonOf(error) }
  } finally {
    clearTimeout(timer)
  }
}

/** Read to its end, so that the connection can be used again. */
const read = async (body: ReadableStream<Uint8Array> | null): Promise<string> => {
  if (body === null) return ""
  const decoder = new TextDecoder()
  let text = ""
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true })
    // Leaving the loop cancels the body.
    if (text.length > answerBytesMax) break
  }
  return text
}

const reasonOf = (error: unknown): string => {
  const cause = error instanceof Error ? (error.cause ?? error) : error
  return cause instanceof Error ? cause.message : textOf(cause)
}
